"""Categories: vectors of a table's categories, learned by predicting one of its columns from the others.

The recommended network embeds any number of category columns, reads numbers by the stretches between their quantiles,
and lets several networks that share most weights answer together; the textbook's has one category and standardised
numbers. What each part is: networks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
import pandas as pd

from embedviz.core.errors import SettingsError
from embedviz.core.progress import Progress
from embedviz.data.category_values import OTHER
from embedviz.data.filtering import rows_with
from embedviz.data.splits import TEST, TRAIN, VALIDATION, Fold
from embedviz.evaluation.classification import calibration, confusion
from embedviz.models.categories.cost import training_cost
from embedviz.models.categories.encoding import TableEncoder
from embedviz.models.categories.leaks import find_leaks
from embedviz.models.categories.reading import OPTIONAL_ROLES, ROLES, LabelledRows, read_rows
from embedviz.models.categories.settings import CategoriesSettings
from embedviz.models.categories.survey import survey_of

if TYPE_CHECKING:
    from embedviz.core.cost import Cost
    from embedviz.data.reading import Table
    from embedviz.evaluation.scores import BaselineScore
    from embedviz.models.categories.predictor import CategoriesPredictor
    from embedviz.models.contract import Columns
    from embedviz.space import EmbeddingSpace
    from embedviz.training.descent import Descent
    from embedviz.training.devices import Device
    from embedviz.training.survey import Survey

PARTS = {"train": TRAIN, "validation": VALIDATION, "test": TEST}
ERROR_BINS = 10


class Categories:
    """The model of the registry (embedviz.models.contract)."""

    name: ClassVar[str] = "categories"
    title: ClassVar[str] = "Categories of a table"
    summary: ClassVar[str] = "Learns vectors of a table's categories by predicting one column from the others."
    roles: ClassVar[dict[str, str]] = ROLES
    optional_roles: ClassVar[dict[str, str]] = OPTIONAL_ROLES
    survey_settings: ClassVar[tuple[str, ...]] = (
        "target_kind", "min_class_rows", "min_count", "network", "seed", "validation_share", "test_share",
    )  # fmt: skip
    unit: ClassVar[str] = "rows"
    max_threads: ClassVar[int | None] = (
        1  # its batches are small: threads would wait for each other longer than they work
    )
    main_space: ClassVar[str] = ""  # the column of most values
    identity: ClassVar[str] = ""
    Settings: ClassVar[type[CategoriesSettings]] = CategoriesSettings

    def __init__(self, settings: CategoriesSettings):
        self.settings = settings
        self.read: LabelledRows | None = None
        self._told: dict[str, pd.DataFrame] | None = None  # of the values, beside their vectors; worked out once
        self._descent: Descent | None = None
        self._to_restore: tuple[dict[str, np.ndarray], dict[str, Any]] | None = None
        self._answered: dict[str, tuple[Any, np.ndarray]] = {}
        self._recalled: CategoriesPredictor | None = None

    @property
    def classes(self) -> bool:
        """Whether the target is one of classes; else it is a number."""
        if self._recalled is not None:
            return bool(self._recalled.classes)
        if self.read is not None:
            return self.read.classes is not None
        return self.settings.target_kind != "number"

    @property
    def score(self) -> str:
        return "accuracy" if self.classes else "rmse"

    @property
    def targets(self) -> np.ndarray:
        """(N,) classes by number, or numbers."""
        return self.read.targets

    @property
    def n_outputs(self) -> int:
        return self.read.n_outputs

    def survey(self, table: Table, columns: Columns) -> Iterator[Progress | Survey]:
        """The target and its balance, what each column is taken for, and columns that give the target away."""
        read = yield from _last(read_rows(table, columns, self.settings))
        yield Progress(message="Looking for columns that give the target away")
        leaks = find_leaks(read)
        yield survey_of(read, leaks, self.settings)

    def prepare(self, table: Table, columns: Columns, fold: Fold | None = None) -> Iterator[Progress]:
        """What columns hold, values, scales and edges are those of the training part."""
        s = self.settings
        self.read = read = yield from _last(read_rows(table, columns, s, fold))
        self.rows = {name: np.flatnonzero(read.part == number) for name, number in PARTS.items()}
        yield Progress(message="Learning values and scales")
        training = self.rows["train"]
        self.encoder = TableEncoder.learn(read.frame.iloc[training], read.features, s)
        self.form = self.encoder.describe(read.frame.iloc[training])
        yield Progress(message="Encoding the rows")
        self.encoded = self.encoder.encode(read.frame)
        yield Progress(message="Looking for columns that give the target away")
        self.leaks = find_leaks(read, training)
        self.scale = (0.0, 1.0)
        if not self.classes:
            self.scale = (float(self.targets[training].mean()), float(self.targets[training].std()) or 1.0)
        self._build()

    def _build(self) -> None:
        import torch

        from embedviz.models.categories.networks import TableNetwork

        self.network = TableNetwork(self.settings, self.encoder, self.n_outputs)
        self.network.inner.initialise(torch.Generator().manual_seed(self.settings.seed))
        self._told, self._descent, self._to_restore, self._answered = None, None, None, {}

    def fit(self, device: Device, threads: int) -> Iterator[Progress]:
        """By descent; the epoch with the lowest log loss (error, where a number is predicted) on the validation part is
        kept."""
        from embedviz.models.categories.task import CategoriesTask, schedule
        from embedviz.training.descent import Descent, Plan

        s = self.settings
        self.network.to(device.name)
        training, validation = self.rows["train"], self.rows["validation"]
        task = CategoriesTask(self.network, self.encoded, self.targets, self.scale, training, validation, s)
        score = "validation/log_loss" if self.classes else "validation/rmse"
        plan = Plan(s.epochs_for(len(training)), score, greater_is_better=False, schedule=schedule, seed=s.seed)
        self._descent = Descent(task, plan)
        if self._to_restore:
            self._descent.restore(*self._to_restore)
            self._to_restore = None
        yield from self._descent.run()

    def _predictor(self) -> CategoriesPredictor:
        from embedviz.models.categories.predictor import CategoriesPredictor

        if self._recalled is not None:
            return self._recalled
        return CategoriesPredictor.of(self.settings, self.weights(), self.knowledge())

    def evaluate(self) -> dict[str, float]:
        """accuracy, macro_f1 and log_loss, or rmse, mae and r2, of the best weights on the validation and the test part,
        and what always saying the largest class, or the mean, reaches."""
        from embedviz.models.categories.task import scores_of

        metrics: dict[str, float] = {}
        for part in ("validation", "test"):
            if len(self.rows[part]):
                scores = scores_of(self._answers(part), self.targets[self.rows[part]], self.classes)
                metrics |= {f"{part}/{name}": value for name, value in scores.items()}
        measured, training = self.targets[self.rows[self._last_part]], self.targets[self.rows["train"]]
        if self.classes:
            guess = np.bincount(training, minlength=self.n_outputs) / len(training)
        else:
            guess = training.mean(keepdims=True)
        trivial = scores_of(np.tile(guess, (len(measured), 1)), measured, self.classes)
        return metrics | {f"baseline/{self.score}": trivial[self.score]}

    @property
    def _last_part(self) -> str:
        return "test" if len(self.rows["test"]) else "validation"

    def _answers(self, part: str) -> np.ndarray:
        """Worked out once for each best moment: scores and pictures are of the same answers."""
        best = self._descent.best if self._descent else None
        if part not in self._answered or self._answered[part][0] is not best:
            self._answered[part] = best, self._predictor().answers(self.read.frame.iloc[self.rows[part]])
        return self._answered[part][1]

    def pictures(self) -> dict[str, pd.DataFrame]:
        """Of the test part, or the validation part where there is none: confusion and calibration of classes. For a
        number "errors": the rows in ten groups by their true number, low, high, mae, bias (predicted − true) and rows."""
        part = self._last_part
        found, actual = self._answers(part), self.targets[self.rows[part]]
        if not self.classes:
            return {"errors": _errors_by_size(found[:, 0], actual)}
        return {
            "confusion": confusion(found, actual, self.read.classes.names),
            "calibration": calibration(found, actual),
        }

    def spaces(self, best: bool = True) -> dict[str, EmbeddingSpace]:
        """A space a category column, by its name, the one of most values first."""
        from embedviz.models.categories.spaces import value_columns, value_spaces

        known = self.encoder.values
        if self._told is None:
            self._told = value_columns(known, self.encoded.codes, self.read, self.rows["train"])
        arrays = self._network_arrays(best)
        names = {id(parameter): name for name, parameter in self.network.named_parameters()}
        tables = [arrays[names[id(table.weight)]] for table in self.network.inner.tables()]
        return value_spaces(known, tables, self._told)

    def _network_arrays(self, best: bool = True) -> dict[str, np.ndarray]:
        """name -> array. An "other" that was not taught is the mean of its column's values, by how often each was seen."""
        values = self._descent.best if best and self._descent else self.network.state_dict()
        arrays = {name: value.detach().cpu().numpy().copy() for name, value in values.items()}
        names = {id(parameter): name for name, parameter in self.network.named_parameters()}
        for k, (column, known) in enumerate(self.encoder.values.items()):
            if column in self.encoder.untaught:
                for parameter in self.network.inner.of_values(k):
                    table = arrays[names[id(parameter)]]
                    table[OTHER] = known.counts @ table / known.counts.sum()
        return arrays

    def weights(self) -> dict[str, np.ndarray]:
        """network.…, of the best epoch."""
        if self._recalled is not None:
            raise SettingsError("A recalled model keeps its weights in its run's folder.")
        return {f"network.{name}": array for name, array in self._network_arrays().items()}

    def knowledge(self) -> dict[str, Any]:
        """target: {"name", "kind": "classes" or "number", "classes": names, the largest first}.

        features: what a form asks for, a dict a column in the table's order. "name"; "kind": "category", "number" or
        "date"; "example": a usual value; a category's "values", the most frequent first, at most 1,000; a number's "low",
        "high" and "median"; a date's "low" and "high" as text, written as they are in the table.

        encoder and scale: how cells become numbers, for recall.
        """
        read = self.read
        target: dict[str, Any] = {"name": read.target, "kind": "classes" if self.classes else "number"}
        if self.classes:
            target["classes"] = read.classes.names
        else:
            known = read.numbers[self.rows["train"]]
            target |= {"low": float(known.min()), "high": float(known.max())}
        return {
            "target": target,
            "features": self.form,
            "encoder": self.encoder.as_dict(),
            "scale": list(self.scale),
        }

    @classmethod
    def recall(cls, settings: CategoriesSettings, weights: Mapping[str, np.ndarray], knowledge: dict[str, Any]) -> Self:
        from embedviz.models.categories.predictor import CategoriesPredictor

        model = cls(settings)
        model._recalled = CategoriesPredictor.of(settings, weights, knowledge)
        return model

    def predict(self, rows: pd.DataFrame | Sequence[Any], reasons: bool = False) -> pd.DataFrame:
        """rows: a table, or dicts from column to cell; columns may lack. For classes: prediction, probability,
        p(CLASS)…, note; for a number: prediction, note. reasons: for each row a dict a column, {"feature",
        "contribution"}, in logits towards the predicted class above the mean of all, or in the target's unit."""
        return self._predictor().predict(rows, reasons)

    @classmethod
    def narrows_by(cls, space: str) -> bool:
        return True

    @classmethod
    def narrow(
        cls,
        frame: pd.DataFrame,
        columns: Columns,
        settings: CategoriesSettings,
        space: str,
        labels: list[str],
        keep: bool,
    ) -> pd.DataFrame:
        return rows_with(frame, space, labels, keep)

    def state(self) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
        if self._descent is None:
            return self._to_restore or ({}, {})
        return self._descent.state()

    def restore(self, arrays: dict[str, np.ndarray], values: dict[str, Any]) -> None:
        if values:
            self._to_restore = (arrays, values)

    def baselines(self) -> Iterator[Progress | BaselineScore]:
        from embedviz.models.categories.baselines import baselines

        yield from baselines(self.read, self.encoder, self.encoded, self.rows, self.settings.seed)

    def protocol(self) -> dict[str, Any]:
        """How the scores were made."""
        s, read = self.settings, self.read
        in_proportion = "by row, every class in proportion" if self.classes else "by row"
        record: dict[str, Any] = {
            "split": f"{in_proportion}, seed {s.seed}",
            "training rows": len(self.rows["train"]),
            "validation rows": len(self.rows["validation"]),
            "test rows": len(self.rows["test"]),
            "target": f"{read.target} ({f'{self.n_outputs:,} classes' if self.classes else 'a number'})",
            "columns learned from": len(read.features),
            "categories": ", ".join(f"{column} ({len(v) - 1:,})" for column, v in self.encoder.values.items()),
            "values pooled into other": sum(values.pooled for values in self.encoder.values.values()),
            "rule of pooling": f"values in fewer than {s.min_count:,} training rows",
            "epochs": s.epochs_for(len(self.rows["train"])),
            "best moment": f"the epoch with the lowest {'log loss' if self.classes else 'error'} on the validation rows",
        }
        if self.leaks:
            record["warning"] = " ".join(leak.sentence(read.target, self.classes) for leak in self.leaks)
        if left_out := [*read.said, *read.left_out_sentences()]:
            record["left out"] = " ".join(left_out)
        return record

    @classmethod
    def estimate(cls, settings: CategoriesSettings, survey: Survey, machine: dict[str, Any]) -> Cost:
        """From the survey's counts; machine: "threads" where they are known."""
        facts = survey.facts
        return training_cost(settings, facts["rows"], facts["values"], facts["numbers"], facts["outputs"], machine)

    def cost(self, device: Device, threads: int) -> Cost:
        sizes = [len(values) for values in self.encoder.values.values()]
        machine = {"threads": threads, "device": device.kind}
        n_numbers = len(self.encoder.parts)
        return training_cost(self.settings, len(self.read), sizes, n_numbers, self.n_outputs, machine)


def _last(steps: Iterator[Progress | LabelledRows]):
    """Hands on the progress and returns what comes last."""
    for step in steps:
        if not isinstance(step, Progress):
            return step
        yield step
    raise AssertionError("reading ended without rows")


def _errors_by_size(predicted: np.ndarray, actual: np.ndarray) -> pd.DataFrame:
    groups = [g for g in np.array_split(np.argsort(actual, kind="stable"), ERROR_BINS) if len(g)]
    error = predicted - actual
    return pd.DataFrame(
        {
            "low": [float(actual[g].min()) for g in groups],
            "high": [float(actual[g].max()) for g in groups],
            "mae": [float(np.abs(error[g]).mean()) for g in groups],
            "bias": [float(error[g].mean()) for g in groups],
            "rows": [len(g) for g in groups],
        }
    )
