"""Signing in with an identity provider: who somebody is decides whose runs they have, in whatever browser."""

import pytest
from playwright.sync_api import expect

from tests.browser.acting import press, settle, visit
from tests.browser.conftest import Server
from tests.browser.identity_provider import CLIENT, SECRET, IdentityProvider

pytestmark = pytest.mark.browser


@pytest.fixture
def provider():
    provider = IdentityProvider()
    yield provider
    provider.close()


@pytest.fixture
def server(provider, tmp_path):
    server = Server(tmp_path / "store", EMBEDVIZ_MODE="shared", EMBEDVIZ_LOGIN="1", HOME=str(tmp_path))
    secrets = tmp_path / ".streamlit" / "secrets.toml"
    secrets.parent.mkdir()
    secrets.write_text(
        f"""[auth]
redirect_uri = "{server.address}oauth2callback"
cookie_secret = "thirty-two characters, and some more"
client_id = "{CLIENT}"
client_secret = "{SECRET}"
server_metadata_url = "{provider.address}/.well-known/openid-configuration"
"""
    )
    server.start()
    yield server
    server.stop()


def signed_in(chromium, server):
    page = chromium.new_page()
    page.goto(server.address)
    press(page, "Sign in")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    settle(page)
    return page


def test_who_signed_in_has_the_same_data_in_every_browser_and_nobody_else_has(chromium, server, provider):
    first = signed_in(chromium, server)
    expect(first.get_by_text("Signed in as anna@example.org")).to_be_visible()
    visit(first, "Data")
    press(first, "Bird strikes")
    expect(first.get_by_text("First rows")).to_be_visible()
    address = first.url

    elsewhere = signed_in(chromium, server)
    elsewhere.goto(address)
    expect(elsewhere.get_by_text("First rows")).to_be_visible()

    provider.person = "berta"
    other = signed_in(chromium, server)
    expect(other.get_by_text("Signed in as berta@example.org")).to_be_visible()
    other.goto(address)
    expect(other.get_by_text("No data is open")).to_be_visible()
    expect(other.get_by_text("First rows")).to_have_count(0)

    press(first, "Sign out")
    expect(first.get_by_role("button", name="Sign in")).to_be_visible()
    first.goto(address)
    expect(first.get_by_role("button", name="Sign in")).to_be_visible()
    expect(first.get_by_text("First rows")).to_have_count(0)
    assert {"/authorize", "/token", "/keys"} <= set(provider.asked)
    for page in (first, elsewhere, other):
        page.close()
