"""The search for good settings: what it tries next (optuna's TPE), which run it stops early, and what mattered.

It repeats itself with the same seed, whatever ends first: each trial knows the results of those that are `at_once` before it,
no others, and is stopped by comparison with them alone.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from embedviz.core.jobs.events import Event
from embedviz.evaluation.learning_curves import VALIDATION
from embedviz.experiments.result import Result
from embedviz.experiments.search_space import Range
from embedviz.experiments.statistics import greater_is_better

if TYPE_CHECKING:
    import optuna

PARTS = 10  # of a training, after each of which it is compared with others
WARM_UP_PARTS = 2  # in which none is stopped
RANDOM_TRIALS = 8  # before results decide what is tried
MIN_COMPLETE = 4  # trainings that a median is of, and that the importance of settings is of


@dataclass
class Trial:
    """One try.

    Attributes
    ----------
    name, values
        Of its run, and of the settings.
    others
        The trials that had ended when it began.
    curves
        Score -> part of the training -> value on the validation set.
    result
        None until it has ended.
    """

    name: str
    values: Mapping[str, int | float]
    asked: optuna.Trial
    others: tuple[Trial, ...]
    curves: dict[str, dict[int, float]] = field(default_factory=dict[str, dict[int, float]])
    result: Result | None = None


class Search:
    """The trials of a search, asked and told one after the other.

    Parameters
    ----------
    space : mapping
        Setting -> values.
    seed : int
        With which the search repeats itself.
    at_once : int
        Trials that are under way at the same time.
    """

    def __init__(self, space: Mapping[str, Range], seed: int, at_once: int) -> None:
        import optuna

        optuna.logging.set_verbosity(optuna.logging.WARNING)
        sampler = optuna.samplers.TPESampler(seed=seed, n_startup_trials=RANDOM_TRIALS, constant_liar=True)
        self._study = optuna.create_study(sampler=sampler)
        self._pruner = optuna.pruners.MedianPruner(n_startup_trials=MIN_COMPLETE, n_warmup_steps=WARM_UP_PARTS)
        self._space, self._seed, self._at_once = space, seed, at_once
        self._trials: dict[str, Trial] = {}
        self._told = 0

    @property
    def asked(self) -> int:
        """Number of trials that were begun."""
        return len(self._trials)

    def ask(self, name: str) -> Mapping[str, int | float] | None:
        """Return the settings to be tried next, under a name; None while too many are under way."""
        known = max(0, self.asked - self._at_once + 1)
        self._tell_until(known)
        if self._told < known:
            return None
        trial = self._study.ask()
        values = {setting: range_.suggested(trial, setting) for setting, range_ in self._space.items()}
        others = tuple(self._trials.values())[: self._told]
        self._trials[name] = Trial(name, values, trial, others)
        return values

    def watch(self, name: str, event: Event) -> bool:
        """Take an event of a trial; return whether it is worse than the median of the others were at that point."""
        trial = self._trials[name]
        total = event.get("total_steps", 0)
        part = PARTS * event.get("step", 0) // total if total else 0
        if not 0 < part < PARTS:
            return False
        seen = {}
        for metric, value in event.get("metrics", {}).items():
            score = metric.removeprefix(VALIDATION)
            if metric.startswith(VALIDATION) and part not in trial.curves.setdefault(score, {}):
                seen[score] = trial.curves[score][part] = -value if greater_is_better(score) else value
        done = [other.result for other in trial.others if other.result and other.result.outcome == "done"]
        score = done[0].curve_score if done else ""
        return score in seen and self._is_worse(trial, score)

    def tell(self, name: str, result: Result) -> None:
        """Take what came of a trial."""
        self._trials[name].result = result

    def importances(self) -> dict[str, float]:
        """Return how much of the differences between scores each setting explains (fANOVA), from 0 to 1; empty at the beginning."""
        from optuna.importance import FanovaImportanceEvaluator, get_param_importances
        from optuna.trial import TrialState

        complete = self._study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
        if len(complete) < MIN_COMPLETE or len({trial.value for trial in complete}) < 2:
            return {}
        return get_param_importances(self._study, evaluator=FanovaImportanceEvaluator(seed=self._seed))

    def tell_all(self) -> None:
        """Tell the sampler of every trial that has ended, when no further one is asked for."""
        self._tell_until(self.asked)

    def _tell_until(self, number: int) -> None:
        """Tell the sampler of trials in their order, as far as they have ended, before trial `number`."""
        from optuna.trial import TrialState

        trials = list(self._trials.values())
        while self._told < number and (result := trials[self._told].result):
            value = loss_of(result)
            asked = trials[self._told].asked
            if result.outcome == "done" and math.isfinite(value):
                self._study.tell(asked, value)
            else:
                self._study.tell(asked, state=TrialState.PRUNED if result.outcome == "pruned" else TrialState.FAIL)
            self._told += 1

    def _is_worse(self, trial: Trial, score: str) -> bool:
        """Ask optuna's pruner, of a study that holds nothing but the trials that had ended when this one began."""
        import optuna
        from optuna.trial import TrialState, create_trial

        study = optuna.create_study()
        for other in trial.others:
            if other.result and other.result.outcome == "done" and other.curves.get(score):
                curve = other.curves[score]
                study.add_trial(create_trial(value=curve[max(curve)], intermediate_values=curve))
        under_way = create_trial(state=TrialState.RUNNING, intermediate_values=trial.curves[score])
        return self._pruner.prune(study, under_way)


def loss_of(result: Result) -> float:
    """Return the score that counts on the validation set, so that less is better; NaN without one."""
    if result.validation is None:
        return math.nan
    return -result.validation if greater_is_better(result.score) else result.validation
