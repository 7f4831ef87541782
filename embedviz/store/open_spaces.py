"""Cache of the spaces, maps and model metadata that this process has opened, shared by everybody who may see them."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from embedviz.core.files import read_json
from embedviz.projection.map_folder import Map
from embedviz.space import EmbeddingSpace
from embedviz.space.storage import read_space, written
from embedviz.store.maps import open_map
from embedviz.store.run_folder import KNOWLEDGE, SPACES, RunFolder


def open_space(run: RunFolder, name: str | None = None) -> EmbeddingSpace:
    """Open a run's space, by default the main one. Its labels are read once as long as its file is the same."""
    name = name or next(iter(run.spaces), "")
    if name not in run.space_names:
        return run.space  # raises with a sentence that says how far the run is
    return _space(run.folder / SPACES, name, written(run.folder / SPACES, name))


def open_knowledge(run: RunFolder) -> dict[str, Any]:
    """Return what the run's model needs beside its weights; not to be changed. Its file, which may list every user, is parsed once."""
    path = run.folder / KNOWLEDGE
    return _knowledge(path, path.stat().st_mtime_ns) if path.exists() else {}


def open_finished_map(run: RunFolder, map_id: str) -> Map:
    """Open a map and keep its coordinates mapped. RunError when there is none."""
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
