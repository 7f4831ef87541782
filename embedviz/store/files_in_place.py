"""Files that stay where they are, and that data names by their path.

A node of a cluster that does not see the files of the server has copies of them. A file in its store says where.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from embedviz.core.errors import DataError
from embedviz.core.home import home
from embedviz.core.typed_json import read_typed, write_typed
from embedviz.store.data_reference import DataReference

COPIES = "copies.json"


@dataclass(frozen=True)
class Copies:
    """Contents of copies.json: path on the server -> path here."""

    paths: dict[str, str] = field(default_factory=dict[str, str])


def files_in_place(reference: DataReference) -> dict[str, float]:
    """Return the files of a reference that stay where they are: path -> when it was changed, in seconds since 1970."""
    files = {file["path"]: file["modified"] for file in reference.get("parts", [])}
    if reference["source"] == "corpus":
        files |= {file["path"]: file["modified"] for file in reference["files"]}
    if reference["source"] == "path":
        files[reference["path"]] = reference["modified"]
    return files


def check_unchanged(reference: DataReference) -> None:
    """Return if every file that stays where it is, is as it was. A copy was checked as it was made.

    Raises
    ------
    DataError
        When one went away or was changed.
    """
    copies = _copies()
    for path, modified in files_in_place(reference).items():
        if path in copies:
            continue
        if not Path(path).is_file():
            raise DataError(f"{path} no longer exists. Put it back, or start a new run.")
        if Path(path).stat().st_mtime != modified:
            raise DataError(f"{path} was changed since it was opened. Open it again, and start a new run.")


def located(path: str) -> Path:
    """Return where the file lies: at its path, or where its copy is."""
    return Path(_copies().get(path, path))


def write_copies(store: Path, paths: Mapping[str, Path]) -> None:
    """Write into the folder of a store where the copies are: path on the server -> path here."""
    write_typed(store / COPIES, Copies({path: str(copy) for path, copy in paths.items()}))


def _copies() -> dict[str, str]:
    found = read_typed(home() / COPIES, Copies)
    return found.paths if found else {}
