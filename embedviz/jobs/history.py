"""The map of a training's moments: the last one laid out, each earlier one starting from the one after it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from embedviz.core.errors import RunError
from embedviz.core.files import read_json, replacing, write_json
from embedviz.core.generators import result_of
from embedviz.core.progress import Progress
from embedviz.jobs.control import Asked, Control
from embedviz.jobs.maps import Map, finish, version, write_coords, write_oddities
from embedviz.projection.projecting import steps
from embedviz.projection.settings import ProjectionSettings
from embedviz.space.storage import map_tensor
from embedviz.store.job import Job
from embedviz.store.run import Run
from embedviz.store.snapshots import MOST_LABELS, keeps, moments
from embedviz.store.snapshots import steps as steps_kept
from embedviz.store.status import State

FRAMES, STEPS = "frames.safetensors", "frames.json"
EPOCHS = 60  # of moving from one moment to the one before: they lie near each other


class History(Map):
    """A map whose points can be led back through the training."""

    @property
    def frames(self) -> np.ndarray:
        """(M, N, 2) float32, a moment each, the last one being coords, all in one frame of reference."""
        return map_tensor(self.folder / FRAMES, "frames")

    @property
    def frame_steps(self) -> list[int | None]:
        """(M) steps of the training; None for the vectors that were kept in the end."""
        return read_json(self.folder / STEPS).get("steps", [])


def has_history(run: Run, space_name: str) -> bool:
    """Whether moments of this space were kept while it was trained."""
    return run.kind == "training" and len(steps_kept(run.folder)) > 1 and keeps(run.folder, space_name)


def history_of(run: Run, space_name: str) -> History:
    """The map job of this space's moments; written when it is new, and then still to be submitted."""
    settings = ProjectionSettings(n_points=MOST_LABELS)
    spec = {"kind": "history", "space": space_name, "settings": settings.model_dump(), **version(run, space_name)}
    return History.of(run, spec)


def work(job: Job, control: Control, say: Callable[..., None]) -> State:
    """Lays out the moments from the last to the first, then measures the last like any map."""
    run = Run(job.folder.parents[1])
    space = run.spaces[job.spec["space"]]
    kept = moments(run.folder, space.name)
    if len(kept) < 2:
        raise RunError("No moments of this training were kept, so there is no history to show.")
    points = np.asarray(kept[-1][1])
    kept = [(step, vectors) for step, rows, vectors in kept if np.array_equal(rows, points)]
    settings = ProjectionSettings.of(**job.spec["settings"])
    layouts, begin = [], None
    for number, (step, vectors) in enumerate([*kept, (None, np.asarray(space.vectors[points]))][::-1]):
        chosen = settings if begin is None else settings.model_copy(update={"epochs": EPOCHS})
        try:
            begin = result_of(steps(np.asarray(vectors), chosen, "cpu", begin), lambda step: control.check())
        except Asked:
            return "interrupted" if control.interrupt else "stopped"
        layouts.append((step, begin))
        say(Progress(number + 1, len(kept) + 1, message=f"Laying out moment {number + 1} of {len(kept) + 1}"))
    layouts.reverse()
    _write_frames(job.folder, np.stack([layout for _, layout in layouts]), [step for step, _ in layouts])
    write_coords(job.folder, layouts[-1][1], points)
    write_oddities(job.folder, space, points)
    finish(job.folder, space, points, layouts[-1][1], settings, say)
    return "done"


def _write_frames(folder: Path, frames: np.ndarray, frame_steps: list[int | None]) -> None:
    write_json(folder / STEPS, {"steps": frame_steps})
    with replacing(folder / FRAMES) as temporary:
        save_file({"frames": np.ascontiguousarray(frames)}, temporary)
