"""Snapshots of a run's vectors while it trains: those of its most frequent labels, at some twenty moments.

A file a snapshot, named after the step: for each space NAME its vectors (P, D) float32 and, under "NAME rows", the rows
(P,) int64 of the space that they belong to.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
from safetensors.numpy import save_file

from embedviz.core.errors import DataError
from embedviz.core.files import replacing
from embedviz.space import EmbeddingSpace
from embedviz.space.tensor_file import map_tensor

FOLDER = "snapshots"
FIRST_FOLDER = "moments"  # its name in runs of the first version
MAX_LABELS = 2_000  # of a space
MAX_SPACES = 4
MAX_SNAPSHOTS = 30  # past it every second is deleted, so that 15 to 30 are left however early a training ends
FIRST_STRIDE = 1 / 200  # of the steps planned


class Snapshot(NamedTuple):
    """A space at one step of the training: rows (P,) int64 of the space, and their vectors (P, D) float32."""

    step: int
    rows: np.ndarray
    vectors: np.ndarray


class SnapshotWriter:
    """Writes snapshots into a run's folder, and goes on with those that an earlier part of the training wrote.

    Parameters
    ----------
    run_folder : Path
        The run's folder.
    """

    def __init__(self, run_folder: Path) -> None:
        self._folder = _folder_of(run_folder)
        self._steps = snapshot_steps(run_folder)
        self._stride = int(min(np.diff(self._steps).tolist(), default=0))

    @property
    def is_empty(self) -> bool:
        """True until the first snapshot was written."""
        return not self._steps

    def is_due(self, step: int, total_steps: int) -> bool:
        """Return True when the training has come far enough since the last snapshot."""
        self._stride = self._stride or max(1, int(total_steps * FIRST_STRIDE))
        return not self._steps or step >= self._steps[-1] + self._stride

    def write(self, step: int, spaces: Mapping[str, EmbeddingSpace]) -> None:
        """Write a snapshot; where there are too many then, delete every second."""
        tensors: dict[str, np.ndarray] = {}
        for name, space in list(spaces.items())[:MAX_SPACES]:
            rows = space.most_frequent(MAX_LABELS)
            tensors[name] = np.ascontiguousarray(space.vectors[rows])
            tensors[f"{name} rows"] = rows.astype(np.int64)
        if not tensors:
            return
        self._folder.mkdir(exist_ok=True)
        with replacing(_path(self._folder, step)) as temporary:
            save_file(tensors, temporary)
        self._steps = sorted({*self._steps, step})
        if len(self._steps) > MAX_SNAPSHOTS:
            for old in self._steps[1::2]:
                _path(self._folder, old).unlink(missing_ok=True)
            self._steps, self._stride = self._steps[::2], 2 * self._stride


def snapshot_steps(run_folder: Path) -> list[int]:
    """Return the steps of the training at which snapshots were taken, in order."""
    return sorted(int(path.stem) for path in _folder_of(run_folder).glob("[0-9]*.safetensors"))


def has_snapshots(run_folder: Path, space_name: str) -> bool:
    """Return True when the last snapshot has this space. One file is opened: pages ask at every run."""
    try:
        map_tensor(_path(_folder_of(run_folder), snapshot_steps(run_folder)[-1]), space_name)
    except (DataError, IndexError):
        return False
    return True


def read_snapshots(run_folder: Path, space_name: str) -> list[Snapshot]:
    """Open the snapshots that have the space, in order; their arrays are mapped from disk."""
    found: list[Snapshot] = []
    for step in snapshot_steps(run_folder):
        path = _path(_folder_of(run_folder), step)
        try:
            found.append(Snapshot(step, map_tensor(path, f"{space_name} rows"), map_tensor(path, space_name)))
        except DataError:
            continue  # without this space, or just deleted
    return found


def _folder_of(run_folder: Path) -> Path:
    first = run_folder / FIRST_FOLDER
    return first if first.is_dir() else run_folder / FOLDER


def _path(folder: Path, step: int) -> Path:
    return folder / f"{step:015d}.safetensors"
