"""The runs of a search for good settings: the defaults, what is tried, then the best and the defaults with other seeds."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from embedviz.core.jobs.events import Event
from embedviz.experiments.question import PlannedRun, Planner, Setup, Workplace
from embedviz.experiments.result import Factor, Result, Row
from embedviz.experiments.search import Search, loss_of
from embedviz.experiments.search_space import search_space
from embedviz.experiments.tune_settings import BEST, DEFAULTS, PART, TRIED, TuneSettings, defaults_name, tried_name
from embedviz.models import model_spec

if TYPE_CHECKING:
    from embedviz.store.run_folder import RunFolder

SETTING, IMPORTANCE = "setting", "importance"  # of the rows of the best run
RESERVE = 1.2  # of the time that the last runs are expected to take


class TunePlanner(Planner):
    """The runs, which depend on what came of those before.

    Parameters
    ----------
    setup : Setup
        Settings that are given are not searched.
    """

    def __init__(self, setup: Setup) -> None:
        options = setup.options
        assert isinstance(options, TuneSettings)
        self._options, self._seed, self._model = options, setup.seed, model_spec(setup.model)
        self._given = setup.settings
        self._space = search_space(self._model.Settings, setup.settings)
        self.total = 1 + options.trials + 1 + 2 * options.confirm
        self._results: dict[str, Result] = {}
        self._values: dict[str, Mapping[str, int | float]] = {}
        self._is_searching = True
        self._last: Iterator[PlannedRun] | None = None
        self._under_way = 0
        self._longest = 0.0

    def prepare(self, workplace: Workplace) -> None:
        """Make the study."""
        self._workplace = workplace
        self._search = Search(self._space, self._seed, self._options.at_once)

    def next(self) -> PlannedRun | None:
        """Return the defaults, then what the search asks for, and when it is over the runs that confirm its result."""
        planned = self._next()
        self._under_way += planned is not None
        return planned

    def _next(self) -> PlannedRun | None:
        if not self._values:
            return self._planned(defaults_name(self._seed), DEFAULTS, {}, self._seed)
        number = self._search.asked
        if self._is_searching and (number >= self._options.trials or self._is_late()):
            self._is_searching = False
            self.total = 1 + number + 1 + 2 * self._options.confirm
        if self._is_searching:
            name = tried_name(number + 1)
            values = self._search.ask(name)
            return None if values is None else self._planned(name, TRIED, values, self._seed)
        if self._last is None:
            if self._under_way:
                return None
            self._last = self._last_runs()
        return next(self._last, None)

    def watch(self, name: str, event: Event) -> bool:
        """Return whether a trial is worse than the median; other runs go to their end."""
        return name in self._values and name != defaults_name(self._seed) and self._search.watch(name, event)

    def take(self, result: Result) -> None:
        """Take a result, and tell the search of it."""
        self._under_way -= 1
        self._results[result.name] = result
        self._longest = max(self._longest, result.seconds)
        if result.factors[PART] == TRIED:
            self._search.tell(result.name, result)

    def measure(self, result: Result, run: RunFolder) -> list[Row]:
        """Return, of the best run, a row for each setting that was searched: setting, and how much it mattered."""
        if result.factors[PART] != BEST or result.factors["seed"] != self._seed:
            return []
        return [{SETTING: name, IMPORTANCE: share} for name, share in self._search.importances().items()]

    def _is_late(self) -> bool:
        """Return whether the rest of the budget is needed to confirm what was found."""
        runs = 1 + math.ceil(2 * self._options.confirm / self._options.at_once)
        return self._longest > 0 and self._workplace.seconds_left < RESERVE * self._longest * runs

    def _last_runs(self) -> Iterator[PlannedRun]:
        """Yield the best run again, the only one whose test set is measured; then it and the defaults with further seeds."""
        self._search.tell_all()
        done = {name: loss_of(self._results[name]) for name in self._values if self._results[name].outcome == "done"}
        done = {name: loss for name, loss in done.items() if math.isfinite(loss)}
        if not done:
            return
        best = self._values[min(done, key=lambda name: done[name])]
        yield self._planned(f"best, seed {self._seed}", BEST, best, self._seed)
        for seed in range(self._seed + 1, self._seed + 1 + self._options.confirm if best else 0):
            yield self._planned(f"best, seed {seed}", BEST, best, seed)
            yield self._planned(defaults_name(seed), DEFAULTS, {}, seed)

    def _planned(self, name: str, part: str, values: Mapping[str, int | float], seed: int) -> PlannedRun:
        if part == TRIED or (seed == self._seed and part == DEFAULTS):
            self._values[name] = values
        defaults: dict[str, Any] = self._model.Settings.of(**self._given).model_dump()
        shown: dict[str, int | float | None] = {
            setting: values.get(setting, defaults[setting]) for setting in self._space
        }
        factors: dict[str, Factor] = {setting: value for setting, value in shown.items() if value is not None}
        is_final = part == BEST and seed == self._seed
        return PlannedRun(
            name, {PART: part, "seed": seed, **factors}, {**values, "seed": seed, "measure_test": is_final}
        )
