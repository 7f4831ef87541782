"""The cookie of a visitor: to whom it is sent, with which flags."""

import time

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from components.owner_cookie import COOKIE, NOBODY, owner_cookie, owner_of, revoke, viewer_of
from embedviz.store.key_ring import DAY_S
from embedviz.store.owner_tokens import issue_token, read_token

PAGE = {"accept": "text/html,*/*"}


@pytest.fixture
def client(monkeypatch):
    monkeypatch.setenv("EMBEDVIZ_MODE", "shared")

    def answer(request: Request):
        return PlainTextResponse(viewer_of(request.cookies))

    return TestClient(Starlette(routes=[Route("/{path:path}", answer)], middleware=owner_cookie()))


def cookie_of(answer) -> str:
    return answer.headers.get("set-cookie", "")


def test_the_first_page_brings_the_cookie_that_later_requests_send(client):
    first = client.get("/", headers=PAGE)
    assert first.text == NOBODY
    assert "HttpOnly" in cookie_of(first)
    assert "Path=/;" in cookie_of(first)
    second = client.get("/embedviz/maps", headers=PAGE)
    assert second.text == owner_of(dict(client.cookies)) != NOBODY
    assert not cookie_of(second)


def test_requests_for_parts_of_a_page_bring_no_cookie(client):
    assert not cookie_of(client.get("/static/index.js"))
    assert cookie_of(client.get("/base/_stcore/health"))


def test_a_cookie_of_a_day_is_renewed_for_the_same_owner(client):
    old = issue_token(now=time.time() - 2 * DAY_S)
    answer = client.get("/", headers={**PAGE, "cookie": f"{COOKIE}={old}"})
    new = cookie_of(answer).partition("=")[2].partition(";")[0]
    assert new != old
    assert read_token(new).owner == read_token(old).owner == answer.text


@pytest.mark.parametrize("value", ["local", NOBODY, "a" * 32, "1.2.3"])
def test_a_made_up_cookie_is_replaced_and_owns_nothing(client, value):
    answer = client.get("/", headers={**PAGE, "cookie": f"{COOKIE}={value}"})
    assert answer.text == NOBODY
    assert cookie_of(answer)


def test_a_revoked_cookie_is_replaced_by_one_of_another_owner(client):
    client.get("/", headers=PAGE)
    before, cookies = owner_of(dict(client.cookies)), dict(client.cookies)
    revoke(cookies)
    assert viewer_of(cookies) == NOBODY
    client.get("/", headers=PAGE)
    assert owner_of(dict(client.cookies)) not in (None, before)


@pytest.mark.parametrize(
    ("forwarded", "framed_by", "flags"),
    [
        ("http", "", ["SameSite=Lax"]),
        ("https", "", ["SameSite=Lax", "Secure"]),
        ("https, http", "", ["SameSite=Lax", "Secure"]),
        ("https", "https://example.org", ["SameSite=None", "Secure", "Partitioned"]),
        ("http", "https://example.org", ["SameSite=Lax"]),
    ],
)
def test_the_flags_follow_the_scheme_and_the_frames(client, monkeypatch, forwarded, framed_by, flags):
    monkeypatch.setenv("EMBEDVIZ_FRAME_ANCESTORS", framed_by)
    answer = client.get("/", headers={**PAGE, "x-forwarded-proto": forwarded})
    assert cookie_of(answer).split("; ")[4:] == flags


def test_a_store_that_keeps_no_key_gives_no_cookie_and_serves_the_page(client, own_home, caplog):
    (own_home / "keys").write_text("a file where the keys should lie")
    answer = client.get("/", headers=PAGE)
    assert answer.status_code == 200
    assert not cookie_of(answer)
    assert "cannot be written" in caplog.text


def test_ones_own_machine_needs_no_cookie():
    assert owner_cookie() == []
    assert viewer_of({}) is None
