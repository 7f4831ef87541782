"""A server that speaks the parts of the hub's protocol that an upload takes, and keeps what was uploaded."""

import base64
import contextlib
import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TOKEN = "hf_thisIsATokenOfATest"
REFUSED, READ_ONLY = "hf_expired", "hf_readOnly"


class Hub:
    """What the server holds.

    Attributes
    ----------
    repositories : dict
        "name/repository" -> (private, file name -> bytes).
    requests : list
        (method, path, token) of every request.
    lfs : bool
        Whether safetensors go by Git LFS, as on the hub; otherwise they stand in the commit.
    """

    def __init__(self, lfs):
        self.repositories, self.requests, self.lfs = {}, [], lfs
        self.objects, self.port = {}, 0

    @property
    def endpoint(self):
        return f"http://127.0.0.1:{self.port}"


def keep_no_token(monkeypatch, folder):
    """Leave no token of the person who runs the tests, and no storage but Git LFS, which the server speaks."""
    from huggingface_hub import constants

    for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HF_ENDPOINT", "EMBEDVIZ_MODE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(folder / "token"))
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)


@contextlib.contextmanager
def hub_server(lfs=True):
    """Yield a hub that listens on this machine."""
    hub = Hub(lfs)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"hub": hub}))
    hub.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    hub = None

    def log_message(self, *_):
        pass

    def do_GET(self):
        self._note()
        name = self.path.removeprefix("/api/models/")
        if name in self.hub.repositories:
            return self._answer(200, {"id": name, "sha": "0" * 40, "private": self.hub.repositories[name][0]})
        return self._answer(404, {"error": "Repository not found"}, {"X-Error-Code": "RepoNotFound"})

    def do_PUT(self):
        self._note()
        self.hub.objects[self.path.rsplit("/", 1)[1]] = self._body()
        self._answer(200, {})

    def do_POST(self):
        token = self._note()
        body = self._body()
        if token in ("", REFUSED):
            return self._answer(401, {"error": f"Invalid username or password. {token}"})
        if self.path == "/api/repos/create":
            return self._create(json.loads(body), token)
        if self.path == "/api/validate-yaml":
            assert json.loads(body)["content"].startswith("---\nlicense: unknown\n")
            return self._answer(200, {"errors": [], "warnings": []})
        if self.path.endswith(".git/info/lfs/objects/batch"):
            return self._answer(200, {"transfer": "basic", "objects": [*map(self._place, json.loads(body)["objects"])]})
        if self.path == "/verify":
            asked = json.loads(body)
            found = self.hub.objects[asked["oid"]]
            is_whole = len(found) == asked["size"] and hashlib.sha256(found).hexdigest() == asked["oid"]
            return self._answer(200 if is_whole else 422, {})
        name, _, action = self.path.removeprefix("/api/models/").partition("/main")[0].rpartition("/")
        if action == "preupload":
            large = ".safetensors" if self.hub.lfs else "none"
            files = [
                {"path": each["path"], "shouldIgnore": False, "uploadMode": "lfs" if each["path"].endswith(large) else "regular"}
                for each in json.loads(body)["files"]
            ]  # fmt: skip
            return self._answer(200, {"files": files})
        if action == "commit":
            return self._commit(name, body)
        return self._answer(404, {"error": f"Nothing at {self.path}"})

    def _create(self, asked, token):
        if token == READ_ONLY:
            return self._answer(403, {"error": f"The token {token} has the role read"})
        if asked["organization"] == "nobody":
            return self._answer(404, {"error": "Organization not found"})
        if asked["organization"] == "full":
            return self._answer(507, {"error": f"Out of storage for {token}"})
        name = f"{asked['organization']}/{asked['name']}"
        if name in self.hub.repositories:
            return self._answer(409, {"error": "You already created this model repo", "url": name})
        self.hub.repositories[name] = (asked.get("visibility") == "private" or asked.get("private", False), {})
        return self._answer(200, {"url": f"{self.hub.endpoint}/{name}"})

    def _place(self, asked):
        upload = {"href": f"{self.hub.endpoint}/storage/{asked['oid']}"}
        return {**asked, "actions": {"upload": upload, "verify": {"href": f"{self.hub.endpoint}/verify"}}}

    def _commit(self, name, body):
        if name not in self.hub.repositories:
            return self._answer(404, {"error": "Repository not found"}, {"X-Error-Code": "RepoNotFound"})
        kept = self.hub.repositories[name][1]
        for line in body.decode().splitlines():
            entry = json.loads(line)
            value = entry["value"]
            if entry["key"] == "file":
                kept[value["path"]] = base64.b64decode(value["content"])
            elif entry["key"] == "lfsFile":
                kept[value["path"]] = self.hub.objects[value["oid"]]
        url = f"{self.hub.endpoint}/{name}/commit/{'1' * 40}"
        return self._answer(200, {"success": True, "commitOid": "1" * 40, "commitUrl": url})

    def _note(self):
        token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
        self.hub.requests.append((self.command, self.path, token))
        return token

    def _body(self):
        if self.headers.get("Transfer-Encoding") == "chunked":
            data = b""
            while size := int(self.rfile.readline(), 16):
                data += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return data
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _answer(self, status, value, headers=None):
        data = json.dumps(value).encode()
        self.send_response(status)
        for name, text in {
            "Content-Type": "application/json",
            "Content-Length": str(len(data)),
            **(headers or {}),
        }.items():
            self.send_header(name, text)
        self.end_headers()
        self.wfile.write(data)
