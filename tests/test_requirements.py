"""Requirements: what pyproject.toml allows, and what the requirements files pin."""

import re
import tomllib
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from embedviz.core.version import VERSION

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
FILES = {"requirements.txt": PROJECT["dependencies"], "requirements-dev.txt": EXTRAS["dev"]}
FILES["requirements-extras.txt"] = [
    line for name, lines in EXTRAS.items() if name not in ("dev", "all") for line in lines
]


def pins(file: str) -> dict[str, str]:
    """Return name -> version of a requirements file, without the files that it names."""
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    pinned = [line.split("#")[0].split("==") for line in lines if "==" in line]
    return {canonicalize_name(name): version.strip() for name, version in pinned}


@pytest.mark.parametrize("file", FILES)
def test_every_range_has_a_pin_that_lies_in_it(file):
    ranges = {canonicalize_name(each.name): each.specifier for each in map(Requirement, FILES[file])}
    pinned = pins(file)
    assert set(ranges) == set(pinned)
    for name, version in pinned.items():
        assert ranges[name].contains(version), name


def test_the_lock_holds_every_package_that_the_pins_bring():
    locked, pinned = pins("requirements.lock"), pins("requirements.txt")
    assert {name: locked.get(name) for name in pinned} == pinned
    waiting, found = list(pinned), set(pinned)
    while waiting:
        for line in distribution(waiting.pop()).requires or []:
            needed = Requirement(line)
            name = canonicalize_name(needed.name)
            if name not in found and (needed.marker is None or needed.marker.evaluate({"extra": ""})):
                found.add(name)
                waiting.append(name)
    assert found <= set(locked), f"make lock: {found - set(locked)}"


@pytest.mark.parametrize("file", [*FILES, "requirements-docs.txt", "requirements-bench.txt"])
def test_a_pin_gives_a_reason(file):
    for line in (ROOT / file).read_text(encoding="utf-8").splitlines():
        assert line.startswith("-r ") or re.fullmatch(r"[\w.-]+==[\w.]+ +# .{6,}", line), line


def test_no_range_is_closed_or_pinned():
    """An upper end would keep embedviz from standing beside newer packages."""
    for line in [*PROJECT["dependencies"], *FILES["requirements-extras.txt"]]:
        assert [part.operator for part in Requirement(line).specifier] == [">="], line


def test_all_holds_every_extra():
    (everything,) = map(Requirement, EXTRAS["all"])
    assert everything.extras == set(EXTRAS) - {"all", "dev"}


def test_the_version_is_the_same_wherever_it_stands():
    assert f"\nversion: {VERSION}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    newest = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert newest is not None
    assert newest.group(1) == VERSION
