"""Identity by an OpenID provider: whose cookie counts, and what a server needs to ask for it."""

import json

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from components.gate import gate
from components.owner_cookie import COOKIE, NOBODY, owner_cookie, viewer_of
from components.routes import routes
from components.sign_in import check_sign_in, owner_of_claims
from embedviz.core.errors import SettingsError
from embedviz.store.owner_tokens import issue_token

ANN = {"is_logged_in": True, "iss": "https://id.example", "sub": "1", "origin": "http://testserver"}


@pytest.fixture
def asks(monkeypatch):
    monkeypatch.setenv("EMBEDVIZ_MODE", "shared")
    monkeypatch.setenv("EMBEDVIZ_LOGIN", "1")


def signed(claims: object, secret: str | None = None, name: str = USER_COOKIE_NAME) -> dict[str, str]:
    return {USER_COOKIE_NAME: create_signed_value(secret or get_cookie_secret(), name, json.dumps(claims)).decode()}


def test_issuer_and_subject_name_the_owner():
    owner = owner_of_claims(ANN)
    assert owner == owner_of_claims({**ANN, "email": "another"})
    others = [
        {**ANN, "sub": "2"},
        {**ANN, "iss": "https://other.example"},
        {**ANN, "iss": "https://id.example1", "sub": ""},
    ]
    assert owner not in [owner_of_claims(other) for other in others]
    assert len(owner) == 32


@pytest.mark.parametrize(
    "change", [{"is_logged_in": False}, {"is_logged_in": 1}, {"iss": None}, {"sub": ""}, {"sub": 1}]
)
def test_who_is_not_identified_owns_nothing(change):
    assert owner_of_claims({**ANN, **change}) is None


def test_streamlits_signed_cookie_identifies_who_signed_in(asks):
    assert viewer_of(signed(ANN)) == owner_of_claims(ANN)


@pytest.mark.parametrize(
    "cookies",
    [
        {},
        {USER_COOKIE_NAME: json.dumps(ANN)},
        signed(ANN, secret="another"),
        signed(ANN, name="_streamlit_user_tokens"),
        signed({**ANN, "is_logged_in": False}),
        signed([ANN]),
        {USER_COOKIE_NAME: "€"},
    ],
)
def test_other_cookies_identify_nobody(asks, cookies):
    assert viewer_of({**cookies, COOKIE: issue_token()}) == NOBODY


def test_routes_beside_the_pages_ask_too_and_health_does_not(asks):
    client = TestClient(Starlette(routes=routes("")))
    assert client.get("/embedviz/static/map.json").status_code == 401
    assert client.get(f"/embedviz/exports/{'0' * 32}/x/x").status_code == 401
    assert client.get("/embedviz/health").text == "ok"
    client.cookies.update(signed(ANN))
    assert client.get("/embedviz/static/map.json").status_code == 200


def test_who_signs_in_needs_no_other_cookie(asks):
    assert owner_cookie() == []


@pytest.mark.parametrize(
    ("mode", "login", "sentence"),
    [("local", "1", "EMBEDVIZ_MODE=shared"), ("shared", "yes", "1 or 0"), ("shared", "1", "pip install")],
)
def test_a_server_that_cannot_ask_does_not_start(monkeypatch, mode, login, sentence):
    monkeypatch.setenv("EMBEDVIZ_MODE", mode)
    monkeypatch.setenv("EMBEDVIZ_LOGIN", login)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(SettingsError, match=sentence):
        gate("")


@pytest.mark.parametrize("login", ["", "0"])
def test_off_is_off(monkeypatch, login):
    monkeypatch.setenv("EMBEDVIZ_LOGIN", login)
    check_sign_in()
