"""Writes docs/licences.md: the licence of each package that is installed with embedviz, from its own metadata.

    python docs/licences.py

Packages are those that requirements.txt names and what these require in turn.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "licences.md"
LICENCE = "License :: "
MAX_LENGTH = 60  # of a licence that is given as text: the whole text stands in some packages
HEAD = """# Licences

embedviz is under the MIT licence. It is installed with the packages below, each under a licence of its own, as its metadata says.
`python docs/licences.py` writes this page.

| package | licence | required by embedviz itself |
|---|---|---|
"""


def main() -> None:
    PAGE.write_text(page(), encoding="utf-8")


def page() -> str:
    """Return the page for what is installed in this environment."""
    direct = set(pinned())
    rows = [
        f"| {found.metadata['Name']} | {licence_of(found)} | {'yes' if name in direct else ''} |"
        for name, found in sorted(installed(direct).items())
    ]
    return HEAD + "\n".join(rows) + "\n"


def pinned() -> Iterator[str]:
    for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines():
        if "==" in line:
            yield canonicalize_name(line.split("==")[0])


def installed(names: set[str]) -> dict[str, Distribution]:
    """Return name -> distribution of these packages, and of all that they require on a CPU."""
    found: dict[str, Distribution] = {}
    waiting = sorted(names)
    while waiting:
        name = canonicalize_name(waiting.pop())
        if name in found:
            continue
        try:
            found[name] = distribution(name)
        except PackageNotFoundError:  # for another platform
            continue
        requirements = map(Requirement, found[name].requires or [])
        waiting += [each.name for each in requirements if each.marker is None or each.marker.evaluate({"extra": ""})]
    return found


def licence_of(found: Distribution) -> str:
    """Return the licence: as an expression of SPDX, by its classifiers, or as a short text."""
    if expression := found.metadata.get("License-Expression"):
        return plain(expression)
    classifiers = [
        text.split(" :: ")[-1] for text in found.metadata.get_all("Classifier") or [] if text.startswith(LICENCE)
    ]
    text = (found.metadata.get("License") or "").strip()
    if text and len(text) <= MAX_LENGTH and "\n" not in text:
        return plain(text)
    return plain(", ".join(classifiers) or "see its files")


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text).replace("|", "/")


if __name__ == "__main__":
    main()
