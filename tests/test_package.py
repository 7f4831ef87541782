"""Lines that hold the architecture: who imports whom, what is public, what the documents promise."""

import ast
import doctest
import inspect
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import embedviz
from embedviz.data.samples import SAMPLES
from embedviz.models import MODELS

ROOT = Path(__file__).resolve().parents[1]
HEAVY = ("torch", "numba", "umap", "sklearn", "openTSNE", "captum", "scipy")


def imports(path: Path, top_level_only: bool = False) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = tree.body if top_level_only else ast.walk(tree)
    found = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


def test_the_package_never_imports_streamlit():
    for path in (ROOT / "embedviz").rglob("*.py"):
        assert "streamlit" not in imports(path), path


def test_pages_and_components_never_import_what_is_heavy():
    for folder in ("pages", "components"):
        for path in (ROOT / folder).rglob("*.py"):
            assert not imports(path) & set(HEAVY), path


def test_what_pages_and_components_import_from_the_package_is_light():
    """Deferred imports included, and the specs of the models, which are imported by their names."""
    modules = {address.split(":")[0] for address in MODELS.values()} | {"embedviz.api"}
    for path in [ROOT / "app.py", *(ROOT / "pages").rglob("*.py"), *(ROOT / "components").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("embedviz."):
                modules.add(node.module)
    assert len(modules) > 50
    code = f"import {', '.join(sorted(modules))}, sys; print([name for name in {HEAVY} if name in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True).stdout
    assert out.strip() == "[]"


def test_all_is_what_the_package_offers():
    for name in embedviz.__all__:
        assert getattr(embedviz, name) is not None
    offered = {
        name
        for name, value in vars(embedviz).items()
        if not name.startswith("_") and (callable(value) or not isinstance(value, ModuleType))
    }
    assert offered | {"__version__"} == set(embedviz.__all__)
    assert sorted(embedviz.__all__) == embedviz.__all__
    assert set(embedviz.__all__) <= set(dir(embedviz))
    with pytest.raises(AttributeError):
        _ = embedviz.nothing_of_this_name


def test_all_is_what_is_imported_on_first_use_and_the_version():
    assert {*embedviz._HOME, "__version__"} == set(embedviz.__all__)


@pytest.mark.parametrize("name", sorted(set(embedviz.__all__) - {"__version__"}))
def test_a_public_name_has_an_example_that_is_run(name):
    docstring = inspect.getdoc(getattr(embedviz, name)) or ""
    examples = doctest.DocTestParser().get_examples(docstring)
    assert examples
    assert not any(example.options.get(doctest.SKIP) for example in examples)


def test_the_former_address_of_a_job_does_not_take_the_place_of_runs():
    code = """
import embedviz
from embedviz.runs.prediction_job import with_predictions
assert embedviz.runs() == [] and callable(with_predictions)
"""
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


def test_the_readme_names_every_model_and_sample():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for name in [*MODELS, *SAMPLES]:
        assert f"`{name}`" in readme, name


def test_the_readmes_pictures_exist():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    pictures = re.findall(r"\]\((docs/images/[^)]+)\)", readme)
    assert pictures
    for picture in pictures:
        assert (ROOT / picture).is_file(), picture


def test_the_readmes_commands_exist():
    from typer.main import get_command

    from embedviz.cli import app

    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = set(re.findall(r"(?:^|`)embedviz ([a-z][\w-]+)", readme, re.MULTILINE))
    assert commands == set(get_command(app).commands)
