"""The table of a comparison of algorithms: what each took, and how well its vectors do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from embedviz.models import model_spec
from embedviz.models.words.settings import WordSettings
from embedviz.store.run_folder import RunFolder

TEST = "test/"
DELETED = "deleted"
PREFIX = "Word vectors ("  # of the titles of models


@dataclass(frozen=True)
class SetScore:
    """The score on a set of words.

    Attributes
    ----------
    name, metric
        The set, and its primary metric.
    score
        None where too few words of the set are in the vocabulary.
    coverage
        Share of its questions that were answered.
    """

    name: str
    metric: str
    score: float | None
    coverage: float


@dataclass(frozen=True)
class AlgorithmRun:
    """One of the algorithms.

    Attributes
    ----------
    model, run_id
        Name of the model, and its run.
    epochs
        Chosen for the time; None for an algorithm without epochs.
    scores
        On the small sets; empty for words that are not English, None before they were scored.
    """

    model: str
    run_id: str
    epochs: int | None
    scores: list[SetScore] | None = None


def algorithm_title(model: str) -> str:
    """Return what people call an algorithm: CBOW, for the model "Word vectors (CBOW)"."""
    title = model_spec(model).title
    return title.removeprefix(PREFIX).removesuffix(")") if title.startswith(PREFIX) else title


def algorithm_table(rows: Iterable[tuple[AlgorithmRun, RunFolder | None]]) -> pd.DataFrame:
    """Return a row for each algorithm.

    Parameters
    ----------
    rows : iterable
        The rows with their runs; None where a run was deleted.

    Returns
    -------
    pd.DataFrame
        model, algorithm (what people call it), status, epochs, seconds (of its whole run), the metrics of the test set ("test/loss",
        "test/auc"), for each set of words its score ("small-pairs spearman") and the share of questions that could be
        answered ("small-pairs coverage"), memory_bytes (peak of the process, libraries included), run (its id). Missing
        where something is not known yet, or does not apply.
    """
    return pd.DataFrame([_values(row, run) for row, run in rows])


def _values(row: AlgorithmRun, run: RunFolder | None) -> dict[str, str | float | None]:
    values: dict[str, str | float | None] = {
        "model": row.model,
        "algorithm": algorithm_title(row.model),
        "status": run.status if run else DELETED,
        "epochs": row.epochs,
        "seconds": run.record.get("seconds") if run else None,
    }
    if run:
        values |= {name: value for name, value in run.metrics.items() if name.startswith(TEST)}
    for found in row.scores or ():
        values |= {f"{found.name} {found.metric}": found.score, f"{found.name} coverage": found.coverage}
    return values | {"memory_bytes": run.record.get("memory_bytes") if run else None, "run": row.run_id}


def algorithm_notes(rows: Sequence[AlgorithmRun], seconds: float) -> list[str]:
    """Return what has to be known to read the table, in sentences. seconds: that each was to take."""
    without_epochs = [algorithm_title(row.model) for row in rows if row.epochs is None]
    from_windows = [algorithm_title(row.model) for row in rows if predicts_from_windows(row.model)]
    notes = [
        f"Epochs were chosen so that each run takes about {seconds:g} s with reading and measuring, and its learning rate "
        f"reaches the end of its schedule; seconds are what it took."
    ]
    if without_epochs:
        verb = "has" if len(without_epochs) == 1 else "have"
        notes.append(f"{', '.join(without_epochs)} {verb} no epochs and took the time that was needed.")
    if 0 < len(from_windows) < len(rows):
        notes.append(
            f"The test scores of {', '.join(from_windows)} are of a word predicted from its whole window, those of the others of "
            f"pairs of words. Compare them by similarity and analogies."
        )
    if any(row.scores == [] for row in rows):
        notes.append("These words do not look English, and there is no small set of words in another language.")
    return notes


def predicts_from_windows(model: str) -> bool:
    """Return True for an algorithm whose test scores are of a word and its whole window, not of pairs of words."""
    settings = model_spec(model).Settings
    return issubclass(settings, WordSettings) and settings.predicts_from_windows
