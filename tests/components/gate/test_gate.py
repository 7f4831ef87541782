"""What the gate adds to every answer, and to whom it answers at all."""

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient, WebSocketDenialResponse

from components.gate import gate
from embedviz.core.errors import SettingsError

LOOPBACK = "http://127.0.0.1:8501"
STREAM = "ws://127.0.0.1:8501/_stcore/stream"


async def connect(websocket):
    await websocket.accept()
    await websocket.send_text("connected")
    await websocket.close()


def client_of(base: str = "", address: str = LOOPBACK) -> TestClient:
    routes = [WebSocketRoute("/{path:path}", connect), Route("/{path:path}", lambda request: PlainTextResponse("in"))]
    return TestClient(Starlette(routes=routes, middleware=gate(base)), base_url=address)


@pytest.mark.parametrize("mode", ["local", "shared"])
@pytest.mark.parametrize("path", ["/", "/embedviz/health", "/_stcore/metrics", "/nowhere"])
def test_every_answer_has_the_headers(monkeypatch, mode, path):
    monkeypatch.setenv("EMBEDVIZ_MODE", mode)
    headers = client_of().get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert "unsafe-eval" not in headers["Content-Security-Policy"].replace("wasm-unsafe-eval", "")


def test_a_refusal_has_the_headers_too():
    answer = client_of(address="http://evil.example").get("/", headers={"host": "evil.example"})
    assert "Content-Security-Policy" in answer.headers


def test_an_unexpected_error_is_a_sentence_with_the_headers_and_an_id_in_the_log(caplog):
    def fail(request):
        raise ZeroDivisionError("secret detail")

    client = TestClient(Starlette(routes=[Route("/", fail)], middleware=gate("")))
    answer = client.get("/")
    assert answer.status_code == 500
    assert "Content-Security-Policy" in answer.headers
    assert "secret" not in answer.text
    assert f"error {answer.text.split()[-1].rstrip('.')}" in caplog.text
    assert "secret detail" in caplog.text


@pytest.mark.parametrize(
    ("mode", "setting", "ancestors", "options"),
    [
        ("shared", "", "'none'", "DENY"),
        ("local", "", "'self'", "SAMEORIGIN"),
        ("shared", "'self'", "'self'", "SAMEORIGIN"),
        ("local", "none", "'none'", "DENY"),
        ("shared", "https://huggingface.co  https://*.example.org:8443", None, None),
        ("shared", "*", None, None),
    ],
)
def test_frames_are_allowed_as_set(monkeypatch, mode, setting, ancestors, options):
    monkeypatch.setenv("EMBEDVIZ_MODE", mode)
    monkeypatch.setenv("EMBEDVIZ_FRAME_ANCESTORS", setting)
    headers = client_of().get("/").headers
    assert headers["Content-Security-Policy"].endswith(f"frame-ancestors {ancestors or ' '.join(setting.split())}")
    assert headers.get("X-Frame-Options") == options


@pytest.mark.parametrize(
    "setting", ["https://a.example; script-src *", "'none' 'self'", "javascript:x", "a,b", "example.org"]
)
def test_what_names_no_site_is_refused_at_the_start(monkeypatch, setting):
    monkeypatch.setenv("EMBEDVIZ_FRAME_ANCESTORS", setting)
    with pytest.raises(SettingsError, match="EMBEDVIZ_FRAME_ANCESTORS"):
        client_of().get("/")


def test_another_name_is_answered_with_a_sentence():
    client = client_of()
    refused = client.get("/", headers={"host": "evil.example"})
    assert refused.status_code == 400
    assert "EMBEDVIZ_ALLOWED_HOSTS" in refused.text
    assert client.get("/", headers={"host": "localhost:8501"}).text == "in"
    with pytest.raises(WebSocketDenialResponse), client.websocket_connect(STREAM, headers={"host": "evil"}):
        pass
    with client.websocket_connect(STREAM) as websocket:
        assert websocket.receive_text() == "connected"


@pytest.mark.parametrize("path", ["/embedviz/health", "/_stcore/health"])
def test_health_is_told_under_any_name(monkeypatch, path):
    monkeypatch.setenv("EMBEDVIZ_ALLOWED_HOSTS", "demo.example.org")
    assert client_of().get(path).text == "in"
    assert client_of("base").get(f"/base{path}").text == "in"


@pytest.mark.parametrize("path", ["/_stcore/metrics", "/_stcore/script-health-check", "/_stcore/metrics/"])
@pytest.mark.parametrize("base", ["", "base"])
def test_figures_ask_for_the_token(monkeypatch, path, base):
    client, address = client_of(base), f"/{base}{path}" if base else path
    assert client.get(address).status_code == 404
    assert client.get(address, headers={"Authorization": "Bearer "}).status_code == 404
    monkeypatch.setenv("EMBEDVIZ_METRICS_TOKEN", "secret")
    for header in ("", "Bearer ", "Bearer secrets", "Basic secret", "secret", "Bearer sécret"):
        refused = client.get(address, headers={"Authorization": header.encode()})
        assert refused.status_code == 401
        assert "Authorization: Bearer" in refused.text
    assert client.get(address, headers={"Authorization": "bearer secret"}).text == "in"
