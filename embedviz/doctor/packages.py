"""Versions of Python and of what embedviz requires, and which extras are installed."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version

from packaging.requirements import Requirement

from embedviz.core.version import VERSION
from embedviz.doctor.finding import Finding

MIN_PYTHON = (3, 11)
NAMED = ("torch", "streamlit", "numpy", "pandas", "pyarrow")  # whose versions are shown
DISTRIBUTION = "embedviz"
GROUPS = ("all", "dev")  # extras that stand for others, or for the tests


def package_findings() -> Iterator[Finding]:
    """Yield findings about Python, the requirements and the extras."""
    if sys.version_info < MIN_PYTHON:
        yield Finding(
            "problem", "Python", f"This is Python {platform.python_version()}.", "Install Python 3.11 or newer."
        )
    try:
        lines = requires(DISTRIBUTION) or []
    except PackageNotFoundError:
        yield Finding(
            "warning", "packages", "embedviz itself is not installed.", "Run `pip install -e .` in its checkout."
        )
        return
    requirements = [Requirement(line) for line in lines]
    wrong = [sentence for each in requirements if _applies(each, "") and (sentence := _trouble(each))]
    for sentence in wrong:
        yield Finding("problem", "packages", sentence, "Run `pip install -r requirements.txt`.")
    if not wrong:
        named = ", ".join(f"{name} {version(name)}" for name in NAMED)
        yield Finding("ok", "packages", f"embedviz {VERSION} on Python {platform.python_version()}: {named}.")
    yield _extras(requirements)


def _extras(requirements: list[Requirement]) -> Finding:
    """Return which extras are whole. None is needed for the app."""
    names = {extra for each in requirements for extra in _names_of(each)} - set(GROUPS)
    parts = {name: [each for each in requirements if _names_of(each) == {name}] for name in sorted(names)}
    whole = [name for name, needed in parts.items() if not any(_trouble(each) for each in needed)]
    missing = [name for name in parts if name not in whole]
    sentence = (
        f"Extras that are installed: {', '.join(whole) or 'none'}; not installed: {', '.join(missing) or 'none'}."
    )
    return Finding("ok", "extras", sentence)


def _names_of(requirement: Requirement) -> set[str]:
    """Return the extras that a requirement belongs to, as its marker says."""
    marker = str(requirement.marker or "")
    return {part.split('"')[1] for part in marker.split("extra ==")[1:]}


def _applies(requirement: Requirement, extra: str) -> bool:
    return requirement.marker is None or requirement.marker.evaluate({"extra": extra})


def _trouble(requirement: Requirement) -> str:
    """Return a sentence where a requirement is not met, else an empty one."""
    try:
        installed = version(requirement.name)
    except PackageNotFoundError:
        return f"{requirement.name} is not installed."
    if not requirement.specifier.contains(installed, prereleases=True):
        return f"{requirement.name} {installed} is installed, and {requirement.specifier} is needed."
    return ""
