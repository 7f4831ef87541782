"""Runs by what people call them: a folder, an id, the beginning of an id, or a name."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

from rapidfuzz import process

from embedviz.core.errors import RunError
from embedviz.store.run_folder import RunFolder
from embedviz.store.store import Store

MIN_ID_CHARACTERS = 4  # of an id that is cut short
MAX_SUGGESTED = 3
MIN_SPELLING_SCORE = 60.0  # of 100, by rapidfuzz
R = TypeVar("R", bound=RunFolder)


def find_run(text: str, store: Store | None = None) -> RunFolder:
    """Return the run that a text names.

    Parameters
    ----------
    text : str
        A run's folder; its id or the first four characters of it or more; or its name, whatever the case.
    store : Store, optional
        By default the one of `home()`.

    Raises
    ------
    RunError
        When there is none, with the nearest names, or when several are called so, with their ids.
    """
    if RunFolder.exists(folder := Path(text).expanduser()):
        return RunFolder(folder)
    return _one_of((store or Store()).runs(), text, "run")


def find_deleted_run(text: str, owner: str, store: Store | None = None) -> RunFolder:
    """Return the deleted run that can still be brought back, by id or name as in `find_run`."""
    return _one_of((store or Store()).deleted(owner), text, "deleted run")


def _one_of(runs: Iterable[R], text: str, kind: str) -> R:
    runs = list(runs)
    wanted = text.strip().casefold()
    by_id = [run for run in runs if run.id == wanted]
    by_start = [run for run in runs if len(wanted) >= MIN_ID_CHARACTERS and run.id.startswith(wanted)]
    by_name = [run for run in runs if run.name.casefold() == wanted]
    found = by_id or by_name or by_start
    if len(found) == 1:
        return found[0]
    if found:
        listed = ", ".join(f"{run.id[:8]} ({run.name})" for run in found)
        raise RunError(f"{len(found)} runs go by {text!r}: {listed}. Name one by its id.")
    names = list(dict.fromkeys(run.name for run in runs))
    near = process.extract(text, names, limit=MAX_SUGGESTED, score_cutoff=MIN_SPELLING_SCORE)
    hint = f"Did you mean {', '.join(repr(name) for name, _, _ in near)}?" if near else "List them: embedviz runs list."
    raise RunError(f"There is no {kind} {text!r}: neither a run's folder, nor an id or a name in the store. {hint}")
