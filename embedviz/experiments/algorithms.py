"""Which algorithm? Word models trained on one text for the same time each, over several seeds, and compared by what all can do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from pydantic import Field

from embedviz.core.errors import SettingsError
from embedviz.core.settings import Settings
from embedviz.evaluation.evaluating import SMALL_ANALOGIES, SMALL_PAIRS
from embedviz.experiments.algorithm_notes import MODEL, SECONDS, algorithm_notes, predicts_from_windows
from embedviz.experiments.figures import bars_figure
from embedviz.experiments.question import PlannedList, PlannedRun, Setup, Verdict, Workplace
from embedviz.experiments.result import Result, Row, done
from embedviz.experiments.statistics import paired_interval
from embedviz.jobs.speed_trial import EPOCHS, TRIAL_SHARE, epochs_for_time
from embedviz.models import model_spec
from embedviz.models.algorithm_titles import algorithm_title
from embedviz.models.compatibility import word_models
from embedviz.training.protocols import AnyModelSpec

if TYPE_CHECKING:
    from embedviz.experiments.experiment import Experiment
    from embedviz.store.run_folder import RunFolder

AUC = "validation/auc"
MEASURES = {  # metric -> what it is called, the better measures of vectors first
    f"{SMALL_PAIRS}/spearman": "Spearman correlation with people's similarities",
    f"{SMALL_ANALOGIES}/accuracy": "share of analogies solved",
    AUC: "AUC on the validation set",
}
MIN_SECONDS, MAX_SECONDS = 0.1, 3600.0  # for each training
TRAINING_SHARE = (
    0.85  # of the budget: the rest is for scores on sets of words, and for what one takes longer than expected
)
MIN_COVERAGE = 0.5  # share of the questions of a set that have to be answered
SET, COVERAGE = "set", "coverage"  # of the rows of a run


class AlgorithmsSettings(Settings):
    """Settings of the comparison."""

    algorithms: str = Field(
        "",
        max_length=500,
        description="Names of two or more models of words, separated by commas, such as skipgram, glove. Empty: all.",
        json_schema_extra={"basic": True},
    )
    dim: int = Field(
        100,
        ge=2,
        le=1000,
        title="Dimensions",
        description="Dimensions of the vectors, the same for all.",
        json_schema_extra={"basic": True},
    )
    seconds: float | None = Field(
        None,
        ge=MIN_SECONDS,
        le=MAX_SECONDS,
        description="Seconds for each training, its reading and measuring included. Empty: equal shares of the budget.",
        json_schema_extra={"basic": True},
    )
    seeds: int = Field(
        5,
        ge=1,
        le=20,
        description="Trainings of each algorithm, with a start of their own. One alone decides nothing.",
        json_schema_extra={"basic": True},
    )

    def names(self) -> list[str]:
        """Return the names of the algorithms. SettingsError for something that is no model of words, or fewer than two."""
        known = word_models()
        names = list(dict.fromkeys(filter(None, (name.strip() for name in self.algorithms.split(","))))) or list(known)
        for name in names:
            if name not in known:
                raise SettingsError(f"{name!r} is no model of words. Models of words: {', '.join(known)}.")
        if len(names) < 2:
            raise SettingsError(f"One algorithm cannot be compared. Choose two or more of {', '.join(known)}.")
        return names


class TimedRuns(PlannedList):
    """The runs, whose epochs are chosen for the time before the first is begun. One at a time: none takes the other's time."""

    def __init__(self, setup: Setup, names: Sequence[str], seconds: float | None, seeds: Sequence[int]) -> None:
        self._setup, self._models, self._wanted, self._seeds = setup, names, seconds, seeds
        super().__init__([])
        self.total = len(seeds) * len(self._models)
        self._is_training = False

    def prepare(self, workplace: Workplace) -> None:
        """Choose the epochs of each algorithm: as in an earlier attempt, so that its runs count, or by a trial on the text."""
        self._reporter = workplace.reporter
        kept = [float(result.factors[SECONDS]) for result in workplace.earlier if SECONDS in result.factors]
        self._seconds = self._wanted or next(iter(kept), None) or self._share_of(workplace.seconds_left)
        epochs: dict[str, int | None] = {
            str(result.factors[MODEL]): int(result.factors[EPOCHS])
            for result in workplace.earlier
            if EPOCHS in result.factors
        }
        for name in self._models:
            if name not in epochs:
                epochs[name] = epochs_for_time(
                    model_spec(name), workplace.dataset, workplace.columns, self._setup.settings, self._seconds,
                    workplace.reporter,
                )  # fmt: skip
        self._runs += [self._planned(name, seed, epochs[name]) for seed in self._seeds for name in self._models]

    def next(self) -> PlannedRun | None:
        """Return the next when the one before has ended."""
        planned = None if self._is_training else super().next()
        self._is_training = self._is_training or planned is not None
        return planned

    def take(self, result: Result) -> None:
        """Let the next one begin."""
        self._is_training = False

    def measure(self, result: Result, run: RunFolder) -> list[Row]:
        """Return a row for each small set of words: set ("small-pairs"), coverage (the share of its questions that were answered)
        and the score under its name ("spearman"), where there is one."""
        from embedviz.jobs.small_set_scores import small_set_scores

        rows: list[Row] = []
        for found in small_set_scores(run, self._reporter):
            score: Row = {} if found.score is None else {found.metric: found.score}
            rows.append({SET: found.name, COVERAGE: found.coverage, **score})
        return rows

    def _share_of(self, budget: float) -> float:
        """Return the seconds for each training, so that a budget is enough for all, for their trials and for what they measure."""
        trainings = self.total + 2 * TRIAL_SHARE * len(self._models)
        return min(MAX_SECONDS, max(MIN_SECONDS, float(f"{TRAINING_SHARE * budget / trainings:.2g}")))

    def _planned(self, model: str, seed: int, epochs: int | None) -> PlannedRun:
        chosen = {} if epochs is None else {EPOCHS: epochs}
        name = f"{algorithm_title(model)}, seed {seed}"
        return PlannedRun(
            name,
            {MODEL: model, SECONDS: self._seconds, "seed": seed, **chosen},
            {**self._setup.settings, "seed": seed, **chosen},
            model,
        )


