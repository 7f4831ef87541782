"""What the tab key offers: models, samples, runs, columns. Nothing here may raise or take long."""

from __future__ import annotations

import csv
import os
import shlex
from pathlib import Path
from typing import Any

MAX_RUNS = 50
HEADER_BYTES = 65_536


def complete_data(incomplete: str) -> list[str]:
    """Offer samples, then files and folders."""
    from embedviz.data.samples import SAMPLES

    return [*(name for name in SAMPLES if name.startswith(incomplete)), *complete_path(incomplete)]


def complete_path(incomplete: str) -> list[str]:
    """Offer files and folders, a folder with a slash behind it."""
    parent, _, start = incomplete.rpartition("/")
    folder = Path(parent or ("/" if incomplete.startswith("/") else "."))
    try:
        found = sorted(path for path in folder.iterdir() if path.name.startswith(start))
    except OSError:
        return []
    shown = [path for path in found if start or not path.name.startswith(".")]
    prefix = incomplete[: len(incomplete) - len(start)]
    return [f"{prefix}{path.name}{'/' if path.is_dir() else ''}" for path in shown]


def complete_run(incomplete: str) -> list[tuple[str, str]]:
    """Offer the newest runs of the store: id, with the name as its help; and names, where one was begun."""
    from embedviz.core.home import home_path
    from embedviz.store.store import Store

    folder = home_path()
    if not folder.is_dir():
        return []
    runs = Store(folder).runs()[:MAX_RUNS]
    by_id = [(run.id[:8], run.name) for run in runs if run.id.startswith(incomplete)]
    by_name = [(run.name, run.id[:8]) for run in runs if incomplete and run.name.startswith(incomplete)]
    return [*by_id, *by_name]


def complete_run_or_file(incomplete: str) -> list[Any]:
    """Offer runs, then files and folders."""
    return [*complete_run(incomplete), *complete_path(incomplete)]


def complete_columns(incomplete: str) -> list[str]:
    """Offer role=column for the roles, and behind the sign the columns of the plain-text file that is named."""
    from embedviz.data.roles import COLUMN_ROLES, ROLES

    role, sign, start = incomplete.partition("=")
    if not sign:
        return [f"{name}=" for name in (*ROLES, *COLUMN_ROLES) if name.startswith(role)]
    # what is parsed of an unfinished call lacks its arguments; the shell has the words
    words = _split(os.environ.get("COMP_WORDS") or os.environ.get("_TYPER_COMPLETE_ARGS") or "")
    columns = next(filter(None, (columns_of_file(Path(word)) for word in words)), [])
    return [f"{role}={column}" for column in columns if column.startswith(start)]


def columns_of_file(path: Path) -> list[str]:
    """Return the names in the first line of a CSV or TSV file; none for any other, or where it cannot be read."""
    if path.suffix.lower() not in (".csv", ".tsv", ".txt"):
        return []
    try:
        with open(path, "rb") as file:
            line = file.read(HEADER_BYTES).decode("utf-8-sig", "replace").partition("\n")[0].strip()
    except OSError:
        return []
    delimiter = max("\t;,|", key=line.count)
    return next(csv.reader([line], delimiter=delimiter), [])


def _split(line: str) -> list[str]:
    """Return the words of a line as a shell reads it; a quote may still be open."""
    try:
        return shlex.split(line)
    except ValueError:
        return line.split()
