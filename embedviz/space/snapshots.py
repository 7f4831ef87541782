"""Snapshots of a run's vectors while it trains: those of its most frequent labels, at some twenty moments.

A file a snapshot, named after the step: for each space NAME its vectors (P, D) and, under "NAME rows", the rows (P,) int64 of
the space that they belong to. The vectors are float16: a map of them looks the same, and the files are half as large. They are
float32 where a number is too large for float16, and in runs of earlier versions.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from embedviz.core.files import replacing
from embedviz.space import EmbeddingSpace

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
            tensors[name] = _halved(space.vectors[rows])
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
        with safe_open(_path(_folder_of(run_folder), snapshot_steps(run_folder)[-1]), "numpy") as tensors:
            return space_name in tensors.keys()  # noqa: SIM118  # it has no other way to look a name up
    except (SafetensorError, OSError, IndexError):
        return False


def read_snapshots(run_folder: Path, space_name: str) -> list[Snapshot]:
    """Read the snapshots that have the space, in order."""
    found = [_read(run_folder, step, space_name) for step in snapshot_steps(run_folder)]
    return [snapshot for snapshot in found if snapshot is not None]


def _read(run_folder: Path, step: int, space_name: str) -> Snapshot | None:
    """Return a snapshot of a space; None where it has none of it, or was just deleted."""
    try:
        with safe_open(_path(_folder_of(run_folder), step), "numpy") as tensors:
            rows, vectors = tensors.get_tensor(f"{space_name} rows"), tensors.get_tensor(space_name)
    except (SafetensorError, OSError):
        return None
    return Snapshot(step, rows, vectors.astype(np.float32))


def _halved(vectors: np.ndarray) -> np.ndarray:
    """Return vectors as float16, or float32 where a number is too large for it."""
    fits = np.abs(vectors).max(initial=0.0) <= np.finfo(np.float16).max
    return np.ascontiguousarray(vectors, np.float16 if fits else np.float32)


def _folder_of(run_folder: Path) -> Path:
    first = run_folder / FIRST_FOLDER
    return first if first.is_dir() else run_folder / FOLDER


def _path(folder: Path, step: int) -> Path:
    return folder / f"{step:015d}.safetensors"
