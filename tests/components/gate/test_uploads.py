"""Uploads at Streamlit's own address: bytes and numbers, by visitor and in all."""

import asyncio

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient

from components.gate.uploads import MB, UploadLimits
from components.owner_cookie import COOKIE
from embedviz.core.limits import HostLimits
from embedviz.store.owner_tokens import issue_token

LIMITS = HostLimits(upload_mb=2, uploads=4, visitor_held_mb=5, held_mb=8)


class Memory:
    """What Streamlit would hold."""

    def __init__(self):
        self.files, self.active, self.largest = {}, set(), 0

    def is_active(self, session):
        return session in self.active

    def sizes(self):
        return {session: list(files.values()) for session, files in self.files.items() if files}

    def drop(self, session):
        self.files.pop(session, None)

    async def take(self, request: Request) -> Response:
        size = 0
        async for chunk in request.stream():
            size += len(chunk)
        self.files.setdefault(request.path_params["session"], {})[request.path_params["file"]] = size
        self.largest = max(self.largest, sum(map(sum, self.sizes().values())))
        return Response(status_code=204)


@pytest.fixture
def memory():
    return Memory()


@pytest.fixture
def client(monkeypatch, memory):
    monkeypatch.setenv("EMBEDVIZ_MODE", "shared")
    routes = [Route("/_stcore/upload_file/{session}/{file}", memory.take, methods=["PUT", "POST"])]
    gate = Middleware(UploadLimits, base="", held=memory, limits=LIMITS)
    return TestClient(Starlette(routes=routes, middleware=[gate]))


def visitor() -> dict[str, str]:
    return {"cookie": f"{COOKIE}={issue_token()}"}


def put(client, session, file, megabytes, headers, chunked=False):
    data = b"x" * int(megabytes * MB)
    content = (data[start : start + 65536] for start in range(0, len(data), 65536)) if chunked else data
    return client.put(f"/_stcore/upload_file/{session}/{file}", content=content, headers=headers)


@pytest.mark.parametrize("chunked", [False, True])
def test_a_file_past_its_size_is_413(client, memory, chunked):
    memory.active = {"s"}
    headers = visitor()
    assert put(client, "s", "a", 2, headers, chunked).status_code == 204
    refused = put(client, "s", "b", 2.2, headers, chunked)
    assert refused.status_code == 413
    assert "at most 2 MB" in refused.text
    assert list(memory.files["s"]) == ["a"]


@pytest.mark.parametrize("chunked", [False, True])
def test_the_files_of_a_visitor_together_are_limited_over_all_pages(client, memory, chunked):
    memory.active = {"s", "t"}
    headers = visitor()
    assert put(client, "s", "a", 2, headers, chunked).status_code == 204
    assert put(client, "t", "b", 2, headers, chunked).status_code == 204
    refused = put(client, "t", "c", 2, headers, chunked)
    assert refused.status_code == 429
    assert "5 MB of your files" in refused.text
    memory.files["s"].clear()
    assert put(client, "t", "c", 2, headers, chunked).status_code == 204


def test_the_number_of_files_is_limited(client, memory):
    memory.active = {"s"}
    headers = visitor()
    assert [put(client, "s", f"f{i}", 0.01, headers).status_code for i in range(5)] == [204] * 4 + [429]


def test_all_visitors_together_are_limited_and_closed_pages_make_room(client, memory):
    memory.active = {"s", "t", "u"}
    visitors = [visitor() for _ in range(3)]
    codes = [
        put(client, session, f"f{i}", 2, headers).status_code
        for session, headers in zip("stu", visitors, strict=True)
        for i in range(2)
    ]
    assert codes == [204, 204, 204, 204, 429, 429]
    memory.active.remove("s")
    assert put(client, "u", "f", 2, visitors[2]).status_code == 204
    assert memory.largest <= 8 * MB


def test_a_visitor_who_reloads_the_page_starts_afresh(client, memory):
    memory.active = {"before"}
    headers = visitor()
    for i in range(2):
        put(client, "before", f"f{i}", 2, headers)
    memory.active = {"after"}
    assert put(client, "after", "f", 2, headers).status_code == 204


@pytest.mark.parametrize("cookie", ["", f"{COOKIE}=local", f"{COOKIE}={'a' * 32}"])
def test_nobody_uploads_without_a_valid_cookie(client, memory, cookie):
    memory.active = {"s"}
    assert put(client, "s", "a", 0.1, {"cookie": cookie}).status_code == 403


def test_made_up_sessions_and_those_of_others_are_refused(client, memory):
    memory.active = {"s"}
    assert put(client, "made-up", "a", 0.1, visitor()).status_code == 400
    assert put(client, "s", "a", 0.1, visitor()).status_code == 204
    assert put(client, "s", "b", 0.1, visitor()).status_code == 403
    assert list(memory.files["s"]) == ["a"]


def test_uploads_that_arrive_at_once_count_together_while_they_arrive(monkeypatch, memory):
    monkeypatch.setenv("EMBEDVIZ_MODE", "shared")
    memory.active = {"s"}
    cookie = visitor()["cookie"].encode()
    taken = []

    async def app(scope, receive, send):
        while (await receive()).get("more_body"):
            taken.append(1)
        await Response(status_code=204)(scope, receive, send)

    async def endless():
        await asyncio.sleep(0)
        return {"type": "http.request", "body": b"x" * 65536, "more_body": True}

    async def upload(gate, file, statuses):
        async def send(message):
            statuses.append(message.get("status"))

        scope = {
            "type": "http",
            "method": "PUT",
            "path": f"/_stcore/upload_file/s/{file}",
            "headers": [(b"cookie", cookie)],
            "query_string": b"",
        }
        await gate(scope, endless, send)

    async def all_at_once():
        gate, statuses = UploadLimits(app, "", memory, LIMITS), []
        await asyncio.gather(*(upload(gate, f"f{i}", statuses) for i in range(4)))
        return gate, [status for status in statuses if status]

    gate, statuses = asyncio.run(all_at_once())
    assert set(statuses) <= {413, 429}
    assert len(statuses) == 4
    assert len(taken) * 65536 <= 8 * MB
    assert not gate.arriving
    assert not gate.arriving_bytes
