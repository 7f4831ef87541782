"""Which settings? A search for those that do best on the validation set, and whether they beat the defaults beyond chance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from embedviz.core.errors import SettingsError
from embedviz.core.settings import Settings
from embedviz.evaluation.scores import readable
from embedviz.experiments.display import RUN_ID
from embedviz.experiments.question import Setup, Verdict
from embedviz.experiments.result import Result
from embedviz.experiments.search_space import search_space
from embedviz.experiments.set_sizes import relative_test_size
from embedviz.experiments.statistics import greater_is_better, paired_interval
from embedviz.experiments.tune_figure import search_figure
from embedviz.experiments.tune_planner import IMPORTANCE, SETTING, TunePlanner
from embedviz.experiments.tune_settings import BEST, DEFAULTS, PART, TRIED, TuneSettings
from embedviz.models import model_spec
from embedviz.training.protocols import AnyModelSpec

MIN_TRIED = 10  # settings that have to be tried before the defaults are called good


class Tune:
    """The question (embedviz.experiments.question.Question)."""

    name: ClassVar[str] = "tune"
    title: ClassVar[str] = "Which settings?"
    summary: ClassVar[str] = (
        "Searches for settings with a good score on the validation set, stops bad ones early, and trains the best beside the "
        "defaults with further seeds. The test set is measured once, for the best alone."
    )
    Settings: ClassVar[type[Settings]] = TuneSettings

    def reason_against(self, model: AnyModelSpec) -> str:
        """Return why there is nothing to search for."""
        return "" if search_space(model.Settings, {}) else f"The model {model.name} declares no settings to search."

    def planner(self, setup: Setup) -> TunePlanner:
        """Return the planner of a search over the settings that are not given. SettingsError where all of them are."""
        settings = model_spec(setup.model).Settings
        space = search_space(settings, setup.settings)
        if not space:
            raise SettingsError("All settings that could be searched for are given. Leave some of them out.")
        for end in ("low", "high"):
            settings.of(**{**setup.settings, **{name: getattr(range_, end) for name, range_ in space.items()}})
        return TunePlanner(setup)

    def table(self, results: Sequence[Result]) -> pd.DataFrame:
        """Return a row for each training that ran its course.

        Columns: part ("defaults", "tried", "best"), seed, a column for each setting that is searched (empty where the model
        chooses it), validation, test (of the best alone, once the search is over), seconds, run (its id).
        """
        if not results:
            return pd.DataFrame()
        settings = dict.fromkeys(name for r in results for name in r.factors if name not in (PART, "seed"))
        searched = results[0].factors["seed"]
        rows = [
            {
                PART: r.factors[PART],
                "seed": r.factors["seed"],
                **{name: r.factors.get(name, np.nan) for name in settings},
                "validation": r.validation,
                "test": r.test if r.factors[PART] == BEST and r.factors["seed"] == searched else np.nan,
                "seconds": r.seconds,
                RUN_ID: r.run_id,
            }
            for r in results
        ]
        table = pd.DataFrame(rows).astype({"validation": np.float64, "test": np.float64})
        table.attrs = {
            "score": results[0].score,
            "settings": list(settings),
            "searched": searched,
            "importances": {str(row[SETTING]): float(row[IMPORTANCE]) for r in results for row in r.rows},
            "test_to_train": relative_test_size(results, "validation"),
        }
        return table

    def figure(self, table: pd.DataFrame) -> go.Figure:
        """Draw the score of each trial with the best so far, and beside it how much each setting mattered."""
        return search_figure(_searched(table), table.attrs["importances"], table.attrs["score"])

    def verdict(self, table: pd.DataFrame) -> Verdict:
        """Return the best settings, whether they beat the defaults with other seeds, and which settings mattered."""
        score, sign = readable(table.attrs["score"]), 1 if greater_is_better(table.attrs["score"]) else -1
        searched, best = _searched(table), table[(table[PART] == BEST) & (table["seed"] == table.attrs["searched"])]
        tried = int((searched[PART] == TRIED).sum())
        if best.empty:
            leading = searched.loc[(sign * searched["validation"]).idxmax()]
            return Verdict(
                (
                    f"The search is not over. The best {score} on the validation set is {leading['validation']:.4f} so far, of "
                    f"{tried} settings that were tried to the end.",
                ),
                False,
            )
        row = best.iloc[0]
        further = [
            *_mattered(table.attrs["importances"]),
            *(
                [f"On the test set, measured once, its {score} is {row['test']:.4f}."]
                if np.isfinite(row["test"])
                else []
            ),
            f"Among the runs, “{BEST}, seed {row['seed']:.0f}” is the one with these settings.",
        ]
        defaults = searched[searched[PART] == DEFAULTS]
        if len(defaults) and sign * defaults["validation"].iloc[0] >= sign * row["validation"]:
            return Verdict(
                (f"Keep the defaults: none of {tried} settings did better on the validation set.", *further),
                tried >= MIN_TRIED,
            )
        chosen = ", ".join(f"{name.replace('_', ' ')} {row[name]:.4g}" for name in table.attrs["settings"])
        reached = f"the best of {tried} settings, with {score} {row['validation']:.4f} on the validation set"
        gains = _gains(table, sign)
        mean, low, high = paired_interval(gains, test_to_train=table.attrs["test_to_train"])
        if len(gains) < 2:
            first = f"{chosen}: {reached}. Whether that is more than chance nobody knows: it was not trained with two other seeds."
            return Verdict((first, *further), False)
        interval = (
            f"With {len(gains)} seeds that were not searched, the gain over the defaults is {mean:.4f} (95% confidence interval "
            f"{low:.4f} to {high:.4f})."
        )
        if low > 0:
            first = f"{chosen}: {reached}, and better than the defaults with other seeds too."
        elif high < 0:
            first = f"Keep the defaults: {chosen} was {reached}, but with other seeds the defaults are better."
        else:
            first = f"Undecided: {chosen} was {reached}, but with other seeds its gain over the defaults may be chance."
        return Verdict((first, interval, *further), low > 0 or high < 0)


def _searched(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the defaults and the trials."""
    return table[(table["seed"] == table.attrs["searched"]) & (table[PART] != BEST)]


def _gains(table: pd.DataFrame, sign: int) -> list[float]:
    """Return the gains of the best over the defaults with each seed that was not searched; positive is better."""
    rest = table[table["seed"] != table.attrs["searched"]]
    wide = rest.pivot_table(index="seed", columns=PART, values="validation")
    if not {BEST, DEFAULTS} <= set(wide.columns):
        return []
    return (sign * (wide[BEST] - wide[DEFAULTS])).dropna().tolist()


def _mattered(importances: dict[str, float]) -> list[str]:
    """Return which settings mattered, those first that did most."""
    if not importances:
        return []
    ranked = sorted(importances.items(), key=lambda pair: -pair[1])
    listed = ", ".join(f"{name.replace('_', ' ')} {share:.0%}" for name, share in ranked)
    return [f"Share of the differences between trials that each setting explains: {listed}."]


QUESTION = Tune()
