"""The scores by name: which way is better, and how each is called."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Score:
    """name as metrics carry it behind their split ("test/accuracy"), title as people read it."""

    name: str
    title: str
    greater_is_better: bool

    def better(self, a: float, b: float) -> bool:
        """True when a is better than b."""
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
    """The score's title; the name itself in words for one that is not listed."""
    return SCORES[name].title if name in SCORES else name.replace("_", " ")


@dataclass(frozen=True)
class BaselineScore:
    """What another way of predicting reaches on the same parts. metrics: "test/accuracy" and so on; seconds of
    fitting and measuring; memory_bytes: what it added at its most, None where it was not measured."""

    name: str
    metrics: dict[str, float]
    seconds: float
    memory_bytes: float | None = None
    note: str = ""
    settings: dict[str, Any] = field(default_factory=dict)
