"""A model is four things: a spec, prepared data, a learner and what was trained.

`ModelSpec` is static and importable without torch; the registry holds it. Its `prepare` makes the `Prepared`: a table split,
counted and encoded. `Prepared.learner` makes the `Learner`, the only part that changes and can be taken up again. The learner
gives `Trained`: frozen, and kept as it is. What is kept is what predicts.

`embedviz.testing.check_model` runs a spec through everything that is promised here.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, Self, TypedDict, TypeVar, runtime_checkable

import numpy as np
import pandas as pd

from embedviz.core.cost import Cost, Machine
from embedviz.core.progress import Progress
from embedviz.core.settings import TrainingSettings
from embedviz.core.typed_json import JsonObject, parse_typed
from embedviz.data.folds import Fold
from embedviz.data.reading import Table
from embedviz.space import EmbeddingSpace, SpaceKind
from embedviz.training.architecture import Architecture
from embedviz.training.devices import Device
from embedviz.training.onnx_graph import OnnxExport
from embedviz.training.pytorch_page import PyTorchPage
from embedviz.training.report import Baseline, Evaluation
from embedviz.training.survey import Survey

Columns = Mapping[str, "str | list[str]"]  # role -> column; "category", "number" and "ignore" have several
Weights = Mapping[str, np.ndarray]
V = TypeVar("V")


@dataclass(frozen=True)
class State:
    """Everything that a learner needs to go on from where it is.

    Attributes
    ----------
    arrays
        Arrays by name, for one safetensors file.
    values
        Everything else, for a JSON object.
    """

    arrays: dict[str, np.ndarray] = field(default_factory=dict)
    values: JsonObject = field(default_factory=JsonObject)

    def part(self, name: str) -> State:
        """Return the part of the state that `join` put under a name; empty where there is none."""
        prefix = f"{name}."
        arrays = {key.removeprefix(prefix): array for key, array in self.arrays.items() if key.startswith(prefix)}
        values = self.values.get(name)
        return State(arrays, values if isinstance(values, dict) else {})

    @classmethod
    def join(cls, **parts: State) -> State:
        """Return one state made of several, each under a name."""
        arrays = {f"{name}.{key}": array for name, part in parts.items() for key, array in part.arrays.items()}
        return cls(arrays, {name: part.values for name, part in parts.items()})

    def values_as(self, cls: type[V]) -> V:
        """Return the values as a typed dictionary. DataError when they are not those of `cls`."""
        return parse_typed(self.values, cls, "The checkpoint")


class Reason(TypedDict):
    """A contribution to a prediction; models add keys of their own."""

    feature: str
    contribution: float


@runtime_checkable
class Trained(Protocol):
    """A trained model. Frozen; saved and loaded without pickle."""

    def spaces(self) -> Mapping[str, EmbeddingSpace]:
        """Return the spaces by name, the main one first."""
        ...

    def save(self, path: Path) -> None:
        """Write everything that `load` needs to one file."""
        ...

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what `save` wrote. DataError when the file holds something else."""
        ...


@runtime_checkable
class Layered(Trained, Protocol):
    """A trained model that describes its layers."""

    def architecture(self) -> Architecture:
        """Return the layers of this very model."""
        ...


@runtime_checkable
class Form(Protocol):
    """What a page needs to ask a model a question: a dataclass that JSON holds."""

    def example_call(self, spaces: Mapping[str, EmbeddingSpace]) -> str:
        """Return a call of the variable ``run`` that asks the model about something that it knows, as Python.

        Parameters
        ----------
        spaces
            Of the run.
        """
        ...


@runtime_checkable
class Predictor(Trained, Protocol):
    """A trained model that predicts."""

    def predict(self, rows: pd.DataFrame | Sequence[Any], explain: bool = False) -> pd.DataFrame:
        """Return a row for each row given.

        Parameters
        ----------
        rows
            A frame with the columns of the training, or what the model takes beside one (texts, pairs, dicts).
        explain
            Add a column "reasons": for each row a list of `Reason`, contributions towards the prediction.

        Returns
        -------
        pandas.DataFrame
            prediction; for classes its probability and a column "p(CLASS)" for each; note: a sentence where something
            was unknown, else empty.
        """
        ...

    def form(self) -> Any:
        """Return what a page needs to ask a question (column names, known values): a dataclass that JSON holds."""
        ...


@runtime_checkable
class Recommender(Predictor, Protocol):
    """A trained model that recommends items to users."""

    def recommend(
        self, user: str | None = None, rated: Mapping[str, float] | None = None, k: int = 10, explain: bool = True
    ) -> pd.DataFrame:
        """Return the k best items for a user of the training, or for somebody new who rated some (item -> rating)."""
        ...


T = TypeVar("T", bound=Trained)
T_co = TypeVar("T_co", bound=Trained, covariant=True)
S = TypeVar("S", bound=TrainingSettings)
S_contra = TypeVar("S_contra", bound=TrainingSettings, contravariant=True)


class Learner(Protocol[T_co]):
    """A training under way: the only part of a model that changes. It can be stopped, saved and taken up again."""

    def run(self) -> Iterator[Progress]:
        """Train, and yield how it goes at least twice a second. Whoever iterates may stop at any event.

        Raises
        ------
        SettingsError
            When the training diverges: the loss is NaN or infinite.
        """
        ...

    def state(self) -> State:
        """Return everything that `restore` needs to go on from here."""
        ...

    def restore(self, state: State) -> None:
        """Take a state back; the next `run` goes on from it."""
        ...

    def best(self) -> T_co:
        """Return the model of the best weights by the validation set; of the current ones before the first measurement."""
        ...

    def current(self) -> T_co:
        """Return the weights as they are now, valid until the training goes on."""
        ...


