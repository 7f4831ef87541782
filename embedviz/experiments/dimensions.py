"""How many dimensions? A sweep over the size of the vectors: what it buys, what it costs, and where overfitting begins."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import ClassVar

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from pydantic import Field

from embedviz.core.errors import SettingsError
from embedviz.core.settings import Settings
from embedviz.evaluation.scores import readable
from embedviz.experiments.figures import Line, lines_figure
from embedviz.experiments.question import PlannedList, PlannedRun, Setup, Verdict
from embedviz.experiments.result import Result
from embedviz.experiments.statistics import greater_is_better, noise, studentized_range
from embedviz.models import model_spec
from embedviz.training.protocols import AnyModelSpec

DIM = "dim"
MIN_SEEDS = 2  # for a standard error
RELEVANT = 0.005  # of the best score: a smaller difference matters to nobody, however sure it is


class DimensionsSettings(Settings):
    """Settings of the sweep."""

    smallest: int = Field(
        2, ge=1, le=512, description="Smallest number of dimensions.", json_schema_extra={"basic": True}
    )
    largest: int = Field(
        128,
        ge=2,
        le=512,
        description="Largest number of dimensions; each is twice the one before.",
        json_schema_extra={"basic": True},
    )
    seeds: int = Field(
        3,
        ge=1,
        le=20,
        description="Trainings of each size, with a split and a start of their own. One alone decides nothing.",
        json_schema_extra={"basic": True},
    )

    def sizes(self) -> list[int]:
        """Return the dimensions, each twice the one before.

        Raises
        ------
        SettingsError
            Where the largest is below the smallest.
        """
        if self.largest < self.smallest:
            raise SettingsError(f"The largest dimension, {self.largest}, is below the smallest, {self.smallest}.")
        sizes = [self.smallest * 2**i for i in range(10) if self.smallest * 2**i <= self.largest]
        return sizes if sizes[-1] == self.largest else [*sizes, self.largest]


def _inwards(sizes: Sequence[int]) -> list[int]:
    """Return the first, the last, the second, the last but one, and so on."""
    half = (len(sizes) + 1) // 2
    pairs = zip_longest(sizes[:half], reversed(sizes[half:]))
    return [size for pair in pairs for size in pair if size is not None]


class Dimensions:
    """The question (embedviz.experiments.question.Question)."""

    name: ClassVar[str] = "dimensions"
    title: ClassVar[str] = "How many dimensions?"
    summary: ClassVar[str] = (
        "Trains vectors of 2, 4, 8, … dimensions and shows what each size gains on the validation set, what it costs, and where "
        "it begins to overfit."
    )
    Settings: ClassVar[type[Settings]] = DimensionsSettings

    def reason_against(self, model: AnyModelSpec) -> str:
        """Return why a model has no dimensions to choose."""
        return "" if DIM in model.Settings.model_fields else f"The model {model.name} has no setting dim."

    def planner(self, setup: Setup) -> PlannedList:
        """Return every size with the first seed, then with the next: a small budget still shows the whole range.

        Of the sizes, the smallest and the largest come first, and so on inwards. The range shows at once, and the longest
        training does not run alone at the end.
        """
        options = setup.options
        assert isinstance(options, DimensionsSettings)
        seeds = range(setup.seed, setup.seed + options.seeds)
        runs = [
            PlannedRun(f"dim {dim}, seed {seed}", {DIM: dim, "seed": seed}, {DIM: dim, "seed": seed})
            for seed in seeds
            for dim in _inwards(options.sizes())
        ]
        for run in runs:
            model_spec(setup.model).Settings.of(**{**setup.settings, **run.settings})
        return PlannedList(runs)

    def table(self, results: Sequence[Result]) -> pd.DataFrame:
        """Return a row for each size: means over the seeds, the standard error of the validation score, and what it costs.

        Columns: dim, runs, train, validation, test (of `score`), standard error, training loss, validation loss (where the
        curves are of another score), seconds an epoch, memory (MB).
        """
        rows = pd.DataFrame(
            [
                {
                    DIM: result.factors[DIM],
                    "seed": result.factors["seed"],
                    "train": result.train,
                    "validation": result.validation,
                    "test": result.test,
                    "training loss": result.curve.get("training"),
                    "validation loss": result.curve.get("validation"),
                    "seconds an epoch": result.seconds / max(1.0, result.passes),
                    "memory (MB)": result.memory_bytes / 1e6,
                }
                for result in results
            ]
        )
        if rows.empty:
            return rows
        spread = noise(rows, DIM, "seed", "validation")
        groups = rows.drop(columns="seed").groupby(DIM)
        table = groups.mean(numeric_only=False).astype(np.float64)
        runs = groups.size()
        table.insert(0, "runs", runs)
        table = table.reset_index().dropna(axis=1, how="all")
        if results[0].curve_score == results[0].score:  # the losses say nothing that the scores do not
            table = table.drop(columns=["training loss", "validation loss"], errors="ignore")
        table["standard error"] = spread / np.sqrt(table["runs"])
        table.attrs = {"score": results[0].score, "curve_score": results[0].curve_score}
        return table

    def figure(self, table: pd.DataFrame) -> go.Figure:
        """Draw the scores over the dimension, and the seconds of an epoch."""
        score = readable(table.attrs["score"])
        lines = [
            Line(f"{part} set", table[DIM], table[column], table["standard error"] if column == "validation" else None)
            for column, part in (("train", "training"), ("validation", "validation"), ("test", "test"))
            if column in table
        ]
        return lines_figure(lines, x_title="dimensions", y_title=score, log_x=True, ticks=table[DIM].tolist())

    def verdict(self, table: pd.DataFrame) -> Verdict:
        """Return the smallest dimension within a standard error of the best, and where overfitting begins."""
        score, greater = readable(table.attrs["score"]), greater_is_better(table.attrs["score"])
        sizes, values = table[DIM].astype(int).to_numpy(), table["validation"].to_numpy()
        errors = table["standard error"].to_numpy()
        loss = -values if greater else values
        best = int(np.argmin(loss))
        if len(table) < 2:
            return Verdict((f"One size, {sizes[0]} dimensions, decides nothing: train at least two.",), False)
        if not np.isfinite(errors[best]):
            return Verdict(
                (
                    f"The best {score} on the validation set was reached with {sizes[best]} dimensions, but with one seed "
                    "nobody knows how much of that is chance. Train two seeds or more.",
                ),
                False,
            )
        relevant = RELEVANT * abs(float(values[best]))
        margin = max(float(errors[best]), relevant)
        near = f"{'a standard error' if margin > relevant else 'half a percent'} ({margin:.4f})"
        within = np.flatnonzero(loss <= loss[best] + margin)
        chosen = int(within[0])
        sentences: list[str] = []
        seeds = int(table["runs"].min())
        by_chance = studentized_range(len(sizes), (seeds - 1) * (len(sizes) - 1)) * errors[best]
        if np.ptp(values) <= by_chance:
            return Verdict(
                (
                    f"The dimension makes no difference that {seeds} seeds could show: the {score} of all sizes is between "
                    f"{values.min():.4f} and {values.max():.4f}, and chance alone may set them {by_chance:.4f} apart.",
                ),
                False,
            )
        if chosen == best:
            sentences.append(
                f"{sizes[best]} dimensions are the best choice: the {score} on the validation set is {values[best]:.4f}, and "
                f"no smaller size is within {near} of it."
            )
        else:
            sentences.append(
                f"{sizes[chosen]} dimensions are enough: the smallest size whose {score} on the validation set, "
                f"{values[chosen]:.4f}, is within {near} of the best, {values[best]:.4f} with {sizes[best]}."
            )
        if best == len(sizes) - 1 and chosen == best:
            sentences.append(f"The largest size is the best: more than {sizes[best]} dimensions might be better still.")
        worse = [
            i for i in range(best + 1, len(sizes)) if loss[i] > loss[best] + max(2 * float(errors[best]), relevant)
        ]
        if worse:
            sentences.append(
                f"From {sizes[worse[0]]} dimensions on it gets worse again, by more than two standard errors: there it overfits."
            )
        if "seconds an epoch" in table and chosen != len(sizes) - 1:
            least, most = table["seconds an epoch"].iloc[chosen], table["seconds an epoch"].iloc[-1]
            sentences.append(
                f"An epoch took {least:.2g} s with {sizes[chosen]} dimensions and {most:.2g} s with {sizes[-1]}."
            )
        return Verdict(tuple(sentences), True)


QUESTION = Dimensions()
