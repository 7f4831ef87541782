"""The app as Streamlit's AppTest runs it."""

import pytest
from streamlit.testing.v1 import AppTest

from embedviz.jobs.shared_executor import shared_executor


@pytest.fixture(scope="module", autouse=True)
def close_executor():
    yield
    shared_executor().close()


@pytest.fixture
def app():
    return AppTest.from_file("../../pages/frame.py", default_timeout=30)


@pytest.fixture
def as_visitor(monkeypatch):
    """A function that makes the app a shared server's and its user a visitor; AppTest itself brings no cookies."""

    def as_visitor():
        monkeypatch.setenv("EMBEDVIZ_MODE", "shared")
        monkeypatch.setattr("components.session.owner_of", lambda cookies: None)

    return as_visitor
