"""Does it hold? The same training over several seeds or folds: how its scores spread, and whether it beats the trivial baseline."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from pydantic import Field, model_validator

from embedviz.core.errors import EmbedvizError, SettingsError
from embedviz.core.generators import result_of
from embedviz.core.settings import Settings
from embedviz.data.folds import MAX_FOLDS, Fold
from embedviz.data.given_split import fold_message
from embedviz.data.roles import roles_of
from embedviz.evaluation.scores import readable
from embedviz.experiments.figures import points_figure
from embedviz.experiments.question import PlannedList, PlannedRun, Setup, Verdict, Workplace
from embedviz.experiments.result import Result, Row
from embedviz.experiments.set_sizes import relative_test_size
from embedviz.experiments.statistics import greater_is_better, paired_interval, paired_p_value
from embedviz.models import model_spec
from embedviz.store.reference_reading import read_reference
from embedviz.training.protocols import AnyModelSpec, reads_corpus

if TYPE_CHECKING:
    from embedviz.space import EmbeddingSpace
    from embedviz.store.run_folder import RunFolder

NEIGHBORS = 10
MAX_COMPARED = 5  # runs of which each two are compared
BASELINE = "baseline"
SPLIT = "split"  # the role
FOLD, FOLDS = "fold", "folds"  # factors: which of how many, counted from 1
OTHER, COMMON, CHANCE = "other run", "in common", "by chance"  # of the rows of a run


class HoldsSettings(Settings):
    """Settings of the repetitions."""

    seeds: int = Field(
        5,
        ge=2,
        le=50,
        description="Trainings, each with a split and a start of its own; two are the least that show a spread.",
        json_schema_extra={"basic": True, "only_for": {"folds": [0]}},
    )
    folds: int = Field(
        0,
        ge=0,
        le=MAX_FOLDS,
        description="Folds of a cross-validation, which has each row in the test set once; 0 repeats over seeds instead.",
        json_schema_extra={"basic": True},
    )

    @model_validator(mode="after")
    def _one_fold_leaves_nothing_to_train_on(self) -> Self:
        if self.folds == 1:
            raise ValueError("a cross-validation has two folds or more; 0 repeats over seeds instead")
        return self

    def runs(self, first_seed: int) -> list[PlannedRun]:
        """Return a run for each seed, the first one first, or for each fold of the split by that seed."""
        if self.folds:
            return [
                PlannedRun(fold.title, {FOLD: fold.number + 1, FOLDS: fold.of}, {"seed": first_seed}, fold=fold)
                for fold in (Fold(number, self.folds) for number in range(self.folds))
            ]
        seeds = range(first_seed, first_seed + self.seeds)
        return [PlannedRun(f"seed {seed}", {"seed": seed}, {"seed": seed}) for seed in seeds]


class Repetitions(PlannedList):
    """The planned repetitions. The vectors of each are compared with those before."""

    def __init__(self, model: AnyModelSpec, runs: Sequence[PlannedRun]) -> None:
        super().__init__(runs)
        self._model, self._has_folds = model, any(run.fold for run in runs)
        self._spaces: dict[str, EmbeddingSpace] = {}

    def prepare(self, workplace: Workplace) -> None:
        """Refuse folds of data that has a split of its own. SettingsError with the column that gives it."""
        if not self._has_folds or SPLIT not in self._model.optional_roles:
            return
        dataset = workplace.dataset
        table = read_reference(dataset.reference(), dataset.folder, as_corpus=reads_corpus(self._model))
        if column := roles_of(table, workplace.columns).get(SPLIT):
            raise SettingsError(fold_message(str(column)))

    def measure(self, result: Result, run: RunFolder) -> list[Row]:
        """Return a row for each run before: its name, the share of neighbours in common with it, and that expected by chance."""
        from embedviz.space.two_spaces import compare_spaces

        if len(self._spaces) >= MAX_COMPARED or not run.space_names:
            return []
        space = run.space
        rows: list[Row] = []
        for name, other in self._spaces.items():
            try:
                compared = result_of(compare_spaces(other, space, NEIGHBORS))
            except EmbedvizError:  # too few labels to have ten neighbours: then nothing is said of them
                return []
            rows.append({OTHER: name, COMMON: compared.overlap, CHANCE: compared.chance})
        self._spaces[result.name] = space
        return rows


class Holds:
    """The question (embedviz.experiments.question.Question)."""

    name: ClassVar[str] = "holds"
    title: ClassVar[str] = "Does it hold?"
    summary: ClassVar[str] = (
        "Repeats the training with other seeds, each with its own split and start, or over the folds of a cross-validation, and "
        "shows how far the scores spread, whether they beat the trivial baseline beyond chance, and how many neighbours stay the "
        "same."
    )
    Settings: ClassVar[type[Settings]] = HoldsSettings

    def reason_against(self, model: AnyModelSpec) -> str:
        """Every model can be repeated."""
        return ""

    def planner(self, setup: Setup) -> Repetitions:
        """Return a run for each seed or fold."""
        options = setup.options
        assert isinstance(options, HoldsSettings)
        model, runs = model_spec(setup.model), options.runs(setup.seed)
        model.Settings.of(**{**setup.settings, **runs[-1].settings})
        return Repetitions(model, runs)

    def table(self, results: Sequence[Result]) -> pd.DataFrame:
        """Return a row for each score of each set, the one that counts first, and one for the neighbours.

        Columns: set ("test", "validation", "train", "baseline", "neighbors"), score, runs, mean, standard deviation, and a
        column for each run ("seed 0", "fold 1 of 5"). The row of the neighbours is of pairs of runs, and has no column of a run.
        """
        if not results:
            return pd.DataFrame()
        score = results[0].score
        names = dict.fromkeys(name for result in results for name in result.metrics)
        scores = [name for name in names if name.split("/")[0] in ("test", "validation", "train", BASELINE)]
        scores.sort(key=lambda name: name.split("/", 1)[1] != score)
        rows: list[dict[str, str | float]] = []
        for name in scores:
            of_runs = {r.name: r.metrics[name] for r in results if name in r.metrics}
            part, _, measured = name.partition("/")
            rows.append({**_summary(part, measured, list(of_runs.values())), **of_runs})
        pairs = [row for result in results for row in result.rows]
        if pairs:
            rows.append(
                _summary("neighbors", f"{NEIGHBORS} nearest in common", [float(pair[COMMON]) for pair in pairs])
            )
        table = pd.DataFrame(rows)
        table.attrs = {
            "score": score,
            "runs": [result.name for result in results],
            "folds": int(results[0].factors.get(FOLDS, 0)),
            "chance": max((float(pair[CHANCE]) for pair in pairs), default=0.0),
            "test_to_train": relative_test_size(results, "test", "validation"),
        }
        return table

    def figure(self, table: pd.DataFrame) -> go.Figure:
        """Draw the score that counts in each run, beside the baseline's, with mean and standard deviation."""
        groups = {
            f"{name} set" if name != BASELINE else "trivial baseline": _values(table, name)
            for name in ("validation", "test", BASELINE)
        }
        return points_figure(
            {name: values for name, values in groups.items() if len(values)}, readable(table.attrs["score"])
        )

    def verdict(self, table: pd.DataFrame) -> Verdict:
        """Return whether the score beats the trivial baseline beyond chance, and how stable neighbours are."""
        score = readable(table.attrs["score"])
        folds = table.attrs["folds"]
        over = "folds" if folds else "seeds"
        part = "test" if len(_values(table, "test")) else "validation"
        reached, trivial = _values(table, part), _values(table, BASELINE)
        both = reached.index.intersection(trivial.index)
        reached, trivial = reached[both], trivial[both]
        if len(both) < 2:
            return Verdict((f"One run tells nothing about chance: train two {over} or more.",), False)
        sign = 1 if greater_is_better(table.attrs["score"]) else -1
        gains = (sign * (reached - trivial)).tolist()
        test_to_train = table.attrs["test_to_train"]
        mean, low, high = paired_interval(gains, test_to_train=test_to_train)
        p = paired_p_value(gains, test_to_train)
        repeated = f"{len(both)} of {folds} folds" if len(both) < folds else f"{len(both)} {over}"
        figures = (
            f"over {repeated} the {score} on the {part} set is {reached.mean():.4f} ± {reached.std(ddof=1):.4f} (mean and "
            f"standard deviation), and the trivial baseline's {trivial.mean():.4f}"
        )
        if low > 0:
            first = f"It holds: {figures}."
        elif high < 0:
            first = f"It does not hold: the trivial baseline is better; {figures}."
        else:
            first = f"Undecided: {figures}, a difference that may be chance. More {over} can decide."
        second = (
            f"The gain over the baseline is {mean:.4f}, 95% confidence interval {low:.4f} to {high:.4f} (paired t-test "
            f"{'corrected for training sets that overlap, ' if test_to_train else ''}p {_p_value(p)})."
        )
        return Verdict((first, second, *_stability(table, over)), low > 0 or high < 0)


