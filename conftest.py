"""What all tests share, the examples in docstrings too: a store of their own, and for an example a folder of its own."""

import sys

import pytest


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory, monkeypatch):
    """Every test has an empty store, and none finds another's runs."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("EMBEDVIZ_HOME", str(folder))
    monkeypatch.delenv("EMBEDVIZ_MODE", raising=False)
    return folder


@pytest.fixture(autouse=True)
def example_folder(request, own_home):
    """An example runs in an empty folder, and leaves no worker behind."""
    if not isinstance(request.node, pytest.DoctestItem):
        yield
        return
    request.getfixturevalue("monkeypatch").chdir(request.getfixturevalue("tmp_path"))
    yield
    executor = getattr(sys.modules.get("embedviz.jobs.shared_executor"), "_shared", None)
    if executor is not None:
        executor.close()