class Algorithms:
    """The question (embedviz.experiments.question.Question)."""

    name: ClassVar[str] = "algorithms"
    title: ClassVar[str] = "Which algorithm?"
    summary: ClassVar[str] = (
        "Trains every algorithm for word vectors for the same time on the same text, and compares them by word similarity and "
        "analogies."
    )
    Settings: ClassVar[type[Settings]] = AlgorithmsSettings

    def reason_against(self, model: AnyModelSpec) -> str:
        """Return why a model cannot be compared with algorithms for word vectors."""
        return "" if model.name in word_models() else f"The model {model.name} is none of words alone."

    def planner(self, setup: Setup) -> TimedRuns:
        """Return every algorithm with the first seed, then with the next. SettingsError for a setting that one of them lacks."""
        options = setup.options
        assert isinstance(options, AlgorithmsSettings)
        # the same window for all, because the held-out pairs depend on it
        shared: dict[str, Any] = {"window": 5, "dim": options.dim, **setup.settings}
        if EPOCHS in shared:
            raise SettingsError("The epochs follow from the seconds, so they cannot be set here.")
        seeds = range(setup.seed, setup.seed + options.seeds)
        for name in options.names():
            model_spec(name).Settings.of(**{**shared, "seed": seeds[-1]})
        return TimedRuns(Setup(setup.model, shared, options), options.names(), options.seconds, seeds)

    def table(self, results: Sequence[Result]) -> pd.DataFrame:
        """Return a row for each algorithm: means over the seeds, and the standard deviation of what decides.

        Columns: model, algorithm, runs, epochs, seconds, the scores on the small sets and their coverage, AUC on the validation
        set, loss and AUC on the test set, standard deviation (of `measure`), memory (MB). The means of an algorithm that lacks a score are empty.
        """
        rows = pd.DataFrame([_values(result) for result in results])
        if rows.empty:
            return rows
        measure = _measure(rows)
        groups = rows.drop(columns="seed").groupby([MODEL, "algorithm"], sort=False)
        table = groups.mean().dropna(axis=1, how="all")
        table.insert(0, "runs", groups.size())
        if measure:
            table["standard deviation"] = groups[measure].std()
            table = table.sort_values(measure, ascending=False)
        of_seeds = rows.pivot_table(index="seed", columns="algorithm", values=measure) if measure else pd.DataFrame()
        table = table.reset_index()
        table.attrs = {"measure": measure, "seeds": of_seeds.to_dict("list"), "notes": algorithm_notes(results)}
        return table

    def figure(self, table: pd.DataFrame) -> go.Figure:
        """Draw what decides for each algorithm; the seconds where nothing can."""
        measure = table.attrs["measure"]
        if not measure:
            return bars_figure(table["algorithm"].tolist(), table["seconds"], None, "seconds")
        return bars_figure(table["algorithm"].tolist(), table[measure], table["standard deviation"], MEASURES[measure])

    def verdict(self, table: pd.DataFrame) -> Verdict:
        """Return the best algorithm, if the next is worse by more than chance."""
        measure, notes = table.attrs["measure"], table.attrs["notes"]
        ranked = table.dropna(subset=[measure]) if measure else table.iloc[:0]
        if len(ranked) < 2:
            return Verdict(("There are not yet two algorithms with a score in common.", *notes), False)
        title = MEASURES[measure]
        names, means = ranked["algorithm"].tolist(), ranked[measure].tolist()
        of_seeds = {name: np.array(values) for name, values in table.attrs["seeds"].items()}
        if ranked["runs"].min() < 2:
            return Verdict(
                (
                    f"{names[0]} has the best score ({title}: {means[0]:.3f}, {names[1]} {means[1]:.3f}), but with one seed nobody "
                    "knows how much of that is chance. Train two seeds or more.",
                    *notes,
                ),
                False,
            )
        level = 1 - 0.05 / (len(names) - 1)  # Bonferroni: the best is compared with each of the others
        tied = [name for name in names[1:] if not _is_better(of_seeds[names[0]], of_seeds[name], level)]
        listed = ", ".join(f"{name} {mean:.3f}" for name, mean in zip(names, means, strict=True))
        if tied:
            first = f"Undecided: {names[0]} has the best mean, but {', '.join(tied)} may be as good."
        else:
            first = f"{names[0]} is the best on this text in this time, by more than the seeds explain."
        return Verdict((first, f"{title}: {listed}.", *notes), not tied)


