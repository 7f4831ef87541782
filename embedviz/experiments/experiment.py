"""An experiment by its folder: the question, what it is asked of, and the results as they come."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from embedviz.core.display_table import DisplayTable, NotebookDisplay
from embedviz.core.errors import EmbedvizError, RunError, SettingsError
from embedviz.core.jobs.folder import JobFolder
from embedviz.core.jobs.spec import JobSpec
from embedviz.core.plurals import counted
from embedviz.core.typed_json import JsonObject, read_typed, write_typed
from embedviz.experiments import find_question
from embedviz.experiments.display import display_table
from embedviz.experiments.question import Question, Setup, Verdict
from embedviz.experiments.result import Result, done
from embedviz.models import model_spec
from embedviz.store.data_reference import DataReference
from embedviz.store.ids import LOCAL_OWNER, checked_id, new_id
from embedviz.store.run_specs import Columns
from embedviz.store.store import Store

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

    from embedviz.store.dataset import Dataset
    from embedviz.store.run_folder import RunFolder

FOLDER, ROWS = "experiments", "results"
MIN_BUDGET_S, MAX_BUDGET_S = 1.0, 7 * 86400.0


@dataclass(frozen=True)
class ExperimentSpec(JobSpec):
    """Answer a question by training a model on data.

    Attributes
    ----------
    question, options : str, dict
        Name of the question, and its settings.
    model, settings, columns : str, dict, dict
        The model, the settings that all runs have in common, and role to column where they were chosen.
    data : DataReference
        The data.
    budget : float
        Seconds after which no run is begun and those under way are ended.
    owner : str
        Whose experiment it is.
    """

    kind: ClassVar[str] = "experiment"

    question: str
    options: JsonObject
    model: str
    settings: JsonObject
    data: DataReference
    budget: float
    columns: Columns = field(default_factory=dict[str, "str | list[str] | None"])
    owner: str = LOCAL_OWNER


class Experiment(NotebookDisplay, JobFolder[ExperimentSpec]):
    """An experiment by its folder; results are there as they come.

    Examples
    --------
    >>> import embedviz as ev
    >>> from pathlib import Path
    >>> _ = Path("text.txt").write_text("the cat sat on the mat and the dog sat on the rug " * 50)
    >>> found = ev.experiment("dimensions", "text.txt", model="skipgram", largest=4, seeds=1, min_count=1, epochs=1)
    >>> found.table["dim"].tolist()
    [2, 4]
    """

    spec_class = ExperimentSpec

    @property
    def question(self) -> Question:
        """The question."""
        return find_question(self.spec.question)

    @property
    def setup(self) -> Setup:
        """What it is asked of."""
        return Setup(self.spec.model, self.spec.settings, self.question.Settings.from_values(self.spec.options))

    @property
    def title(self) -> str:
        """The question and the data: "How many dimensions? Ratings (generated)"."""
        return f"{self.question.title} {self.spec.data['title']}"

    @property
    def owner(self) -> str:
        """Id of the owner."""
        return self.spec.owner

    @property
    def results(self) -> list[Result]:
        """The runs that were begun, in their order."""
        found = [read_typed(path, Result) for path in sorted((self.folder / ROWS).glob("*.json"))]
        return [result for result in found if result]

    def write(self, place: int, result: Result) -> None:
        """Write the result of the run that was begun as number `place`, from 0."""
        (self.folder / ROWS).mkdir(mode=0o700, exist_ok=True)
        write_typed(self.folder / ROWS / f"{place:05}.json", result)

    @property
    def table(self) -> pd.DataFrame:
        """The table of what is done so far."""
        return self.question.table(done(self.results))

    @property
    def figure(self) -> go.Figure | None:
        """The figure of what is done so far; None without any result."""
        table = self.table
        return self.question.figure(table) if len(table) else None

    @property
    def verdict(self) -> Verdict | None:
        """The verdict on what is done so far; None without any result."""
        table = self.table
        return self.question.verdict(table) if len(table) else None

    @cached_property
    def store(self) -> Store:
        """The store that the experiment, its data and its runs are in."""
        return Store(self.folder.parents[1])

    @property
    def dataset(self) -> Dataset:
        """The data. RunError when it was deleted."""
        return self.store.dataset(self.spec.data["id"])

    def run_of(self, result: Result) -> RunFolder | None:
        """Return the run of a result; None where it was deleted."""
        try:
            return self.store.run(result.run_id)
        except RunError:
            return None

    @property
    def command(self) -> str:
        """The command line that makes it again."""
        import shlex

        spec = self.spec
        data = spec.data.get("sample") or spec.data.get("path") or spec.data["title"]
        words = ["embedviz", "experiment", spec.question, str(data), "--model", spec.model]
        words += ["--budget", f"{spec.budget:g}s", "--out", "experiment"]
        chosen = [f"{role}={column}" for role, column in spec.columns.items() if isinstance(column, str)]
        words += ["--columns", *chosen] if chosen else []
        defaults = self.question.Settings.of().model_dump()
        options = {name: value for name, value in spec.options.items() if value != defaults.get(name)}
        for name, value in {**options, **spec.settings}.items():
            flag = name.replace("_", "-")
            words += [f"--{'' if value else 'no-'}{flag}"] if isinstance(value, bool) else [f"--{flag}", str(value)]
        return shlex.join(words)

    def _display_table(self) -> DisplayTable:
        table, verdict = self.table, self.verdict
        n, state = len(done(self.results)), self.status
        notes = verdict.sentences if verdict else [f"No run has ended yet; the experiment is {state}."]
        title = self.title if self.state.is_final else f"{self.title} ({state}, {counted(n, 'run', 'runs')} done)"
        return DisplayTable.of_frame(title, display_table(table), notes)

    def _ipython_display_(self) -> None:
        """Show table and verdict, then the figure: a notebook would show one of the two by a single bundle."""
        from IPython.display import display

        display(self._repr_mimebundle_(), raw=True)
        if (figure := self.figure) is not None:
            display(figure)

    def delete(self) -> None:
        """Delete the experiment; its runs stay. RunError while it is at work."""
        if not self.state.is_final:
            raise RunError(f"The experiment is {self.status}. Stop it first.")
        shutil.rmtree(self.folder)


def create_experiment(
    name: str,
    dataset: Dataset,
    model: str,
    *,
    budget: float,
    settings: Mapping[str, Any] | None = None,
    options: Mapping[str, Any] | None = None,
    columns: Mapping[str, str | list[str] | None] | None = None,
    owner: str = LOCAL_OWNER,
) -> Experiment:
    """Create an experiment that is ready to be submitted.

    Parameters
    ----------
    name : str
        One of `embedviz.experiments.QUESTIONS`.
    dataset : Dataset
        The data.
    model : str
        Name of the model.
    budget : float
        Seconds.
    settings, options : mapping, optional
        Settings that all runs have in common, and those of the question.
    columns : mapping, optional
        Role to column, where they were chosen.
    owner : str, optional
        Whose it is.

    Raises
    ------
    SettingsError
        Where a setting is wrong, or the question cannot be asked of the model.
    """
    asked, spec = find_question(name), model_spec(model)
    if reason := asked.reason_against(spec):
        raise SettingsError(reason)
    if not MIN_BUDGET_S <= budget <= MAX_BUDGET_S:
        raise SettingsError(f"A budget is {MIN_BUDGET_S:g} s to 7 days, not {budget:g} s.")
    checked = asked.Settings.of(**(options or {}))
    common = {"threads": 1, **(settings or {})}
    spec.Settings.of(**common)
    asked.planner(Setup(model, common, checked))
    store = Store(dataset.folder.parents[1])
    made = ExperimentSpec(
        asked.name,
        checked.model_dump(),
        model,
        common,
        dataset.reference(),
        budget,
        {**dataset.columns, **(columns or {})},
        owner,
    )
    experiment_id = new_id()
    return Experiment.create(store.folder / FOLDER / experiment_id, made, experiment_id)


def experiments_of(store: Store, owner: str) -> list[Experiment]:
    """Return an owner's experiments, the newest first. One whose record is damaged is left out."""
    found: list[Experiment] = []
    for path in (store.folder / FOLDER).glob(f"*/{Experiment.record_file}"):
        try:
            experiment = Experiment(path.parent)
            _ = experiment.spec
        except EmbedvizError:
            continue
        if experiment.owner == owner:
            found.append(experiment)
    return sorted(found, key=lambda experiment: -experiment.created)


def open_experiment(store: Store, experiment_id: str) -> Experiment:
    """Return the experiment with this id. RunError when there is none (any more)."""
    folder = store.folder / FOLDER / checked_id(experiment_id)
    if not Experiment.exists(folder):
        raise RunError("This experiment no longer exists: it was deleted, or it expired on this server.")
    return Experiment(folder)
