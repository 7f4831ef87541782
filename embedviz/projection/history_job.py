"""The job that lays out a training's snapshots: the last one first, each earlier one starting from the one after it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
from safetensors.numpy import save_file

from embedviz.core.errors import RunError
from embedviz.core.files import replacing
from embedviz.core.generators import result_of
from embedviz.core.jobs.declaration import job
from embedviz.core.jobs.reporter import Reporter
from embedviz.core.typed_json import read_typed, write_typed
from embedviz.projection.map_folder import Map, MapSpec, write_coords
from embedviz.projection.map_job import count_oddities, finish_map
from embedviz.projection.projecting import steps
from embedviz.projection.settings import ProjectionSettings
from embedviz.space.snapshots import read_snapshots
from embedviz.space.storage import read_space
from embedviz.space.tensor_file import map_tensor

FRAMES, STEPS = "frames.safetensors", "frames.json"
EPOCHS = 60  # of a layout that starts from the one after it: the two are near each other
RUN = "../.."  # from the folder of one of its maps


@dataclass(frozen=True)
class HistorySpec(MapSpec):
    """Lay out the snapshots of a space. run: folder of the run that keeps them, relative to the map's."""

    kind: ClassVar[str] = "history"

    run: str = RUN


@dataclass(frozen=True)
class FrameSteps:
    """Contents of frames.json: the step of the training for each frame, None for the vectors kept in the end."""

    steps: list[int | None]


class History(Map):
    """A map whose points can be led back through the training."""

    spec_class = HistorySpec

    @property
    def frames(self) -> np.ndarray:
        """(M, N, 2) float32, a frame for each snapshot, the last being `coords`, all aligned with each other."""
        return map_tensor(self.folder / FRAMES, "frames")

    @property
    def frame_steps(self) -> list[int | None]:
        """(M) steps of the training; None for the vectors that were kept in the end."""
        found = read_typed(self.folder / STEPS, FrameSteps)
        return found.steps if found else []


@job("history", lane="interactive")
def lay_out_history(spec: HistorySpec, folder: Path, reporter: Reporter) -> None:
    """Lay out the snapshots from the last to the first, then measure the last like any map."""
    space = read_space(folder / spec.spaces, spec.space)
    kept = read_snapshots(folder / spec.run, space.name)
    if len(kept) < 2:
        raise RunError("No snapshots of this training were kept, so there is no history to show.")
    points = np.asarray(kept[-1].rows)
    kept = [snapshot for snapshot in kept if np.array_equal(snapshot.rows, points)]
    settings = ProjectionSettings.from_values(spec.settings)
    vectors = [*(snapshot.vectors for snapshot in kept), space.vectors[points]]
    frames: list[np.ndarray] = []
    for number, snapshot_vectors in enumerate(reversed(vectors)):
        chosen = settings.model_copy(update={"epochs": EPOCHS}) if frames else settings
        frames.append(_laid_out(np.asarray(snapshot_vectors), chosen, frames[-1] if frames else None, reporter))
        reporter.report(f"Laying out snapshot {number + 1} of {len(vectors)}", number + 1, len(vectors))
    frames.reverse()
    _write_frames(folder, np.stack(frames), [*(snapshot.step for snapshot in kept), None])
    write_coords(folder, frames[-1], points)
    count_oddities(folder, space, points)
    finish_map(folder, space, points, frames[-1], settings, reporter)


def _laid_out(
    vectors: np.ndarray, settings: ProjectionSettings, init: np.ndarray | None, reporter: Reporter
) -> np.ndarray:
    """Lay out vectors (N, D) from init (N, 2): (N, 2)."""
    return result_of(steps(vectors, settings, "cpu", init), lambda step: reporter.check())


def _write_frames(folder: Path, frames: np.ndarray, frame_steps: list[int | None]) -> None:
    write_typed(folder / STEPS, FrameSteps(frame_steps))
    with replacing(folder / FRAMES) as temporary:
        save_file({"frames": np.ascontiguousarray(frames)}, temporary)
