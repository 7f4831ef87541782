"""The app as Streamlit's AppTest runs it."""

import pytest
from streamlit.testing.v1 import AppTest

from embedviz.jobs.local_executor import shared_executor


@pytest.fixture(scope="module", autouse=True)
def close_supervisor():
    yield
    shared_executor().close()


@pytest.fixture
def app():
    return AppTest.from_file("../../pages/frame.py", default_timeout=30)
