"""Spaces, maps and what models know, open in this process: read once, shared by everybody who may see them."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from embedviz.core.files import read_json
from embedviz.jobs.maps import Map, open_map
from embedviz.space import EmbeddingSpace
from embedviz.space.storage import read_space, written
from embedviz.store.run import KNOWLEDGE, SPACES, Run


def open_space(run: Run, name: str | None = None) -> EmbeddingSpace:
    """The run's space, the main one when no name is given; its labels are read once as long as its file is the same."""
    name = name or next(iter(run.spaces), "")
    if name not in run.space_names:
        return run.space  # raises with a sentence that says how far the run is
    return _space(run.folder / SPACES, name, written(run.folder / SPACES, name))


def open_knowledge(run: Run) -> dict[str, Any]:
    """The run's knowledge, not to be changed; its file, which may list every user and item, is parsed once."""
    path = run.folder / KNOWLEDGE
    return _knowledge(path, path.stat().st_mtime_ns) if path.exists() else {}


def open_finished_map(run: Run, map_id: str) -> Map:
    """The map, with its coordinates kept mapped."""
    found = open_map(run, map_id)
    return _map(found.folder) if found.has_coords else found


@lru_cache(maxsize=16)
def _space(folder: Path, name: str, changed: int) -> EmbeddingSpace:
    return read_space(folder, name)


@lru_cache(maxsize=16)
def _knowledge(path: Path, changed: int) -> dict[str, Any]:
    return read_json(path)


@lru_cache(maxsize=64)
def _map(folder: Path) -> Map:
    return Map(folder)
