"""docs/licences.md is what docs/licences.py writes for what is installed."""

import importlib.util
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROW = re.compile(r"^\| (\S+) \| (.+?) \| (yes)? ?\|$", re.MULTILINE)


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("licences_page", ROOT / "docs" / "licences.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def rows(text: str) -> dict[str, tuple[str, str]]:
    return {name: (licence, direct) for name, licence, direct in ROW.findall(text)}


def test_the_page_is_current(script):
    """A package that only another platform needs may stand on the page beside those that are installed here."""
    written, made = rows(script.PAGE.read_text(encoding="utf-8")), rows(script.page())
    assert {name: written.get(name) for name in made} == made, "python docs/licences.py writes the page"


def test_every_pinned_package_is_on_it_and_none_is_without_a_licence(script):
    written = rows(script.PAGE.read_text(encoding="utf-8"))
    assert len(written) > len(set(script.pinned())) > 20
    direct = {name for name, (_, by_us) in written.items() if by_us}
    assert {re.sub(r"[-_.]+", "-", name).lower() for name in direct} == set(script.pinned())
    assert not [name for name, (licence, _) in written.items() if "see its files" in licence]
