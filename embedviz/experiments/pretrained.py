"""Pre-trained or from scratch? Frozen, fine-tuned and new word vectors, over the share of the training set."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from pydantic import Field

from embedviz.core.errors import SettingsError
from embedviz.core.settings import Settings
from embedviz.evaluation.score_table import measured_part
from embedviz.evaluation.scores import readable
from embedviz.experiments.figures import Line, lines_figure
from embedviz.experiments.pretrained_verdict import verdict_of
from embedviz.experiments.question import PlannedList, PlannedRun, Setup, Verdict
from embedviz.experiments.result import Factor, Result, Row
from embedviz.experiments.set_sizes import relative_test_size
from embedviz.experiments.statistics import greater_is_better, paired_difference, paired_interval
from embedviz.models import model_spec
from embedviz.training.protocols import AnyModelSpec

if TYPE_CHECKING:
    from embedviz.store.run_folder import RunFolder

VECTORS, SHARE = "vectors", "share"
FROZEN, FINE_TUNED, SCRATCH = "frozen", "fine-tuned", "from scratch"
NO_VECTORS = "none"
NEEDED = (VECTORS, "fine_tune", "train_share")


class PretrainedSettings(Settings):
    """Settings of the question."""

    smallest: float = Field(
        0.01,
        gt=0,
        le=1,
        description="Smallest share of the training set that is learned from.",
        json_schema_extra={"basic": True},
    )
    steps: int = Field(
        3,
        ge=1,
        le=10,
        description="Shares, from the smallest to the whole training set, each as many times the one before.",
        json_schema_extra={"basic": True},
    )
    seeds: int = Field(
        5,
        ge=1,
        le=20,
        description="Trainings of each kind and share, with a split and a start of their own. One alone decides nothing.",
        json_schema_extra={"basic": True},
    )

    def shares(self) -> list[float]:
        """Return the shares, rising to 1; the smallest alone where one step is asked for."""
        if self.smallest == 1 or self.steps == 1:
            return [self.smallest]
        return [float(f"{share:.3g}") for share in np.geomspace(self.smallest, 1, self.steps)]


class TimedCurves(PlannedList):
    """The planned runs, and how soon each had learned what."""

    def measure(self, result: Result, run: RunFolder) -> list[Row]:
        """Return the validation score over the seconds of the training: rows of seconds and score, in their order."""
        name, begun = f"validation/{run.primary_metric}", math.nan
        rows: list[Row] = []
        for event in run.events().events:
            if "estimate" in event:  # written once the data is prepared
                begun = event.get("time", math.nan)
            metrics = event.get("metrics", {})
            if name in metrics:
                rows.append({"seconds": round(event.get("time", math.nan) - begun, 3), "score": metrics[name]})
        return rows


class PretrainedVectors:
    """The question (embedviz.experiments.question.Question)."""

    name: ClassVar[str] = "pretrained"
    title: ClassVar[str] = "Pre-trained or from scratch?"
    summary: ClassVar[str] = (
        "Trains with frozen, with fine-tuned and with new word vectors on a growing share of the training set: what "
        "pre-trained vectors gain with few texts and with many, and how long each takes to reach the same score."
    )
    Settings: ClassVar[type[Settings]] = PretrainedSettings

    def reason_against(self, model: AnyModelSpec) -> str:
        """Return why a model cannot start from frozen or fine-tuned vectors."""
        lacking = [name for name in NEEDED if name not in model.Settings.model_fields]
        return f"The model {model.name} has no setting {lacking[0]}." if lacking else ""

    def planner(self, setup: Setup) -> PlannedList:
        """Return every kind and share with the first seed, then with the next; the smallest shares first, which take least.

        The linear term over n-grams is left out unless the settings name it: it would hide what the vectors do.
        """
        options = setup.options
        assert isinstance(options, PretrainedSettings)
        spec = model_spec(setup.model)
        vectors = str(setup.settings.get(VECTORS, spec.Settings.model_fields[VECTORS].default))
        if vectors == NO_VECTORS:
            raise SettingsError("Choose pre-trained vectors: with vectors none there is nothing to compare.")
        common: dict[str, Factor] = {}
        if "linear_term" in spec.Settings.model_fields and "linear_term" not in setup.settings:
            common["linear_term"] = False
        kinds: dict[str, dict[str, Factor]] = {
            FROZEN: {VECTORS: vectors, "fine_tune": False},
            FINE_TUNED: {VECTORS: vectors, "fine_tune": True},
            SCRATCH: {VECTORS: NO_VECTORS, "fine_tune": True},
        }
        runs = [
            PlannedRun(
                f"{kind}, {100 * share:.3g}% of the training set, seed {seed}",
                {VECTORS: kind, SHARE: share, "seed": seed},
                {**common, **settings, "train_share": share, "seed": seed},
            )
            for seed in range(setup.seed, setup.seed + options.seeds)
            for share in options.shares()
            for kind, settings in kinds.items()
        ]
        for run in runs:
            spec.Settings.of(**{**setup.settings, **run.settings})
        return TimedCurves(runs)

    def table(self, results: Sequence[Result]) -> pd.DataFrame:
        """Return a row for each kind of vectors and each share: means over the seeds, and differences to vectors from scratch.

        Columns: vectors, share, runs, validation, test (of `score`) with the ends low and high of its 95% interval over the
        seeds; difference, lower, upper: how much greater `test` is than from scratch with the same share, and the paired
        interval, corrected for training sets that overlap, which is 95% for all shares and kinds together (Bonferroni), so that
        of many comparisons none is decided by chance; seconds to reach, the validation score that all three reach with this share and seed (mean over the seeds);
        seconds, of the whole run.
        """
        rows = pd.DataFrame(
            [
                {
                    VECTORS: result.factors[VECTORS],
                    SHARE: float(result.factors[SHARE]),
                    "seed": result.factors["seed"],
                    "validation": result.validation,
                    "test": result.metrics.get(f"{measured_part(result.metrics)}/{result.score}"),
                    "seconds to reach": seconds,
                    "seconds": result.seconds,
                }
                for result, seconds in zip(results, _seconds_to_reach(results), strict=True)
            ]
        )
        if rows.empty:
            return rows
        size = relative_test_size(results, "test", "validation")
        comparisons = rows.loc[rows[VECTORS] != SCRATCH, [SHARE, VECTORS]].drop_duplicates()
        level = 1 - 0.05 / max(1, len(comparisons))
        found: list[dict[str, Factor]] = []
        for (share, kind), group in rows.groupby([SHARE, VECTORS]):
            _, low, high = paired_interval(group["test"].tolist(), test_to_train=size)
            of_share = rows[rows[SHARE] == share]
            ends = paired_difference(of_share, VECTORS, "seed", "test", kind, SCRATCH, level=level, test_to_train=size)
            difference, lower, upper = ends if kind != SCRATCH else (math.nan,) * 3
            means = group[["validation", "test", "seconds to reach", "seconds"]].mean()
            found.append(
                {
                    VECTORS: str(kind),
                    SHARE: float(str(share)),
                    "runs": len(group),
                    **means.to_dict(),
                    "low": low,
                    "high": high,
                }
                | {"difference": difference, "lower": lower, "upper": upper}
            )
        table = pd.DataFrame(found)
        table.attrs = {"score": results[0].score}
        return table

    def figure(self, table: pd.DataFrame) -> go.Figure:
        """Draw the score over the share of the training set, a line for each kind of vectors."""
        lines: list[Line] = []
        for kind in (FROZEN, FINE_TUNED, SCRATCH):
            of_kind = table[table[VECTORS] == kind].sort_values(SHARE)
            reach = (of_kind["high"] - of_kind["test"]).where(np.isfinite(of_kind["high"]))
            if len(of_kind):
                lines.append(Line(kind, of_kind[SHARE], of_kind["test"], reach))
        ticks = sorted(table[SHARE].unique().tolist())
        score = readable(table.attrs["score"])
        return lines_figure(lines, x_title="share of the training set", y_title=score, log_x=True, ticks=ticks)

    def verdict(self, table: pd.DataFrame) -> Verdict:
        """Return with which shares pre-trained vectors are better, and which of the two kinds is."""
        return verdict_of(table)


def _seconds_to_reach(results: Sequence[Result]) -> list[float]:
    """Return the seconds after which each run first reached the score that all kinds reach with its share and seed; NaN until
    all three kinds are done."""
    if not results:
        return []
    sign = 1 if greater_is_better(results[0].score) else -1
    curves = [[(float(row["seconds"]), sign * float(row["score"])) for row in result.rows] for result in results]
    together: dict[tuple[Factor, Factor], list[int]] = {}
    for i, result in enumerate(results):
        together.setdefault((result.factors[SHARE], result.factors["seed"]), []).append(i)
    found = [math.nan] * len(results)
    for places in together.values():
        if len(places) < 3 or not all(curves[i] for i in places):
            continue
        level = min(max(score for _, score in curves[i]) for i in places)
        for i in places:
            found[i] = next(seconds for seconds, score in curves[i] if score >= level)
    return found


QUESTION = PretrainedVectors()
