"""No page crashes on a run of the first version, nor on one that cannot be read."""

import json

import pytest

from embedviz.store.store import Store
from tests.store.first_version import ID, RUNNING, write_old_run

pytestmark = pytest.mark.slow

PAGES = ["train", "runs", "neighbours", "evaluate", "map", "compare"]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("status", [None, RUNNING])
def test_every_page_opens_with_an_old_run(app, page, status):
    write_old_run(**({"status": status} if status else {}))
    app.session_state["current_run"] = ID
    app.run()
    app.switch_page(f"{page}.py").run()
    assert not app.exception
    assert not [error.value for error in app.error]


def test_a_run_that_cannot_be_read_is_named_and_let_go(app):
    folder = Store().runs_folder / ID
    folder.mkdir()
    (folder / "run.json").write_text(json.dumps({"kind": "training", "id": ID, "created": 1.0}))
    app.session_state["current_run"] = ID
    app.run()
    assert not app.exception
    assert any("another version" in warning.value for warning in app.warning)
    assert "current_run" not in app.session_state
