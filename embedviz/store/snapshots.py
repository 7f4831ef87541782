"""How a run's vectors came to be: those of its most frequent labels at some twenty moments of the training.

A file a moment, named after its step: for each space NAME its vectors (P, D) float32 and, under "NAME rows", the rows
(P,) int64 of the space that they belong to.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from embedviz.core.errors import DataError
from embedviz.core.files import replacing
from embedviz.space import EmbeddingSpace
from embedviz.space.storage import map_tensor

FOLDER = "moments"
MOST_LABELS = 2_000  # of a space
MOST_SPACES = 4
MOST = 30  # moments; past it every second is let go, so that from 15 to 30 are left however early a training ends
FIRST_STRIDE = 1 / 200  # of the steps planned


class MomentKeeper:
    """Keeps moments of a training in its run's folder, and takes up those that an earlier part of it kept."""

    def __init__(self, run_folder: Path):
        self._folder = run_folder / FOLDER
        self._steps = steps(run_folder)
        self._stride = min(np.diff(self._steps).tolist(), default=0)

    def is_due(self, step: int, total_steps: int) -> bool:
        """Whether the training has come far enough since the last moment that was kept."""
        self._stride = self._stride or max(1, int(total_steps * FIRST_STRIDE))
        return not self._steps or step >= self._steps[-1] + self._stride

    def keep(self, step: int, spaces: Mapping[str, EmbeddingSpace]) -> None:
        """Writes the moment; where there are too many then, every second goes."""
        tensors = {}
        for name, space in list(spaces.items())[:MOST_SPACES]:
            rows = space.most_frequent(MOST_LABELS)
            tensors[name] = np.ascontiguousarray(space.vectors[rows])
            tensors[f"{name} rows"] = rows.astype(np.int64)
        if not tensors:
            return
        self._folder.mkdir(exist_ok=True)
        with replacing(_path(self._folder, step)) as temporary:
            save_file(tensors, temporary)
        self._steps = sorted({*self._steps, step})
        if len(self._steps) > MOST:
            for old in self._steps[1::2]:
                _path(self._folder, old).unlink(missing_ok=True)
            self._steps, self._stride = self._steps[::2], 2 * self._stride


def steps(run_folder: Path) -> list[int]:
    """The steps of the training at which moments were kept, in order."""
    return sorted(int(path.stem) for path in (run_folder / FOLDER).glob("[0-9]*.safetensors"))


def keeps(run_folder: Path, space_name: str) -> bool:
    """Whether the last moment has this space. A page asks at every run, so one file is looked into and not all."""
    try:
        map_tensor(_path(run_folder / FOLDER, steps(run_folder)[-1]), space_name)
    except (DataError, IndexError):
        return False
    return True


def moments(run_folder: Path, space_name: str) -> list[tuple[int, np.ndarray, np.ndarray]]:
    """(step, rows (P,), vectors (P, D)) of the space at each moment that has it, in order, mapped from disk."""
    found = []
    for step in steps(run_folder):
        path = _path(run_folder / FOLDER, step)
        try:
            found.append((step, map_tensor(path, f"{space_name} rows"), map_tensor(path, space_name)))
        except DataError:
            continue  # a space that was not kept then, or a moment that has just been let go
    return found


def _path(folder: Path, step: int) -> Path:
    return folder / f"{step:015d}.safetensors"
