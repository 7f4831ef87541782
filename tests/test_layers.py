"""The layers hold, and a planted violation is found."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# file, line planted in it, what the linter says
VIOLATIONS = {
    "upward": ("embedviz/core/progress.py", "import embedviz.models", "embedviz.core is not allowed to import"),
    "deferred": (
        "embedviz/data/splits.py",
        "def f():\n    import embedviz.space",
        "embedviz.data is not allowed to import",
    ),
    "type checking": (
        "embedviz/space/analogy.py",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from embedviz.jobs import worker",
        "embedviz.space is not allowed to import",
    ),
    "cycle": ("embedviz/core/errors.py", "import embedviz.core.files\nimport embedviz.core.cost", None),
    "streamlit": ("embedviz/data/roles.py", "import streamlit", "embedviz is not allowed to import streamlit"),
    "a page": ("embedviz/data/roles.py", "import pages.frame", "embedviz is not allowed to import pages"),
    "a page, deferred": (
        "components/live.py",
        "def f():\n    from pages.frame import page",
        "components is not allowed to import pages",
    ),
    "the server": ("components/live.py", "import app", "components is not allowed to import app"),
}


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def copy(tmp_path):
    """The packages with the linter's contracts, to be changed."""
    for name in ("embedviz", "components"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize("kind", VIOLATIONS)
def test_a_planted_violation_is_found(copy, kind):
    path, line, message = VIOLATIONS[kind]
    file = copy / path
    file.write_text(file.read_text(encoding="utf-8") + f"\n{line}\n", encoding="utf-8")
    if kind == "cycle":
        other = copy / "embedviz/core/files.py"
        other.write_text(other.read_text(encoding="utf-8") + "\nimport embedviz.core.errors\n", encoding="utf-8")
    done = lint(copy)
    assert done.returncode != 0
    assert (message or "embedviz.core") in done.stdout


@pytest.mark.slow
def test_the_layers_hold(copy):
    done = lint(copy)
    assert done.returncode == 0, done.stdout
