"""Do similar ones end up together? The groups of metadata among the nearest neighbours of each space, beside chance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

import pandas as pd
import plotly.graph_objects as go
from pydantic import Field

from embedviz.core.settings import Settings
from embedviz.experiments.interval_figure import Marks, intervals_figure
from embedviz.experiments.question import PlannedList, PlannedRun, Setup, Verdict
from embedviz.experiments.result import Factor, Result, Row
from embedviz.experiments.statistics import paired_interval
from embedviz.models import model_spec
from embedviz.training.protocols import AnyModelSpec

if TYPE_CHECKING:
    from embedviz.store.run_folder import RunFolder

MAX_SENTENCES = 6
KEYS = ["space", "column"]


class SimilarSettings(Settings):
    """Settings of the question."""

    neighbors: int = Field(
        10,
        ge=1,
        le=100,
        description="Nearest neighbours of each label that are looked at.",
        json_schema_extra={"basic": True},
    )
    column: str = Field("", max_length=200, description="A column of metadata. Empty: all that have groups.")
    space: str = Field("", max_length=200, description="A space of the model. Empty: all.")
    seeds: int = Field(
        1,
        ge=1,
        le=20,
        description="Trainings. One gives an interval over labels, by bootstrap; several one over trainings.",
        json_schema_extra={"basic": True},
    )


class ComparedGroups(PlannedList):
    """A run for each seed, and the groups among the nearest neighbours of its spaces."""

    def __init__(self, seed: int, options: SimilarSettings) -> None:
        seeds = range(seed, seed + options.seeds)
        super().__init__([PlannedRun(f"seed {each}", {"seed": each}, {"seed": each}) for each in seeds])
        self._seed, self._options = seed, options

    def measure(self, result: Result, run: RunFolder) -> list[Row]:
        """Return the purity of each space by each column: space, column, and what `PurityBesideChance` holds."""
        from embedviz.evaluation.purity_beside_chance import comparable_groups, purity_beside_chance

        options = self._options
        rows: list[Row] = []
        for name in run.space_names:
            if options.space not in ("", name):
                continue
            space = run.spaces[name]
            columns = comparable_groups(space, [options.column] if options.column else [])
            for column, groups in columns.items():
                found = purity_beside_chance(space, groups, options.neighbors, self._seed)
                rows.append(
                    {
                        "space": name, "column": column, "purity": found.purity, "lower": found.lower, "upper": found.upper,
                        "chance": found.chance, "shuffled": found.shuffled, "groups": found.groups, "labels": found.labels,
                    }
                )  # fmt: skip
        return rows


class Similar:
    """The question (embedviz.experiments.question.Question)."""

    name: ClassVar[str] = "similar"
    title: ClassVar[str] = "Do similar ones end up together?"
    summary: ClassVar[str] = (
        "Trains once or a few times and looks at the nearest neighbours in every space: how many share the label's group, such "
        "as its genre or its class, and how many would by chance."
    )
    Settings: ClassVar[type[Settings]] = SimilarSettings

    def reason_against(self, model: AnyModelSpec) -> str:
        """Return that every model can be asked."""
        return ""

    def planner(self, setup: Setup) -> PlannedList:
        """Return a run for each seed."""
        options = setup.options
        assert isinstance(options, SimilarSettings)
        model_spec(setup.model).Settings.of(**{**setup.settings, "seed": setup.seed + options.seeds - 1})
        return ComparedGroups(setup.seed, options)

    def table(self, results: Sequence[Result]) -> pd.DataFrame:
        """Return a row for each space and column: space, column, purity, chance, difference, lower, upper, shuffled, interval, runs,
        groups, labels.

        lower and upper are the ends of the 95% interval of the purity: with one run a bootstrap over labels; with several
        the paired interval of the difference to chance over the seeds, moved up by chance. chance is the mean of shuffled groups, and 97.5% of those
        shuffles stay below shuffled.
        """
        rows = pd.DataFrame([row for result in results for row in result.rows])
        if rows.empty:
            return rows
        found: list[dict[str, Factor]] = []
        for _, group in rows.groupby(KEYS, sort=False):
            purity, chance = float(group["purity"].mean()), float(group["chance"].mean())
            lower, upper, interval = float(group["lower"].iloc[0]), float(group["upper"].iloc[0]), "bootstrap"
            if len(group) > 1:
                _, low, high = paired_interval((group["purity"] - group["chance"]).tolist())
                lower, upper, interval = chance + low, chance + high, "seeds"
            found.append(
                {name: str(group[name].iloc[0]) for name in KEYS}
                | {"purity": purity, "chance": chance, "difference": purity - chance, "lower": lower, "upper": upper}
                | {"shuffled": float(group["shuffled"].mean()), "interval": interval, "runs": len(group)}
                | {name: round(float(group[name].mean())) for name in ("groups", "labels")}
            )
        return pd.DataFrame(found).sort_values("difference", ascending=False, ignore_index=True)

    def figure(self, table: pd.DataFrame) -> go.Figure:
        """Draw the purity of each space and column with its interval, beside chance."""
        marks = [
            Marks("neighbours of the same group", table["purity"], table["lower"], table["upper"]),
            Marks("by chance", table["chance"], is_reference=True),
        ]
        return intervals_figure(_names(table), marks, x_title="share of neighbours")

    def verdict(self, table: pd.DataFrame) -> Verdict:
        """Return for each column whether neighbours share its groups more often than by chance."""
        is_more = (table["lower"] > table["chance"]) & (table["purity"] > table["shuffled"])
        is_less = table["upper"] < table["chance"]
        n_more, n_open = int(is_more.sum()), int((~is_more & ~is_less).sum())
        first = f"Of {len(table)} columns of groups, neighbours share the group more often than by chance in {n_more}"
        first = f"{first}; {n_open} {'is' if n_open == 1 else 'are'} undecided." if n_open else f"{first}."
        if not is_more.any() and not is_less.any():
            first = "Undecided: in no column do neighbours share the group more often, or less often, than they could by chance."
        sentences = [first]
        for i, name in enumerate(_names(table)[:MAX_SENTENCES]):
            row = table.iloc[i]
            word = "yes" if is_more[i] else "no, less than by chance" if is_less[i] else "undecided"
            sentences.append(
                f"{name}: {word}; {row['purity']:.1%} of the neighbours share it, {row['chance']:.1%} by chance "
                f"(95% interval {row['lower']:.1%} to {row['upper']:.1%}, {row['interval']})."
            )
        if len(table) > MAX_SENTENCES:
            sentences.append(f"{len(table) - MAX_SENTENCES} more are in the table.")
        return Verdict(tuple(sentences), bool((is_more | is_less).any()))


def _names(table: pd.DataFrame) -> list[str]:
    return [f"{space}, {column}" for space, column in zip(table["space"], table["column"], strict=True)]


QUESTION = Similar()
