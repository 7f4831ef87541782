"""A run's folder: a training, or vectors that somebody opened, with its settings, scores and spaces.

One writer a file: `run.json` is written once at creation, `label.json` by the owner, `status.json` and `events.jsonl`
by the holder of the lease, and `metrics.json`, `form.json`, `architecture.json`, `matrices.json`, `spaces/`,
`model.safetensors` and `checkpoint.safetensors` by the worker.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self, cast

from pydantic import ConfigDict, with_config
from typing_extensions import TypedDict

from embedviz.core.cost import Cost, CostFields
from embedviz.core.errors import DataError, RunError, UnknownSpaceError
from embedviz.core.jobs.folder import JobFolder, JobRecord
from embedviz.core.typed_json import JsonObject, parse_typed, read_typed, write_typed
from embedviz.store.data_reference import DataReference
from embedviz.store.run_specs import Columns, RunSpec

if TYPE_CHECKING:
    import pandas as pd

    from embedviz.core.settings import TrainingSettings
    from embedviz.space import EmbeddingSpace, SpaceKind
    from embedviz.training.architecture import Architecture
    from embedviz.training.protocols import Predictor
    from embedviz.training.report import Protocol

METRICS = "metrics.json"
WEIGHTS = "model.safetensors"
FORM = "form.json"
ARCHITECTURE = "architecture.json"
MATRICES = "matrices.json"
OLD_MODEL = "model.json"  # beside the weights of a run made before version 0.2
CHECKPOINT = "checkpoint.safetensors"
LABEL = "label.json"
SPACES = "spaces"
FIGURES = "figures"
OLD_FIGURES = "pictures"  # before version 0.2, and what the columns were called there:
OLD_COLUMNS = {"certainty": "confidence", "right": "accuracy"}
MAX_NAME_CHARACTERS = 120
MAX_TAGS, MAX_TAG_CHARACTERS = 20, 40
MAX_NOTES_CHARACTERS = 2000


@dataclass(frozen=True)
class RunRecord(JobRecord):
    """Contents of run.json, which is written once.

    Attributes
    ----------
    owner : str
        Whose run it is.
    name : str
        The name that it was given at its creation; label.json has a later one.
    version : str
        Version of embedviz that made it.
    experiment : str
        Id of the experiment that had it trained; empty for a run that somebody asked for by itself.
    """

    owner: str = ""
    name: str = ""
    version: str = ""
    experiment: str = ""


@dataclass(frozen=True)
class RunLabel:
    """Contents of label.json: the name, the tags and the notes that the owner gave the run."""

    name: str
    tags: list[str] = field(default_factory=list[str])
    notes: str = ""


@with_config(ConfigDict(extra="allow"))
class TrainingRecord(TypedDict, total=False):
    """Record of a training beside its scores. Empty before the end.

    estimate: the cost as estimated before the start. seconds, memory_bytes: what it took. device, threads: where.
    protocol: how the scores were made. score: the one that counts. main_space: the space that is shown first, where
    the data decided it. vectors, dim: of opened vectors.
    """

    estimate: CostFields
    seconds: float
    memory_bytes: float
    device: str
    threads: int
    protocol: JsonObject
    score: str
    main_space: str
    vectors: int
    dim: int


@dataclass(frozen=True)
class Metrics:
    """Contents of metrics.json. The worker writes it last, so that a run with scores is whole."""

    metrics: dict[str, float] = field(default_factory=dict[str, float])
    record: TrainingRecord = field(default_factory=TrainingRecord)


@dataclass(frozen=True)
class Matrices:
    """Contents of matrices.json: the matrices of a file of vectors that holds several.

    Attributes
    ----------
    shapes : dict
        Name to shape.
    taken : str
        The one that was read; empty while one has to be chosen.
    """

    shapes: dict[str, tuple[int, int]] = field(default_factory=dict[str, tuple[int, int]])
    taken: str = ""


class RunFolder(JobFolder[RunSpec]):
    """A run by its folder. Everything that changes is read from disk when asked for.

    Parameters
    ----------
    folder : Path or str
        The run's folder.
    work_folder : Path, optional
        Where maps and other jobs on the run are kept; by default in its own folder. A visitor who is not its owner has another.

    Raises
    ------
    RunError
        When there is no run in the folder.
    DataError
        When its record cannot be read.
    """

    record_file = "run.json"
    record_class = RunRecord
    spec_class = RunSpec

    def __init__(self, folder: Path | str, work_folder: Path | None = None) -> None:
        super().__init__(folder)
        self.work_folder = work_folder or self.folder

    @classmethod
    def create_run(
        cls, folder: Path, spec: RunSpec, run_id: str, *, name: str, owner: str, version: str, experiment: str = ""
    ) -> Self:
        """Write a run's record into `folder`, which is made when missing, and return the run."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        record = RunRecord(spec.kind, run_id, time.time(), asdict(spec), owner, name, version, experiment)
        write_typed(folder / cls.record_file, record)
        return cls(folder)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name!r} {self.status} {self.folder}>"

    @property
    def name(self) -> str:
        """Name given by the owner."""
        return self.label.name

    @property
    def label(self) -> RunLabel:
        """Name, tags and notes."""
        return read_typed(self.folder / LABEL, RunLabel) or RunLabel(self._run_record.name)

    def rename(self, name: str) -> None:
        """Give the run another name; see `set_label`."""
        self.set_label(name=name)

    def set_label(
        self, *, name: str | None = None, tags: Sequence[str] | None = None, notes: str | None = None
    ) -> None:
        """Change the name, the tags or the notes of the run; None leaves them as they are.

        Parameters
        ----------
        name : str, optional
            1 to 120 characters.
        tags : sequence of str, optional
            At most 20, of at most 40 characters each. Empty ones and repeated ones are left out.
        notes : str, optional
            At most 2,000 characters.

        Raises
        ------
        RunError
            When one of them is longer, or the name is empty.
        """
        label = self.label
        name = label.name if name is None else " ".join(name.split())
        tags = label.tags if tags is None else [tag for tag in dict.fromkeys(" ".join(t.split()) for t in tags) if tag]
        notes = label.notes if notes is None else notes.strip()
        if not 1 <= len(name) <= MAX_NAME_CHARACTERS:
            raise RunError(f"A run's name has 1 to {MAX_NAME_CHARACTERS} characters.")
        if len(tags) > MAX_TAGS or any(len(tag) > MAX_TAG_CHARACTERS for tag in tags):
            raise RunError(f"A run has at most {MAX_TAGS} tags, of at most {MAX_TAG_CHARACTERS} characters each.")
        if len(notes) > MAX_NOTES_CHARACTERS:
            raise RunError(f"A run's notes have at most {MAX_NOTES_CHARACTERS:,} characters.")
        write_typed(self.folder / LABEL, RunLabel(name, list(tags), notes))

    @property
    def model(self) -> str:
        """Name of the model; "vectors" for vectors that came from a file."""
        return self.spec.model

    @property
    def owner(self) -> str:
        """Id of the owner."""
        return self._run_record.owner

    @property
    def version(self) -> str:
        """Version of embedviz that made it."""
        return self._run_record.version

    @property
    def experiment(self) -> str:
        """Id of the experiment that had it trained; empty for a run that somebody asked for by itself."""
        return self._run_record.experiment

    @property
    def is_listed(self) -> bool:
        """Whether lists of runs show it: one of an experiment is shown once it has a name, tags or notes of its own."""
        return not self.experiment or (self.folder / LABEL).exists()

    @property
    def _run_record(self) -> RunRecord:
        return cast(RunRecord, self._record)

    @property
    def data(self) -> DataReference:
        """Reference to the data it was made from."""
        return self.spec.data

    @property
    def columns(self) -> Columns:
        """Role to column, where they were chosen; None where no column has the role, so that none is guessed."""
        return self.spec.columns if self.spec.follows_split else {"split": None, **self.spec.columns}

    @property
    def settings(self) -> TrainingSettings | None:
        """The validated settings of the training; None for opened vectors."""
        if self.kind != "training":
            return None
        from embedviz.models import model_spec

        return model_spec(self.model).Settings.from_values(self.spec.settings)

    def training_settings(self) -> TrainingSettings:
        """Return the settings of a training. RunError for opened vectors."""
        settings = self.settings
        if settings is None:
            raise RunError(f"{self.name!r} holds opened vectors: it was not trained here.")
        return settings

    @property
    def metrics(self) -> dict[str, float]:
        """Name to value; names carry the split and k: "test/loss", "validation/auc". Empty before the end."""
        return self._metrics().metrics

    @property
    def matrices(self) -> Matrices:
        """The matrices of the file of vectors, where it holds several; none for other runs."""
        return read_typed(self.folder / MATRICES, Matrices) or Matrices()

    @property
    def record(self) -> TrainingRecord:
        """Cost beside its estimate, split and device of the run. Empty before the end."""
        return self._metrics().record

    def _metrics(self) -> Metrics:
        return read_typed(self.folder / METRICS, Metrics) or Metrics()

    @property
    def estimate(self) -> Cost:
        """The cost that was estimated before the training began; zero before the end."""
        return Cost.from_fields(self.record.get("estimate", {}))

    @property
    def primary_metric(self) -> str:
        """Name of the score that counts."""
        return self.record.get("score", "loss")

    @property
    def protocol(self) -> Protocol | None:
        """Protocol of the scores; None before the end, and for runs of an earlier version, which kept it in words."""
        from embedviz.training.report import Protocol

        try:
            return parse_typed(self.record.get("protocol"), Protocol, METRICS)
        except DataError:
            return None

    @property
    def predicts(self) -> bool:
        """True once the model can be asked for predictions."""
        return (self.folder / FORM).exists()

    def predictor(self) -> Predictor:
        """Load the trained model.

        Raises
        ------
        RunError
            While there is none, and for a model that an earlier version of embedviz kept.
        """
        from embedviz.models import model_spec

        if not self.predicts:
            if (self.folder / OLD_MODEL).exists():
                raise RunError(
                    f"The run {self.name!r} was trained by an earlier version of embedviz, and its model can no longer "
                    f"predict. Its vectors and scores are kept; train it again to predict."
                )
            raise RunError(f"The run {self.name!r} has nothing to predict with: it is {self.status}.")
        return model_spec(self.model).Trained.load(self.folder / WEIGHTS)

    @property
    def architecture(self) -> Architecture | None:
        """The layers of the trained model; None where there is no model, and for runs of an earlier version."""
        from embedviz.training.architecture import Architecture

        return read_typed(self.folder / ARCHITECTURE, Architecture)

    def figures(self) -> dict[str, pd.DataFrame]:
        """Return the frames of the figures beside the scores by name: "confusion", "calibration", "popularity"."""
        import pandas as pd

        folders = (self.folder / OLD_FIGURES, self.folder / FIGURES)
        paths = [path for folder in folders for path in sorted(folder.glob("*.parquet"))]
        return {path.stem: pd.read_parquet(path).rename(columns=OLD_COLUMNS) for path in paths}

    @property
    def main_space(self) -> str:
        """Name of the space that is shown first; empty where nothing says which."""
        return self.record.get("main_space") or self.spec.main_space

    @property
    def space_names(self) -> list[str]:
        """Names of the spaces that are there, the main one first."""
        from embedviz.space.storage import space_names

        main = self.main_space
        return sorted(space_names(self.folder / SPACES), key=lambda name: name != main)

    @property
    def space_kinds(self) -> dict[str, SpaceKind]:
        """Name to kind of the spaces that are there, the main one first. They are not opened."""
        from embedviz.space.storage import read_kind

        return {name: read_kind(self.folder / SPACES, name) for name in self.space_names}

    @property
    def space(self) -> EmbeddingSpace:
        """The main space. RunError while there is none."""
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


class _Spaces(Mapping[str, "EmbeddingSpace"]):
    def __init__(self, run: RunFolder) -> None:
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
