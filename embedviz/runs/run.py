"""A run: a training, or vectors that somebody opened; its settings, its events, and the spaces that came of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from embedviz.errors import RunError
from embedviz.files import read_json, write_json
from embedviz.runs.job import Job

if TYPE_CHECKING:
    from embedviz.space import EmbeddingSpace
    from embedviz.training.settings import TrainingSettings

METRICS = "metrics.json"
SPACES = "spaces"


class Run(Job):
    """A run by its folder. Everything is read from disk when asked for, so that it is as it is now."""

    spec_file: ClassVar[str] = "run.json"

    def __repr__(self) -> str:
        return f"<Run {self.name!r} {self.status} {self.folder}>"

    @property
    def name(self) -> str:
        return self.spec["name"]

    @property
    def model(self) -> str:
        """The model's name, or "vectors" for vectors that came from a file."""
        return self.spec["model"]

    @property
    def owner(self) -> str:
        return self.spec["owner"]

    @property
    def created(self) -> float:
        """Seconds since 1970."""
        return self.spec["created"]

    @property
    def settings(self) -> TrainingSettings | None:
        """The validated settings of the training; None for opened vectors."""
        if self.kind != "training":
            return None
        from embedviz.models import model_class

        return model_class(self.model).Settings.of(**self.spec["settings"])

    @property
    def metrics(self) -> dict[str, float]:
        """Name to value; names carry split and k: "test/loss", "validation/auc". Empty before the end."""
        return read_json(self.folder / METRICS).get("metrics", {})

    @property
    def record(self) -> dict[str, Any]:
        """What the run took beside what was estimated, how its data was split, where it ran. Empty before the end."""
        return read_json(self.folder / METRICS).get("record", {})

    @property
    def space_names(self) -> list[str]:
        """Names of the spaces that are there, the main one first."""
        from embedviz.space.storage import space_names

        names = space_names(self.folder / SPACES)
        main = self.spec.get("main_space")
        return sorted(names, key=lambda name: name != main)

    @property
    def space(self) -> EmbeddingSpace:
        """The main space; RunError while there is none."""
        names = self.space_names
        if not names:
            raise RunError(f"The run {self.name!r} has no vectors yet: it is {self.status}.")
        return self.spaces[names[0]]

    @property
    def spaces(self) -> Mapping[str, EmbeddingSpace]:
        """Name to space. Vectors are mapped from disk, not loaded."""
        return _Spaces(self)

    def rename(self, name: str) -> None:
        """Gives the run another name (1 to 120 characters)."""
        name = " ".join(name.split())
        if not 1 <= len(name) <= 120:
            raise RunError("A run's name has 1 to 120 characters.")
        self.spec["name"] = name
        write_json(self.folder / self.spec_file, self.spec)

    def stop(self) -> None:
        """Asks the worker to stop and keep the best so far; does nothing when the run has ended."""
        from embedviz.runs.supervisor import shared_supervisor

        shared_supervisor().stop(self)

    def resume(self) -> Run:
        """Puts a stopped, failed or interrupted run into the queue again; it goes on from its last checkpoint."""
        from embedviz.runs.supervisor import shared_supervisor

        shared_supervisor().submit(self)
        return self


class _Spaces(Mapping[str, "EmbeddingSpace"]):
    def __init__(self, run: Run):
        self._run = run

    def __iter__(self) -> Iterator[str]:
        return iter(self._run.space_names)

    def __len__(self) -> int:
        return len(self._run.space_names)

    def __getitem__(self, name: str) -> EmbeddingSpace:
        from embedviz.space.storage import read_space

        names = self._run.space_names
        if name not in names:
            raise KeyError(f"The run has no space {name!r}. It has: {', '.join(names) or 'none yet'}.")
        return read_space(self._run.folder / SPACES, name)


def open_run(folder: Path | str) -> Run:
    """The run in this folder; RunError when there is none."""
    if not (Path(folder) / Run.spec_file).is_file():
        raise RunError(f"{folder} is not a run's folder: it has no {Run.spec_file}.")
    return Run(folder)
