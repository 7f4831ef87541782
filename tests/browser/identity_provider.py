"""An OpenID Connect provider on this machine: it knows one person at a time, and asks for no password."""

import base64
import hashlib
import http.server
import json
import threading
import time
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "embedviz", "a secret of the tests"


class IdentityProvider:
    """`person` signs in at once when the authorization endpoint is asked; `asked` are the paths that were."""

    def __init__(self):
        self.person, self.asked, self._grants = "anna", [], {}
        self._key = RSAKey.generate_key(2048, {"kid": "1"})
        provider = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                parts = urlsplit(self.path)
                provider.asked.append(parts.path)
                if parts.path == "/authorize":
                    self._redirect(provider.authorize({k: v[0] for k, v in parse_qs(parts.query).items()}))
                elif parts.path == "/keys":
                    self._answer({"keys": [provider._key.as_dict(private=False)]})
                else:
                    self._answer(provider.configuration())

            def do_POST(self):
                provider.asked.append(self.path)
                form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                answer = provider.tokens(form["code"][0], form.get("code_verifier", [""])[0])
                self._answer(answer, 200 if answer else 400)

            def _redirect(self, address):
                self.send_response(302)
                self.send_header("Location", address)
                self.end_headers()

            def _answer(self, value, status=200):
                body = json.dumps(value).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *values):
                """Nothing on standard error."""

        self._http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._http.server_port}"
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    def configuration(self):
        return {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "jwks_uri": f"{self.address}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
        }

    def authorize(self, query):
        """Return the address to go back to, with a code for who signed in."""
        assert query["client_id"] == CLIENT
        code = f"code-{len(self._grants)}"
        self._grants[code] = (self.person, query.get("nonce"), query.get("code_challenge", ""))
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def tokens(self, code, verifier):
        """Return the tokens for a code, once; nothing for one that is not known, or of another browser."""
        person, nonce, challenge = self._grants.pop(code, ("", None, ""))
        digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        if not person or (challenge and digest != challenge):
            return {}
        now = int(time.time())
        claims = {"iss": self.address, "sub": person, "aud": CLIENT, "iat": now, "exp": now + 600, "nonce": nonce}
        claims |= {"email": f"{person}@example.org"}
        token = jwt.encode({"alg": "RS256", "kid": "1"}, claims, self._key)
        return {"access_token": "access", "token_type": "Bearer", "expires_in": 600, "id_token": token}

    def close(self):
        self._http.shutdown()
        self._http.server_close()
