"""What every model offers to those that train it, keep it and show it. A test trains each model in the registry by it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, Self

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from embedviz.core.cost import Cost
    from embedviz.core.progress import Progress
    from embedviz.core.settings import TrainingSettings
    from embedviz.data.reading import Table
    from embedviz.data.splits import Fold
    from embedviz.evaluation.scores import BaselineScore
    from embedviz.space import EmbeddingSpace
    from embedviz.training.devices import Device
    from embedviz.training.survey import Survey

Columns = Mapping[str, "str | list[str]"]  # role -> column; "category", "number" and "ignore" have several


class Model(Protocol):
    """Made from its settings; then prepare, then fit or restore and fit, then evaluate.

    A model whose settings have `vectors` is given the space of that name by take_vectors(space) before prepare and
    before survey; with "none" it is not.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    summary: ClassVar[str]  # one sentence: what it learns
    roles: ClassVar[dict[str, str]]  # role that it needs -> what the column has to hold
    optional_roles: ClassVar[dict[str, str]]  # role that it can use -> what the column has to hold
    unit: ClassVar[str]  # what its examples are: "words", "texts", "ratings", "rows"
    max_threads: ClassVar[int | None]  # of the processor, that its steps gain from; None for as many as there are
    main_space: ClassVar[str]  # empty where the data decides it
    identity: ClassVar[
        str
    ]  # the column of its spaces that says what the data calls a label; empty where the label does
    Settings: ClassVar[type[TrainingSettings]]
    survey_settings: ClassVar[tuple[str, ...]]  # names of the settings that what survey finds depends on

    def __init__(self, settings: TrainingSettings): ...

    @property
    def score(self) -> str:
        """The score that counts, by its name in embedviz.evaluation.scores. Where the data decides it, after prepare."""

    def survey(self, table: Table, columns: Columns) -> Iterator[Progress | Survey]:
        """What is in the data, the Survey last. Errors that prepare would raise on it are raised here already."""

    def prepare(self, table: Table, columns: Columns, fold: Fold | None = None) -> Iterator[Progress]:
        """Splits the table, then learns from the training part alone what it has to know (a vocabulary, say). With a
        fold its test part is that fold."""

    def fit(self, device: Device, threads: int) -> Iterator[Progress]:
        """Trains and says how it goes, at least twice a second. Whoever iterates may stop at any event; the best
        weights so far are kept."""

    def evaluate(self) -> dict[str, float]:
        """The best weights measured on the validation and, once, on the test part ("test/accuracy"), and what knowing
        nothing reaches on the same test part ("baseline/accuracy")."""

    def spaces(self, best: bool = True) -> dict[str, EmbeddingSpace]:
        """The spaces by name, of the best weights, or of the current ones while it trains."""

    def weights(self) -> dict[str, np.ndarray]:
        """The best weights by name, for model.safetensors."""

    @classmethod
    def narrows_by(cls, space: str) -> bool:
        """Whether the labels of this space stand for values or words of the data, so that narrow can be asked."""

    @classmethod
    def narrow(
        cls,
        frame: pd.DataFrame,
        columns: Columns,
        settings: TrainingSettings,
        space: str,
        labels: list[str],
        keep: bool,
    ) -> pd.DataFrame:
        """The rows or texts with the labels of this space alone (keep), or without them. DataError when nothing is left."""

    def state(self) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
        """Everything that fit needs to go on from here: arrays, and values that JSON can hold."""

    def restore(self, arrays: dict[str, np.ndarray], values: dict[str, Any]) -> None:
        """Takes a state back, after prepare; the next fit goes on from it."""

    def protocol(self) -> dict[str, Any]:
        """How the scores were made: sizes of the parts, the seed, what was left out."""

    @classmethod
    def estimate(cls, settings: TrainingSettings, survey: Survey, machine: dict[str, Any]) -> Cost:
        """The cost of a run on this data. Must work without torch or numba: the web process asks."""

    def cost(self, device: Device, threads: int) -> Cost:
        """The cost of the fit ahead, once the data is prepared."""


class Predictor(Model, Protocol):
    """A model that answers questions once it is trained, and whose answers are scored."""

    def knowledge(self) -> dict[str, Any]:
        """What predicting needs beside the weights, in values that JSON holds: class names, columns, edges."""

    @classmethod
    def recall(cls, settings: TrainingSettings, weights: Mapping[str, np.ndarray], knowledge: dict[str, Any]) -> Self:
        """The model as it was kept, ready to predict; it cannot be fitted."""

    def predict(self, rows: pd.DataFrame | Sequence[Any], reasons: bool = False) -> pd.DataFrame:
        """A row for each row given: prediction; for classes its probability and one column "p(CLASS)" each; note, a
        sentence where something was unknown, else empty. With reasons a column of them: a list of
        {"feature": str, "contribution": float} for each row, contributions towards the prediction."""

    def pictures(self) -> dict[str, pd.DataFrame]:
        """Frames of the test part that are drawn beside the scores: "confusion", "calibration", "popularity"."""

    def baselines(self) -> Iterator[Progress | BaselineScore]:
        """After prepare: other ways of predicting, the trivial ones first, trained on the same training part and
        measured on the same test part."""
