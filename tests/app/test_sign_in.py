"""Signing in: what is shown before, whose runs are shown after."""

import pytest
from packaging.version import Version
from streamlit import __version__

from components.sign_in import owner_of_claims
from embedviz.store.dataset import Dataset
from embedviz.store.store import Store

pytestmark = pytest.mark.skipif(
    Version(__version__) < Version("1.67"),
    reason="AppTest brings a user since Streamlit 1.67; pip install -U streamlit",
)
ANN = {"is_logged_in": True, "iss": "https://id.example", "sub": "1", "email": "ann_b@example.org"}


@pytest.fixture
def asks(monkeypatch):
    monkeypatch.setenv("EMBEDVIZ_MODE", "shared")
    monkeypatch.setenv("EMBEDVIZ_LOGIN", "1")


def run_of(owner: str, name: str) -> str:
    dataset = Dataset.upload(Store().uploads_folder, f"{name}.txt", [b"king 1 0\n"], owner=owner)
    return Store().create_vectors(dataset, name=name, owner=owner).id


@pytest.mark.parametrize("user", [{}, {"is_logged_in": False}, {**ANN, "is_logged_in": False}, {**ANN, "sub": ""}])
def test_without_sign_in_there_is_one_button_and_nothing_else(app, asks, user):
    run = run_of(owner_of_claims(ANN), "vectors of Ann")
    app.user = user
    app.query_params["run"] = run
    app.run()
    assert not app.exception
    assert [title.value for title in app.title] == ["Sign in"]
    assert [button.label for button in app.button] == ["Sign in"]
    assert not app.sidebar.children
    assert "Ann" not in str(app.main)


def test_who_is_signed_in_sees_their_own_runs_and_the_way_out(app, asks):
    run_of(owner_of_claims(ANN), "vectors of Ann")
    run_of(owner_of_claims({**ANN, "sub": "2"}), "vectors of Bob")
    app.user = ANN
    app.run()
    assert not app.exception
    assert app.sidebar.selectbox[0].options == ["vectors of Ann"]
    assert app.sidebar.button[0].label == "Sign out"
    assert "ann\\_b@example.org" in app.sidebar.caption[0].value


def test_after_signing_out_the_page_asks_again(app, asks):
    app.user = ANN
    app.run()
    app.sidebar.button[0].click().run()
    assert [title.value for title in app.title] == ["Sign in"]


def test_a_sign_in_that_is_not_set_up_ends_in_a_sentence(app, asks):
    app.user = {}
    app.run().button[0].click().run()
    assert not app.exception
    assert "not set up" in app.error[0].value


def test_without_the_setting_nobody_is_asked(app):
    app.user = {}
    app.run()
    assert "Sign in" not in [title.value for title in app.title]
    assert "Sign out" not in [button.label for button in app.sidebar.button]
