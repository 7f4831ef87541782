"""Embeddings or one-hot? The same network with either, beside classical baselines on the same rows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from pydantic import Field

from embedviz.core.settings import Settings
from embedviz.evaluation.score_table import measured_part
from embedviz.evaluation.scores import readable
from embedviz.experiments.interval_figure import Marks, intervals_figure
from embedviz.experiments.one_hot_verdict import verdict_of
from embedviz.experiments.question import PlannedList, PlannedRun, Setup, Verdict
from embedviz.experiments.result import Factor, Result, Row
from embedviz.experiments.set_sizes import relative_test_size
from embedviz.experiments.statistics import paired_difference
from embedviz.models import model_spec
from embedviz.models.categories.familiarity import COMMON, RARE, UNSEEN
from embedviz.training.protocols import AnyModelSpec

if TYPE_CHECKING:
    from embedviz.store.run_folder import RunFolder

INPUTS, ONE_HOT = "inputs", "one-hot"
GROUPS = (COMMON, RARE, UNSEEN)
STEP = 4  # a size over the one before


class OneHotSettings(Settings):
    """Settings of the question."""

    smallest: int = Field(
        4, ge=1, le=512, description="Smallest embeddings, in dimensions.", json_schema_extra={"basic": True}
    )
    largest: int = Field(
        64,
        ge=1,
        le=512,
        description="Largest embeddings; each size is four times the one before.",
        json_schema_extra={"basic": True},
    )
    seeds: int = Field(
        3,
        ge=1,
        le=20,
        description="Trainings of each kind, with a split and a start of their own. One alone decides nothing.",
        json_schema_extra={"basic": True},
    )

    def sizes(self) -> list[int]:
        """Return the dimensions of the embeddings, the smallest at least."""
        sizes = [self.smallest * STEP**i for i in range(6)]
        return [self.smallest, *(size for size in sizes[1:] if size <= self.largest)]


class NetworksOfBothKinds(PlannedList):
    """The planned runs, and how large their networks are."""

    def measure(self, result: Result, run: RunFolder) -> list[Row]:
        """Return a row: parameters of the network, and how many rows of each group were scored."""
        row: Row = {}
        if run.architecture:
            row["parameters"] = run.architecture.parameters
        details = run.protocol.details if run.protocol else {}
        part = measured_part(run.metrics)
        return [row | {name: details.get(f"{part}_rows_with_{name}_values", 0) for name in GROUPS}]


class OneHot:
    """The question (embedviz.experiments.question.Question)."""

    name: ClassVar[str] = "one_hot"
    title: ClassVar[str] = "Embeddings or one-hot?"
    summary: ClassVar[str] = (
        "Trains the same network with one-hot inputs and with embeddings of several sizes, and classical baselines on the same "
        "rows: scores, parameters and seconds, and scores of rows with rare and with unseen values apart."
    )
    Settings: ClassVar[type[Settings]] = OneHotSettings

    def reason_against(self, model: AnyModelSpec) -> str:
        """Return why a model has no choice of inputs."""
        return "" if INPUTS in model.Settings.model_fields else f"The model {model.name} has no setting inputs."

    def planner(self, setup: Setup) -> PlannedList:
        """Return every kind of inputs with the first seed, then with the next; baselines once a seed."""
        options = setup.options
        assert isinstance(options, OneHotSettings)
        kinds: dict[str, dict[str, Factor]] = {ONE_HOT: {INPUTS: ONE_HOT}}
        kinds |= {f"embeddings, dim {dim}": {INPUTS: "embeddings", "dim": dim} for dim in options.sizes()}
        runs = [
            PlannedRun(
                f"{kind}, seed {seed}",
                {INPUTS: kind, "seed": seed},
                {**settings, "seed": seed},
                with_baselines=kind == ONE_HOT,
            )
            for seed in range(setup.seed, setup.seed + options.seeds)
            for kind, settings in kinds.items()
        ]
        for run in runs:
            model_spec(setup.model).Settings.of(**{**setup.settings, **run.settings})
        return NetworksOfBothKinds(runs)

    def table(self, results: Sequence[Result]) -> pd.DataFrame:
        """Return a row for each kind of inputs and each baseline: means over the seeds, and differences to one-hot.

        Columns: inputs, runs, validation, test (of `score`), common, rare, unseen (the same, of groups of the measured rows),
        parameters, seconds; difference, lower, upper: how much greater `test` is than with one-hot inputs, and the paired
        95% interval over the seeds, corrected for training sets that overlap; the same with "rare " and "unseen " before them.
        """
        rows = pd.DataFrame([row for result in results for row in _rows(result)])
        if rows.empty:
            return rows
        values = [name for name in rows if name not in (INPUTS, "seed")]
        groups = rows.groupby(INPUTS, sort=False)
        table = groups[values].mean()
        table.insert(0, "runs", groups.size())
        size = relative_test_size(results, "test", "validation")
        for value, prefix in (("test", ""), (RARE, f"{RARE} "), (UNSEEN, f"{UNSEEN} ")):
            if value not in rows:
                continue
            found = [
                paired_difference(rows, INPUTS, "seed", value, kind, ONE_HOT, test_to_train=size)
                for kind in table.index
            ]
            columns = [f"{prefix}{name}" for name in ("difference", "lower", "upper")]
            table[columns] = np.where((table.index == ONE_HOT)[:, None], math.nan, np.array(found))
        table = table.reset_index()
        counts = pd.DataFrame([result.rows[0] for result in results if result.rows])
        table.attrs = {
            "score": results[0].score,
            "baselines": sorted({baseline.name for result in results for baseline in result.baselines}),
            "rows": {name: float(counts[name].mean()) for name in GROUPS if name in counts},
        }
        return table

    def figure(self, table: pd.DataFrame) -> go.Figure:
        """Draw the scores of all rows, and of those with rare and with unseen values."""
        names = {"test": "all", **{name: f"{name} values" for name in GROUPS}}
        marks = [Marks(name, table[column]) for column, name in names.items() if column in table]
        return intervals_figure(table[INPUTS].tolist(), marks, x_title=readable(table.attrs["score"]))

    def verdict(self, table: pd.DataFrame) -> Verdict:
        """Return whether embeddings are better than one-hot inputs, for all rows and for those with rare and unseen values."""
        return verdict_of(table)


def _rows(result: Result) -> list[dict[str, Factor | float | None]]:
    """Return a row for the run and one for each of its baselines."""
    part, score = measured_part(result.metrics), result.score
    run: dict[str, Factor | float | None] = {
        INPUTS: result.factors[INPUTS],
        "seed": result.factors["seed"],
        "validation": result.validation,
        **_scores(result.metrics, part, score),
        "parameters": result.rows[0].get("parameters") if result.rows else None,
        "seconds": result.seconds,
    }
    return [run] + [
        {
            INPUTS: baseline.name,
            "seed": result.factors["seed"],
            **_scores(baseline.metrics, part, score),
            "seconds": baseline.seconds,
        }
        for baseline in result.baselines
    ]


def _scores(metrics: dict[str, float], part: str, score: str) -> dict[str, float]:
    """Return the score of all measured rows, under "test", and of each group of them."""
    names = {part: "test", **{name: name for name in GROUPS}}
    return {column: metrics[f"{name}/{score}"] for name, column in names.items() if f"{name}/{score}" in metrics}


QUESTION = OneHot()
