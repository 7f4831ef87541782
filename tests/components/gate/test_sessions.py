"""Pages that are connected at once."""

import contextlib

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient, WebSocketDenialResponse

from components.gate.sessions import SessionLimits
from components.owner_cookie import COOKIE
from embedviz.core.limits import HostLimits
from embedviz.store.owner_tokens import issue_token

PAGE = {"accept": "text/html"}


async def connect(websocket):
    await websocket.accept()
    async for _ in websocket.iter_text():
        pass


@pytest.fixture
def client(monkeypatch):
    monkeypatch.setenv("EMBEDVIZ_MODE", "shared")
    routes = [
        WebSocketRoute("/base/_stcore/stream", connect),
        Route("/{path:path}", lambda request: HTMLResponse("the app")),
    ]
    limits = HostLimits(sessions=3, visitor_sessions=2)
    return TestClient(Starlette(routes=routes, middleware=[Middleware(SessionLimits, base="base", limits=limits)]))


def visitor() -> dict[str, str]:
    return {"cookie": f"{COOKIE}={issue_token()}"}


def connected(client, headers):
    return client.websocket_connect("/base/_stcore/stream", headers=headers)


def test_past_the_limit_pages_and_connections_get_a_sentence(client):
    with contextlib.ExitStack() as open_pages:
        for _ in range(3):
            open_pages.enter_context(connected(client, visitor()))
        page = client.get("/base/map", headers={**PAGE, **visitor()})
        assert page.status_code == 503
        assert page.headers["Retry-After"] == "20"
        assert "3 pages are open on this server" in page.text
        assert "pip install embedviz" in page.text
        with pytest.raises(WebSocketDenialResponse) as refused, connected(client, visitor()):
            pass
        assert refused.value.status_code == 503
        for path in ("/base/embedviz/exports/x", "/base/_stcore/health", "/base/static/x.html"):
            assert client.get(path, headers=PAGE).text == "the app"
    assert client.get("/base/map", headers=PAGE).text == "the app"
    with connected(client, visitor()):
        pass


def test_one_visitor_cannot_take_all_places(client):
    greedy, other = visitor(), visitor()
    with contextlib.ExitStack() as open_pages:
        for _ in range(2):
            open_pages.enter_context(connected(client, greedy))
        with pytest.raises(WebSocketDenialResponse), connected(client, greedy):
            pass
        assert "2 pages of yours" in client.get("/base/", headers={**PAGE, **greedy}).text
        assert client.get("/base/", headers={**PAGE, **other}).text == "the app"
        open_pages.enter_context(connected(client, other))


def test_without_a_cookie_pages_count_by_address(client):
    with contextlib.ExitStack() as open_pages:
        for value in ("local", "made-up"):
            open_pages.enter_context(connected(client, {"cookie": f"{COOKIE}={value}"}))
        with pytest.raises(WebSocketDenialResponse), connected(client, {}):
            pass
