"""The job that answers a question: it has runs trained, as many at a time as the cores allow, within the budget.

It trains nothing itself: runs go through the executor that this process belongs to, as any other run. A run that was trained
before, with the same settings, data, seed and version, is taken as it is.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Unpack

from embedviz.core.jobs.declaration import job
from embedviz.core.jobs.events import EventDetails
from embedviz.core.jobs.folder import JobFolder
from embedviz.core.jobs.reporter import Interrupted, Reporter, StopRequested
from embedviz.core.progress import Progress
from embedviz.core.version import VERSION
from embedviz.experiments.experiment import Experiment, ExperimentSpec
from embedviz.experiments.question import PlannedRun, Workplace
from embedviz.experiments.result import Result, ended_result
from embedviz.experiments.run_key import run_key, runs_by_key
from embedviz.jobs.baselines import Baselines, baselines_of, has_baselines
from embedviz.jobs.current_executor import JobTaker, current_executor
from embedviz.models import model_spec
from embedviz.store.run_folder import RunFolder

LOOK_INTERVAL_S = 0.05  # between two looks at the runs
REPORT_INTERVAL_S = 0.5
STOP_GRACE_S = 20.0  # that runs have to end once they were asked to
MAX_NAME_CHARACTERS = 120


@job("experiment", lane="coordination")
def run_experiment(spec: ExperimentSpec, folder: Path, reporter: Reporter) -> None:
    """Train what the question asks for. What was trained is kept when it is stopped, and not trained again on Resume."""
    Coordinator(Experiment(folder), current_executor(), reporter).run()


@dataclass
class UnderWay:
    """A run that is under way, or whose baselines are.

    Attributes
    ----------
    result
        As it was when the run began.
    run
        The run.
    job
        What is being done: the run, then its baselines.
    wants_baselines
        They come after the run.
    offset
        Of the events that the planner has not seen.
    is_pruned
        The planner wants it stopped.
    """

    result: Result
    run: RunFolder
    job: JobFolder[Any]
    wants_baselines: bool
    offset: int = 0
    is_pruned: bool = False


class Coordinator:
    """The runs of an experiment: which are under way, and which comes next.

    Parameters
    ----------
    experiment : Experiment
        With the results of an earlier attempt, where there was one.
    executor : JobTaker
        Trains the runs.
    reporter : Reporter
        Of the job.
    """

    def __init__(self, experiment: Experiment, executor: JobTaker, reporter: Reporter) -> None:
        self.experiment, self.executor, self.reporter = experiment, executor, reporter
        self.spec = experiment.spec
        self.planner = experiment.question.planner(experiment.setup)
        self.known = runs_by_key(experiment.store, self.spec.owner)
        self.under_way: dict[int, UnderWay] = {}
        self.begun = 0
        self.ended: list[Result] = []
        self.is_ending = self.is_stopped = False
        self.until = time.monotonic() + max(0.0, self.spec.budget - experiment.state.elapsed())

    def run(self) -> None:
        """Train until nothing is left, or the budget is spent."""
        reported = 0.0
        aside = self.reporter.with_emit(self._report_aside)
        earlier = self.experiment.results
        try:
            self.planner.prepare(Workplace(self.experiment.dataset, self.spec.columns, earlier, aside, self.until))
            while True:
                self._collect()
                is_late = time.monotonic() > self.until
                if not is_late:
                    self._begin()
                if not self.under_way:
                    return
                if is_late:
                    self._end_early()
                    return
                if time.monotonic() - reported > REPORT_INTERVAL_S:
                    reported = time.monotonic()
                    self.reporter(self._progress())
                self.reporter.check()
                time.sleep(LOOK_INTERVAL_S)
        except StopRequested:
            self.is_stopped = True
            self._end_early()
            raise
        except Interrupted:
            raise  # the server that ends interrupts the runs too, and they go on where they were
        except BaseException:
            self.is_stopped = True
            self._end_early()
            raise

    def _begin(self) -> None:
        """Begin runs while there is room for them."""
        while len(self.under_way) < self.executor.capacity and (planned := self.planner.next()):
            self.reporter.check()
            result, run = self._found_or_created(planned)
            place, self.begun = self.begun, self.begun + 1
            self.experiment.write(place, result)
            found = self.under_way[place] = UnderWay(result, run, run, planned.with_baselines)
            self._watch(found)  # an earlier attempt may have come far enough to be given up
            if not found.is_pruned:
                self._submit(run)

    def _submit(self, wanted: JobFolder[Any]) -> None:
        """Queue a job that is new, or was cut off and goes on; one that is done or under way stays as it is."""
        state = wanted.state
        if state.is_final and state.state != "done":
            self.executor.submit(wanted)

    def _found_or_created(self, planned: PlannedRun) -> tuple[Result, RunFolder]:
        """Return the run of a plan: the one that there is, whatever trained it, or a new one."""
        spec, model = self.spec, planned.model or self.spec.model
        settings = model_spec(model).Settings.of(**{**spec.settings, **planned.settings}).model_dump()
        key = run_key(model, settings, spec.columns, spec.data, VERSION, planned.fold)
        run = self.known.get(key)
        was_there = run is not None and run.status == "done"
        if run is None:
            name = f"{self.experiment.dataset.title}, {planned.name}"[:MAX_NAME_CHARACTERS]
            run = self.experiment.store.create_training(
                model,
                self.experiment.dataset,
                settings,
                columns=spec.columns,
                name=name,
                owner=spec.owner,
                experiment=self.experiment.id,
                fold=planned.fold,
            )
            self.known[key] = run
        return Result(planned.name, dict(planned.factors), run.id, was_there=was_there), run

    def _collect(self) -> None:
        """Take the results of the runs that have ended, with their baselines where those are wanted."""
        for place, found in list(self.under_way.items()):
            is_final = found.job.state.is_final
            self._watch(found)
            if not is_final:
                continue
            if found.wants_baselines and found.job is found.run and has_baselines(found.run) and not self.is_ending:
                found.job = baselines_of(found.run)
                self._submit(found.job)
                continue
            del self.under_way[place]
            ended = ended_result(found.result, found.run)
            if found.is_pruned and ended.outcome != "failed":
                ended = replace(ended, outcome="pruned")
            self.experiment.write(place, ended)
            self.ended.append(ended)
            self.planner.take(ended)
            if ended.outcome == "done":
                self.experiment.write(place, self._measured(ended, found))

    def _watch(self, found: UnderWay) -> None:
        """Show the planner what happened in a run, and have the run stopped where it says so."""
        if found.is_pruned:
            return
        events, found.offset = found.run.events(found.offset)
        if any(self.planner.watch(found.result.name, event) for event in events):
            found.is_pruned = True
            if not found.run.state.is_final:
                self.executor.stop(found.run)

    def _measured(self, ended: Result, found: UnderWay) -> Result:
        """Return the result with the run's baselines, and with what is measured of the run beside its scores."""
        if found.wants_baselines and (baselines := Baselines.at(found.run)):
            ended = replace(ended, baselines=baselines.rows)
        if self.is_stopped:  # a Resume measures it
            return ended
        return replace(ended, rows=self.planner.measure(ended, found.run))

    def _end_early(self) -> None:
        """Ask the runs under way to stop, and take what they have come to."""
        self.is_ending = True
        for found in self.under_way.values():
            self.executor.stop(found.job)
        until = time.monotonic() + STOP_GRACE_S
        while self.under_way and time.monotonic() < until:
            self._collect()
            time.sleep(LOOK_INTERVAL_S)
        for place, found in self.under_way.items():
            self.experiment.write(place, replace(found.result, outcome="cut off"))

    def _report_aside(self, event: Progress, **_: Unpack[EventDetails]) -> None:
        """Report what is done beside the trainings, whose steps are none of the experiment's."""
        self.reporter(replace(self._progress(), message=event.message))

    def _progress(self) -> Progress:
        """How far it is: runs that ended, and the shares of those under way."""
        shares = [_share(found.run) for found in self.under_way.values()]
        names = "; ".join(found.result.name for found in self.under_way.values())
        total = max(self.planner.total, self.begun)
        return Progress(
            step=round(1000 * (len(self.ended) + sum(shares))),
            total_steps=1000 * total,
            seconds_left=max(0.0, self.until - time.monotonic()),
            message=f"{len(self.ended)} of {total} runs done. Training: {names}",
        )


def _share(run: RunFolder) -> float:
    event = run.last_event()
    total = event.get("total_steps", 0)
    return min(1.0, event.get("step", 0) / total) if total else 0.0
