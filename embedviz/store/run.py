"""A run: a training, or vectors that somebody opened; its settings, its events, and the spaces that came of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from embedviz.core.errors import RunError, SettingsError, UnknownSpaceError
from embedviz.core.files import read_json, write_json
from embedviz.store.job import Job

if TYPE_CHECKING:
    import pandas as pd

    from embedviz.core.progress import Progress
    from embedviz.core.settings import TrainingSettings
    from embedviz.models.contract import Predictor
    from embedviz.space import EmbeddingSpace

METRICS = "metrics.json"
WEIGHTS = "model.safetensors"
KNOWLEDGE = "model.json"
SPACES = "spaces"
PICTURES = "pictures"


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
    def knowledge(self) -> dict[str, Any]:
        """What the model needs beside its weights to predict (class names, columns); empty where it does not."""
        return read_json(self.folder / KNOWLEDGE)

    @property
    def predicts(self) -> bool:
        """True once predict can be asked."""
        return (self.folder / KNOWLEDGE).exists()

    def predictor(self) -> Predictor:
        """The model as it was kept, ready to predict. RunError while there is none."""
        from safetensors.numpy import load_file

        from embedviz.models import model_class

        if not self.predicts:
            raise RunError(f"The run {self.name!r} has nothing to predict with: it is {self.status}.")
        return model_class(self.model).recall(self.settings, load_file(self.folder / WEIGHTS), self.knowledge)

    def predict(self, rows: pd.DataFrame | Sequence[Any], reasons: bool = False) -> pd.DataFrame:
        """A prediction for each row: texts, or a frame with the columns of the training. See the model's predict."""
        return self.predictor().predict(rows, reasons)

    def baselines(self, on_progress: Callable[[Progress], Any] | None = None) -> pd.DataFrame:
        """Trains the baselines on the run's own split, in this process, where that was not done before: a row for each
        with its scores, seconds and memory. They stay in the run's folder. RunError for a model that has none."""
        from embedviz.evaluation.score_table import baselines_frame
        from embedviz.jobs.baselines import baselines_of
        from embedviz.jobs.inline import do_here

        return baselines_frame(do_here(baselines_of(self), on_progress).rows)

    def repeat(
        self,
        *,
        seeds: int | None = None,
        folds: int | None = None,
        on_progress: Callable[[Progress], Any] | None = None,
    ) -> pd.DataFrame:
        """Trains it over so many seeds, its own first, or so many folds, in this process: a row for each with its scores
        and seconds, then their mean and standard deviation (over n - 1). Those that are done already are not done
        again. SettingsError unless one of seeds and folds is given, 2 to 100."""
        from embedviz.jobs.inline import do_here
        from embedviz.jobs.repeats import repeats_of

        if (seeds is None) == (folds is None):
            raise SettingsError("Say over what to repeat: seeds=5, or folds=5.")
        repeats = repeats_of(self, *(("seeds", seeds) if folds is None else ("folds", folds)))
        return do_here(repeats, on_progress).frame()

    def recommend(
        self, user: str | None = None, rated: Mapping[str, float] | None = None, k: int = 10, reasons: bool = True
    ) -> pd.DataFrame:
        """The k best items for a user of the training, or for somebody new who rated some (item -> rating), with
        "because you liked". RunError for a model that is not of ratings."""
        model = self.predictor()
        if not hasattr(model, "recommend"):
            raise RunError(f"The run {self.name!r} is of {self.model}; only one of ratings recommends.")
        return model.recommend(user=user, rated=rated, k=k, reasons=reasons)

    def pictures(self) -> dict[str, pd.DataFrame]:
        """The frames drawn beside the scores, by name: "confusion", "calibration", "popularity"."""
        import pandas as pd

        return {path.stem: pd.read_parquet(path) for path in sorted((self.folder / PICTURES).glob("*.parquet"))}

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
        if not names and self.status == "done":
            raise RunError(f"The run {self.name!r} has no vectors: its table has no column of categories.")
        if not names:
            raise RunError(f"The run {self.name!r} has no vectors yet: it is {self.status}.")
        return self.spaces[names[0]]

    @property
    def spaces(self) -> Mapping[str, EmbeddingSpace]:
        """Name to space. Vectors are mapped from disk, not loaded."""
        return _Spaces(self)

    def set_main_space(self, name: str) -> None:
        """Says which space is the main one, where the model leaves that to the data."""
        self.spec["main_space"] = name
        write_json(self.folder / self.spec_file, self.spec)

    def rename(self, name: str) -> None:
        """Gives the run another name (1 to 120 characters)."""
        name = " ".join(name.split())
        if not 1 <= len(name) <= 120:
            raise RunError("A run's name has 1 to 120 characters.")
        self.spec["name"] = name
        write_json(self.folder / self.spec_file, self.spec)

    def stop(self) -> None:
        """Asks the worker to stop and keep the best so far; does nothing when the run has ended."""
        from embedviz.jobs.supervisor import shared_supervisor

        shared_supervisor().stop(self)

    def resume(self) -> Run:
        """Puts a stopped, failed or interrupted run into the queue again; it goes on from its last checkpoint."""
        from embedviz.jobs.supervisor import shared_supervisor

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
            raise UnknownSpaceError(f"The run has no space {name!r}. It has: {', '.join(names) or 'none yet'}.")
        return read_space(self._run.folder / SPACES, name)


def open_run(folder: Path | str) -> Run:
    """The run in this folder; RunError when there is none."""
    if not (Path(folder) / Run.spec_file).is_file():
        raise RunError(f"{folder} is not a run's folder: it has no {Run.spec_file}.")
    return Run(folder)
