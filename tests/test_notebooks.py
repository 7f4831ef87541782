"""The notebooks in docs run as they are, and are kept without outputs."""

import importlib.util
import json
import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "docs" / "notebooks").glob("*.ipynb"))
WIDGET = "application/vnd.jupyter.widget-view+json"


def cells_of(path):
    return [cell for cell in json.loads(path.read_text("utf-8"))["cells"] if cell["cell_type"] == "code"]


@pytest.fixture
def execute(tmp_path, monkeypatch):
    """A function that runs a notebook in a kernel of its own and returns what each code cell put out, by mime type."""
    for package in ("nbclient", "ipykernel", "anywidget"):
        if importlib.util.find_spec(package) is None:
            reason = f'{package} is not installed: pip install "embedviz[notebook]" nbclient'
            pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    import nbformat
    from nbclient import NotebookClient

    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))

    def run(notebook):
        NotebookClient(
            notebook, timeout=200, kernel_name="python3", resources={"metadata": {"path": tmp_path}}
        ).execute()
        return [
            {mime: text for output in cell.outputs for mime, text in output.get("data", {}).items()}
            for cell in notebook.cells
            if cell.cell_type == "code"
        ]

    return run, nbformat


def test_notebooks_are_kept_without_outputs():
    assert NOTEBOOKS
    for path in NOTEBOOKS:
        for cell in cells_of(path):
            assert cell["outputs"] == [], path.name
            assert cell["execution_count"] is None, path.name


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of the packages that drive the kernel
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs(path, execute):
    run, nbformat = execute
    shown = run(nbformat.read(path, as_version=4))
    assert any(WIDGET in data for data in shown)
    assert all(data for data in shown)  # each cell ends in something to look at
