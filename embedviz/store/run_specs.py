"""Specifications of runs: train a model on data, or open a file of vectors."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from embedviz.core.cost import CostFields
from embedviz.core.jobs.spec import JobSpec
from embedviz.core.typed_json import JsonObject
from embedviz.data.folds import Fold
from embedviz.store.data_reference import DataReference

Columns = dict[str, str | list[str] | None]  # role -> column; "category", "number" and "ignore" have several


@dataclass(frozen=True)
class RunSpec(JobSpec):
    """Fields of every run's specification.

    Attributes
    ----------
    model : str
        Name of the model; "vectors" for vectors that come from a file.
    data : DataReference
        The data.
    settings : dict
        Fields of the model's Settings; empty for vectors.
    columns : dict
        Role to column, where they were chosen; None takes a guess away.
    probes : list of str
        Labels whose neighbors are reported while it trains.
    estimate : CostFields
        The cost as estimated before the start; empty where nobody estimated.
    main_space : str
        The space that is shown first; empty where the data decides it.
    follows_split : bool
        A column is guessed as split where none was chosen. False for runs that are older than that role, whose split was
        drawn whatever the columns say.
    fold : Fold, optional
        The fold of a cross-validation that is the test set; None for a split that the settings or a column give.
    """

    model: str
    data: DataReference
    settings: JsonObject = field(default_factory=JsonObject)
    columns: Columns = field(default_factory=dict[str, "str | list[str] | None"])
    probes: list[str] = field(default_factory=list[str])
    estimate: CostFields = field(default_factory=CostFields)
    main_space: str = ""
    follows_split: bool = False
    fold: Fold | None = None


@dataclass(frozen=True)
class TrainingSpec(RunSpec):
    """Train the model on the data.

    Attributes
    ----------
    track : list of str
        Where its events go as well: see `embedviz.jobs.tracking`.
    """

    track: list[str] = field(default_factory=list[str])

    kind: ClassVar[str] = "training"

    @property
    def threads(self) -> int:
        """Those that were set; one for a training that has to repeat exactly."""
        threads = self.settings.get("threads", 0)
        return 1 if self.settings.get("deterministic") else threads if isinstance(threads, int) else 0


@dataclass(frozen=True)
class VectorsSpec(RunSpec):
    """Open the data as a file of vectors.

    Attributes
    ----------
    tensor : str
        Which of the file's matrices; empty where it has one, or before one was chosen.
    """

    kind: ClassVar[str] = "vectors"

    tensor: str = ""