def first_runs(experiment: Experiment) -> dict[str, RunFolder]:
    """Return the title of each algorithm -> its first run that is done and was not deleted."""
    found: dict[str, RunFolder] = {}
    for result in done(experiment.results):
        title = algorithm_title(str(result.factors[MODEL]))
        if title not in found and (run := experiment.run_of(result)):
            found[title] = run
    return found


def _values(result: Result) -> dict[str, Any]:
    """Return the row of a run; a score counts only where most questions of its set were answered."""
    model, metrics = str(result.factors[MODEL]), result.metrics
    scores: dict[str, float | None] = dict.fromkeys(MEASURES)
    coverage: dict[str, float] = {}
    for row in result.rows:
        coverage[f"{row[SET]}/{COVERAGE}"] = covered = float(row[COVERAGE])
        for name, value in row.items():
            if (measure := f"{row[SET]}/{name}") in scores and covered >= MIN_COVERAGE:
                scores[measure] = float(value)
    scores[AUC] = None if predicts_from_windows(model) else metrics.get(AUC)
    return {
        MODEL: model,
        "algorithm": algorithm_title(model),
        "seed": result.factors["seed"],
        EPOCHS: float(result.factors.get(EPOCHS, np.nan)),
        "seconds": result.seconds,
        **{name: np.nan if score is None else score for name, score in scores.items()},
        **{name: metrics.get(name, np.nan) for name in ("test/loss", "test/auc")},
        **coverage,
        "memory (MB)": result.memory_bytes / 1e6,
    }


def _measure(rows: pd.DataFrame) -> str:
    """Return the best measure that every algorithm has, or, of AUC, two; empty without one."""
    counts = {measure: rows.dropna(subset=[measure])[MODEL].nunique() for measure in MEASURES}
    total = rows[MODEL].nunique()
    return next((name for name, count in counts.items() if count >= (2 if name == AUC else total)), "")


def _is_better(a: np.ndarray, b: np.ndarray, level: float) -> bool:
    """Return whether a is greater than b by more than the seeds explain."""
    gains = a - b
    return paired_interval(gains[np.isfinite(gains)].tolist(), level)[1] > 0


QUESTION = Algorithms()
