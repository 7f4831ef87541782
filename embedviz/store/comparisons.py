"""Comparisons of a run's space with another space: one job for each other space and each k."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

from embedviz.space.comparison_job import ComparisonSpec, SpaceComparison
from embedviz.store.maps import space_version
from embedviz.store.run_folder import SPACES, RunFolder
from embedviz.store.work import job_on, path_from

COMPARISONS = "comparisons"
_NOT_THE_TRAINING = ("seed", "device", "threads")  # settings that twins may differ in
_SAME_DATA = ("source", "sample", "path", "modified", "sha256", "options", "only", "parts")

R = TypeVar("R", bound=RunFolder)


def comparison_of(a: RunFolder, space_a: str, b: RunFolder, space_b: str, k: int) -> SpaceComparison:
    """Return the comparison of two runs' spaces; written when it is new, and then still to be submitted.

    Parameters
    ----------
    a, b : RunFolder
        The runs. Trained again, a run has another comparison.
    space_a, space_b : str
        Names of their spaces.
    k : int
        Neighbors to compare.
    """
    version, other = space_version(a, space_a), space_version(b, space_b)

    def spec(comparisons: Path) -> ComparisonSpec:
        return ComparisonSpec(
            space=space_a,
            other_space=space_b,
            spaces=path_from(comparisons, a.folder / SPACES),
            other_spaces=path_from(comparisons, b.folder / SPACES),
            k=k,
            ended=version["ended"],
            written=version["written"],
            other_ended=other["ended"],
            other_written=other["written"],
        )

    return job_on(a, SpaceComparison, COMPARISONS, spec)


def twins_of(run: RunFolder, runs: Sequence[R]) -> list[R]:
    """Return those of the runs that have ended and differ from `run` in nothing but the seed."""
    if run.kind != "training":
        return []
    own = _all_but_the_seed(run)
    others = [other for other in runs if other.kind == "training" and other.id != run.id]
    return [other for other in others if other.status == "done" and _all_but_the_seed(other) == own]


def _all_but_the_seed(run: RunFolder) -> dict[str, Any]:
    """Return what decides the result of a training, without the seed and the device."""
    settings = {name: value for name, value in run.spec.settings.items() if name not in _NOT_THE_TRAINING}
    data = {name: run.data.get(name) for name in _SAME_DATA}
    return {"model": run.model, "settings": settings, "data": data, "columns": run.columns}
