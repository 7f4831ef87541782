"""Scores by name: their titles, and which way is better."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Score:
    """A score.

    Attributes
    ----------
    name
        As metrics carry it behind their part ("test/accuracy").
    title
        As people read it.
    greater_is_better
        Which way it goes.
    """

    name: str
    title: str
    greater_is_better: bool

    def better(self, a: float, b: float) -> bool:
        """Return whether a is better than b."""
        return a > b if self.greater_is_better else a < b


SCORES: dict[str, Score] = {
    score.name: score
    for score in (
        Score("loss", "loss", False),
        Score("auc", "AUC", True),
        Score("accuracy", "accuracy", True),
        Score("macro_f1", "F1, mean over classes", True),
        Score("log_loss", "log loss", False),
        Score("rmse", "root mean squared error", False),
        Score("mae", "mean absolute error", False),
        Score("r2", "R²", True),
        Score("ndcg@10", "NDCG@10", True),
        Score("recall@10", "recall@10", True),
        Score("mrr", "MRR", True),
    )
}


def readable(name: str) -> str:
    """Return the title of a score; for one that is not listed its name in words."""
    return SCORES[name].title if name in SCORES else name.replace("_", " ")


@dataclass(frozen=True)
class BaselineScore:
    """What a baseline reaches.

    Attributes
    ----------
    name, note
        What it is called, and what it does.
    metrics
        "test/accuracy" and so on.
    seconds
        Of fitting and measuring.
    memory_bytes
        Peak memory of the process meanwhile; None where it was not measured.
    """

    name: str
    metrics: dict[str, float]
    seconds: float
    memory_bytes: float | None = None
    note: str = ""