def _summary(part: str, score: str, values: Sequence[float]) -> dict[str, str | float]:
    deviation = float(np.std(values, ddof=1)) if len(values) > 1 else math.nan
    return {
        "set": part,
        "score": score,
        "runs": len(values),
        "mean": float(np.mean(values)),
        "standard deviation": deviation,
    }


def _values(table: pd.DataFrame, part: str) -> pd.Series:
    """Return the score that counts by run."""
    rows = table[(table["set"] == part) & (table["score"] == table.attrs["score"])]
    if rows.empty:
        return pd.Series(dtype=np.float64)
    return rows.iloc[0][table.attrs["runs"]].astype(np.float64).dropna()


def _stability(table: pd.DataFrame, over: str) -> list[str]:
    rows = table[table["set"] == "neighbors"]
    if rows.empty:
        return []
    share = float(rows["mean"].iloc[0])
    kept = (
        "Most neighbours stay"
        if share >= 0.5
        else f"Most neighbours change between {over}, so that single ones say little"
    )
    return [
        f"{kept}: two runs have on average {share:.0%} of a label's {NEIGHBORS} nearest in common "
        f"(by chance: {table.attrs['chance']:.0%})."
    ]


def _p_value(p: float) -> str:
    return "< 0.0001" if p < 0.0001 else f"= {p:.4f}"


QUESTION = Holds()
