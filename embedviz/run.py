"""The public Run: a run's folder, and what needs a model or a worker to be done with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from embedviz.core.display_table import DisplayTable, NotebookDisplay
from embedviz.core.errors import RunError, SettingsError
from embedviz.core.progress import Progress
from embedviz.core.value_text import value_text
from embedviz.exports.exportable_run import ExportableRun

if TYPE_CHECKING:
    import pandas as pd

    from embedviz.data.table_like import TableLike
    from embedviz.evaluation.score_table import ScoreTable


class Run(NotebookDisplay, ExportableRun):
    """A training, or vectors that were opened, by its folder.

    Everything is read from disk when asked for, so that it is as it is now. A RunFolder tells what there is; this class
    adds what is asked of a model or a worker.

    Parameters
    ----------
    folder : Path or str
        The run's folder.

    Raises
    ------
    RunError
        When there is no run in the folder.

    Examples
    --------
    >>> import embedviz as ev
    >>> from pathlib import Path
    >>> _ = Path("text.txt").write_text("the cat sat on the mat and the dog sat on the rug " * 50)
    >>> run = ev.train("skipgram", "text.txt", dim=4, epochs=1, min_count=1, out="run")
    >>> run.status
    'done'
    >>> run.space.dim
    4
    """

    def predict(
        self, rows: pd.DataFrame | Sequence[Any] | TableLike, explain: bool = False, *, reasons: bool | None = None
    ) -> pd.DataFrame:
        """Predict each row.

        Parameters
        ----------
        rows : DataFrame, other table or sequence
            Texts, or a table with the columns of the training: a frame of pandas or polars, an Arrow table, a data set of `datasets`, a
            list of dicts.
        explain : bool, optional
            Add a column `reasons`: what moved each prediction, and by how much.
        reasons : bool, optional
            The earlier name of `explain`.

        Returns
        -------
        DataFrame
            prediction; for classes its probability and a column "p(CLASS)" each; note, where something was unknown.

        Raises
        ------
        RunError
            When the run has no model that predicts.
        """
        from embedviz.data.table_like import as_frame, is_foreign_table

        if is_foreign_table(rows):
            rows = as_frame(rows)
        return self.predictor().predict(rows, explain if reasons is None else reasons)

    def recommend(
        self,
        user: str | None = None,
        rated: Mapping[str, float] | None = None,
        k: int = 10,
        explain: bool = True,
        *,
        reasons: bool | None = None,
    ) -> pd.DataFrame:
        """Recommend items to a user.

        Parameters
        ----------
        user : str, optional
            A user of the training.
        rated : mapping, optional
            Item to rating, of somebody new.
        k : int, optional
            How many items.
        explain : bool, optional
            Add "because you liked".
        reasons : bool, optional
            The earlier name of `explain`.

        Returns
        -------
        DataFrame
            label, prediction, note, the columns of the item space and, where asked for, reasons; the best item first.

        Raises
        ------
        RunError
            For a run that is not of ratings.
        SettingsError
            Unless one of user and rated is given, and when k is no whole number above 0.
        DataError
            For ratings of somebody new that are not on the scale of the training, and when there are none.
        UnknownLabelError
            When the training has no such user or item.
        """
        from embedviz.training.protocols import Recommender

        model = self.predictor()
        if not isinstance(model, Recommender):
            raise RunError(f"The run {self.name!r} is of {self.model}; only one of ratings recommends.")
        return model.recommend(user, rated, k, explain if reasons is None else reasons)

    @property
    def scores(self) -> ScoreTable:
        """The scores beside the trivial baseline, and the baselines and repeats that were trained. RunError while there are none."""
        from embedviz.jobs.scores import scores_of

        return scores_of(self)

    def baselines(self, on_progress: Callable[[Progress], Any] | None = None) -> pd.DataFrame:
        """Train the baselines on the run's own split, in this process. Those that are there are not trained again.

        Parameters
        ----------
        on_progress : callable, optional
            Called with every event.

        Returns
        -------
        DataFrame
            A row for each: name, scores, seconds, memory_bytes, note.

        Raises
        ------
        RunError
            For a model that has none, or while another process trains them.
        """
        from embedviz.evaluation.score_table import baselines_frame
        from embedviz.jobs.baselines import baselines_of
        from embedviz.jobs.inline import run_inline

        return baselines_frame(run_inline(baselines_of(self), on_progress).rows)

    def repeat(
        self,
        *,
        seeds: int | None = None,
        folds: int | None = None,
        on_progress: Callable[[Progress], Any] | None = None,
    ) -> pd.DataFrame:
        """Train it over several seeds, its own first, or over folds, in this process. What is done is not done again.

        Parameters
        ----------
        seeds, folds : int, optional
            How many, 2 to 100. One of the two.
        on_progress : callable, optional
            Called with every event.

        Returns
        -------
        DataFrame
            A row for each with its scores and seconds, then their mean and standard deviation (over n - 1).

        Raises
        ------
        SettingsError
            Unless one of seeds and folds is given.
        """
        from embedviz.jobs.inline import run_inline
        from embedviz.jobs.repeats import repeats_of

        if folds is not None and seeds is None:
            repeats = repeats_of(self, "folds", folds)
        elif seeds is not None and folds is None:
            repeats = repeats_of(self, "seeds", seeds)
        else:
            raise SettingsError("Say over what to repeat: seeds=5, or folds=5.")
        return run_inline(repeats, on_progress).scores.frame()

    def stop(self) -> None:
        """Ask whoever works on it to stop and keep the best so far; nothing when it has ended."""
        from embedviz.jobs.shared_executor import shared_executor

        shared_executor().stop(self)

    def resume(self) -> Self:
        """Queue a stopped, failed or interrupted run again; it goes on from its last checkpoint.

        Raises
        ------
        RunError
            When it is done, or another process works on it.
        """
        from embedviz.jobs.shared_executor import shared_executor

        shared_executor().submit(self)
        return self

    def _display_table(self) -> DisplayTable:
        state = self.state
        rows = [["model", self.model], ["data", str(self.data.get("title") or "")], ["state", self._state_text()]]
        settings = self.settings
        if settings is not None:
            chosen = [
                f"{name} {value_text(getattr(settings, name))}"
                for name, field in type(settings).model_fields.items()
                if getattr(settings, name) != field.get_default(call_default_factory=True)
            ]
            rows.append(["settings", ", ".join(chosen) or "the defaults"])
        rows += [[f"space {name}", str(kind)] for name, kind in self.space_kinds.items()]
        table = DisplayTable(f"{self.name}: {self.status}", [], rows)
        if not (settings and self.metrics):
            notes = [state.reason] if state.reason else []
            return replace(table, notes=notes)
        from embedviz.evaluation.score_sentences import result_sentence

        return replace(table, notes=[result_sentence(self.metrics, self.primary_metric)])

    def _state_text(self) -> str:
        """Return the state; of a run that is under way also how far it is."""
        state = self.state
        elapsed = f"{state.elapsed():,.0f} s" if state.elapsed() >= 1 else ""
        if state.is_final:
            return ", ".join(filter(None, [state.state, elapsed]))
        event = self.last_event()
        total = event.get("total_steps", 0)
        loss = event.get("metrics", {}).get("validation/loss")
        parts = [
            state.state,
            f"{event.get('step', 0) / total:.0%}" if total else "",
            event.get("message", ""),
            "" if loss is None else f"validation loss {loss:.3f}",
            elapsed,
        ]
        return ", ".join(filter(None, parts))


def open_run(folder: Path | str) -> Run:
    """Open the run in a folder.

    Parameters
    ----------
    folder : Path or str
        What `train(out=...)` wrote, or a run's folder in the store.

    Raises
    ------
    RunError
        When there is no run in the folder.

    Examples
    --------
    >>> import embedviz as ev
    >>> ev.open_run("nowhere")
    Traceback (most recent call last):
    ...
    embedviz.core.errors.RunError: nowhere is not a run's folder: it has no run.json.
    """
    if not Run.exists(Path(folder)):
        raise RunError(f"{folder} is not a run's folder: it has no {Run.record_file}.")
    return Run(folder)
