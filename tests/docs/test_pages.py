"""Links and pictures of the documents, and what they have to name."""

import importlib.util
import re
import tomllib
from pathlib import Path

import pytest

import embedviz
from components import frame_ancestors, sign_in
from components.gate import figures
from components.tours.content import TOURS
from embedviz.core import allowed_hosts
from embedviz.core.limits import HostLimits
from embedviz.experiments import QUESTIONS
from embedviz.formats.vector_files import FORMATS
from embedviz.models import MODELS, model_spec

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(#[^)\s]*)?\)")


def hooks():
    spec = importlib.util.spec_from_file_location("docs_hooks", DOCS / "site" / "hooks.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


ELSEWHERE = hooks().ELSEWHERE


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


@pytest.mark.parametrize("page", [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *PAGES], ids=lambda page: page.name)
def test_links_and_pictures_lead_somewhere(page):
    for path, _ in LINK.findall(text_of(page)):
        target = (page.parent / path).resolve() if path else page
        assert target.exists() or target.relative_to(DOCS).as_posix() in ELSEWHERE, path


def test_what_lies_elsewhere_is_there():
    for path, source in ELSEWHERE.items():
        assert source.is_file(), source
        assert not (DOCS / path).exists(), path


def test_every_picture_is_shown_and_written_by_a_browser_test():
    pictures = {path.stem for path in (DOCS / "images").glob("*.png")}
    shown = {
        Path(path).stem
        for page in [ROOT / "README.md", *PAGES]
        for path, _ in LINK.findall(text_of(page))
        if "images/" in path
    }
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests" / "browser").rglob("*.py"))
    written = set(re.findall(r'picture\(page, "([\w-]+)"\)', source))
    assert 'picture(page, f"{name}-{step.page}")' in source
    written |= {f"{name}-{step.page}" for name, tour in TOURS.items() for step in tour.steps if step.page != "predict"}
    assert pictures == shown
    assert pictures <= written


def test_every_page_is_in_the_contents():
    contents = text_of(DOCS / "site" / "mkdocs.yml")
    named = set(re.findall(r"([\w/-]+\.md)$", contents, re.MULTILINE))
    here = {page.relative_to(DOCS).as_posix() for page in PAGES}
    assert named == here | {path for path in ELSEWHERE if path.endswith(".md")}


def test_the_api_page_has_every_public_name():
    named = set(re.findall(r"^::: embedviz\.(\w+)$", text_of(DOCS / "api.md"), re.MULTILINE))
    assert named == set(embedviz.__all__) - {"__version__"}


def test_the_exit_codes_are_those_of_the_command_line():
    from embedviz.cli.exit_codes import ExitCode

    named = {int(code) for code in re.findall(r"^\| (\d+) \|", text_of(DOCS / "command-line.md"), re.MULTILINE)}
    assert named == set(ExitCode)


def test_every_extra_is_named_with_its_use():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for extra in set(project["optional-dependencies"]) - {"all", "dev"}:
        assert f"`{extra}`" in text_of(DOCS / "index.md"), extra


def test_every_export_and_estimator_is_named():
    import embedviz.sklearn
    from embedviz.exports.formats import FORMATS as EXPORTS

    commands = text_of(DOCS / "export.md")
    assert all(f"export_{name}" in commands or f"--as {name}" in commands for name in EXPORTS if "without" not in name)
    for name in embedviz.sklearn.__all__:
        assert f"::: embedviz.sklearn.{name}" in text_of(DOCS / "api.md"), name
        assert f"`{name}`" in text_of(DOCS / "notebooks.md"), name


def test_every_model_preset_and_question_is_named_where_one_chooses():
    models = text_of(DOCS / "models.md")
    for name in MODELS:
        assert f"`{name}`" in models, name
        for preset in model_spec(name).Settings.presets:
            assert f"`{preset}`" in models, preset
    for question in QUESTIONS:
        assert f"`{question}`" in text_of(DOCS / "experiments.md"), question


def test_every_ending_of_a_vector_format_is_named():
    formats = text_of(DOCS / "formats.md")
    for module in FORMATS.values():
        for ending in module.ENDINGS:
            assert f"{ending}`" in formats, ending


def test_the_list_of_commands_comes_from_the_command_line():
    from typer.main import get_command

    from embedviz.cli import app

    assert hooks().COMMANDS in text_of(DOCS / "command-line.md")
    written = hooks().commands_text()
    for name, command in get_command(app).commands.items():
        assert f"## embedviz {name}\n" in written
        for parameter in command.params:
            assert all(f"`{option}`" in written for option in parameter.opts)


def test_every_variable_of_the_gate_and_its_default_is_on_the_page_for_hosts():
    text = text_of(DOCS / "hosting.md")
    for module in (allowed_hosts, figures, frame_ancestors, sign_in):
        assert f"`{module.VARIABLE}" in text
    named = re.findall(r"\| `EMBEDVIZ_LIMIT_(\w+)` \|.*\| ([\d,.]+) \|", text)
    assert len(named) >= 6
    for name, default in named:
        assert getattr(HostLimits(), name.lower()) == float(default.replace(",", "")), name