class Prepared(Protocol[T_co, S_contra]):
    """A table made ready to be learned from: split first, then counted and encoded by the training set alone. Frozen."""

    def cost(self, settings: S_contra, machine: Machine) -> Cost:
        """Return what the training ahead will take."""
        ...

    def learner(self, settings: S_contra, device: Device, threads: int) -> Learner[T_co]:
        """Return a learner at its beginning. The settings are those of `ModelSpec.prepare`."""
        ...


P = TypeVar("P")


class ModelSpec(Protocol[P, T, S]):
    """Static description of a model, which costs nothing to import: what it prepares, what it trains, and its settings.

    Attributes
    ----------
    name, title
        As code and as people call it.
    summary
        One sentence: what it learns.
    unit
        What its examples are: "words", "texts", "ratings", "rows".
    roles, optional_roles
        role -> what the column has to hold.
    spaces
        Name -> kind of each space of `Trained`, the main one first; empty where the data decides: then every one is of values.
    identity
        The column of its spaces that says what the data calls a label; empty where the label does.
    max_threads
        CPU threads that it gains from; None for as many as there are.
    Settings, Trained
        Its classes.
    survey_settings
        Names of the settings that `survey` depends on.
    """

    name: str
    title: str
    summary: str
    unit: str
    roles: Mapping[str, str]
    optional_roles: Mapping[str, str]
    spaces: Mapping[str, SpaceKind]
    identity: str
    max_threads: int | None
    Settings: type[S]
    Trained: type[T]
    survey_settings: tuple[str, ...]

    def survey(
        self, table: Table, columns: Columns, settings: S, pretrained: EmbeddingSpace | None = None
    ) -> Generator[Progress, None, Survey]:
        """Return what is in the data.

        Parameters
        ----------
        table
            The whole data.
        columns
            role -> column.
        settings
            Of which those named in `survey_settings` matter.
        pretrained
            The vectors that ``settings.vectors`` names, where the model takes some.

        Raises
        ------
        DataError, ColumnError, SettingsError
            Whatever `prepare` would raise on this data.
        """
        ...

    def estimate(self, settings: S, survey: Survey, machine: Machine) -> Cost:
        """Return what a training on surveyed data will take. Runs without torch and numba: the web process asks."""
        ...

    def prepare(
        self,
        table: Table,
        columns: Columns,
        settings: S,
        pretrained: EmbeddingSpace | None = None,
        fold: Fold | None = None,
    ) -> Generator[Progress, None, P]:
        """Split the table, then count and encode it by the training set alone. A fold is the test set, when given."""
        ...

    def evaluate(self, trained: T, prepared: P) -> Evaluation:
        """Measure what was trained on the validation set and, once, on the test set, beside a trivial baseline."""
        ...

    def baselines(self, prepared: P) -> Sequence[Baseline]:
        """Return other ways of predicting, the trivial ones first, to be trained and measured on the same parts."""
        ...

    def filters_by(self, space: str) -> bool:
        """Return whether the labels of a space stand for values or words of the data, so that it can be filtered by them."""
        ...

    def filter_rows(
        self,
        frame: pd.DataFrame,
        columns: Columns,
        settings: S,
        space: str,
        labels: list[str],
        keep: bool,
    ) -> pd.DataFrame:
        """Return the rows or texts with the labels of a space alone (`keep`), or without them. DataError when none is left."""
        ...


@runtime_checkable
class CorpusReader(Protocol):
    """A spec whose model reads a table's `source` in place of its frame, so that the text may be larger than memory.

    Attributes
    ----------
    reads_corpus
        True.
    """

    reads_corpus: bool


@runtime_checkable
class ExampleSpec(Protocol):
    """A spec whose model places the examples that it learned from, and was measured on, in spaces of their own."""

    def examples(
        self, trained: Any, prepared: Any, table: Table
    ) -> Generator[Progress, None, Mapping[str, EmbeddingSpace]]:
        """Return spaces of texts or rows by name, with the columns of `embedviz.training.examples`.

        Parameters
        ----------
        trained, prepared
            As for `ModelSpec.evaluate`.
        table
            The table that was prepared.
        """
        ...


@runtime_checkable
class PyTorchSpec(Protocol):
    """A spec whose model can be written down as a page of plain PyTorch."""

    def pytorch_page(self, trained: Any, settings: Any) -> PyTorchPage:
        """Return the script, its tensors and values, and examples with the model's own answers.

        Parameters
        ----------
        trained
            As for `ModelSpec.evaluate`.
        settings
            By which it was trained.
        """
        ...


@runtime_checkable
class OnnxSpec(Protocol):
    """A spec whose predictor can be written down as an ONNX graph. Making it needs the package onnx."""

    def onnx_export(self, trained: Any) -> OnnxExport:
        """Return the graph, what comes before its tensors, and examples with the model's own answers."""
        ...


def reads_corpus(spec: object) -> bool:
    """Return True for a spec whose model reads a table's `source`."""
    return isinstance(spec, CorpusReader) and spec.reads_corpus


AnyModelSpec = ModelSpec[Any, Any, Any]
