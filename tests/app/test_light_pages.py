"""The process of the pages stays light: what is heavy is loaded by the workers, or the first visitor would wait for it."""

import subprocess
import sys
from pathlib import Path

import pytest

from embedviz.store.dataset import Dataset
from embedviz.store.store import Store

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("torch", "numba", "umap", "sklearn", "openTSNE", "captum", "scipy")
PAGES = sorted(path.name for path in (ROOT / "pages").glob("*.py") if path.name != "frame.py")

# Opens every page by AppTest, first with an empty store and then with vectors open, and prints which heavy packages that loaded.
VISIT = """
import sys

import numpy as np
from streamlit.testing.v1 import AppTest

from embedviz.core.jobs.status import Status, write_status
from embedviz.jobs.shared_executor import shared_executor
from embedviz.space import EmbeddingSpace
from embedviz.space.storage import write_space
from embedviz.store.dataset import Dataset
from embedviz.store.store import Store

heavy, pages = sys.argv[1].split(","), sys.argv[2].split(",")


def visit(**state):
    app = AppTest.from_file("pages/frame.py", default_timeout=30)
    for key, value in state.items():
        app.session_state[key] = value
    app.run()
    for page in pages:
        app.switch_page(page).run()
        assert not app.exception, (page, app.exception)


visit()
store = Store()
run = store.create_vectors(Dataset.upload(store.uploads_folder, "v.txt", [b"king 1 0\\n"]))
space = EmbeddingSpace(["king", "queen", "table", "chair"], np.eye(4, dtype=np.float32))
write_space(space, run.folder / "spaces", "word")
write_status(run.folder, Status("done"))
visit(current_run=run.id)
shared_executor().close()
print("loaded:", *(name for name in heavy if name in sys.modules))
"""


# Opens the Home page in a store with a run, as the server does for its first visitor.
HOME = """
import sys

from streamlit.testing.v1 import AppTest

already = set(sys.modules)
app = AppTest.from_file("pages/frame.py", default_timeout=30).run()
assert not app.exception, app.exception
assert len([button for button in app.button if button.label == "Open"]) == 1
print("loaded:", *(name for name in ("pandas", "pyarrow", "scipy") if name in sys.modules and name not in already))
"""


def test_the_first_page_loads_no_tables():
    store = Store()
    store.create_vectors(Dataset.upload(store.uploads_folder, "v.txt", [b"king 1 0\n"]))
    done = subprocess.run([sys.executable, "-c", HOME], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].strip() == "loaded:"


@pytest.mark.slow
def test_no_page_loads_what_is_heavy():
    assert len(PAGES) > 5
    command = [sys.executable, "-c", VISIT, ",".join(HEAVY), ",".join(PAGES)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].strip() == "loaded:"
