"""Scores by name: titles, glosses, and whether greater is better."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Score:
    """A score.

    Attributes
    ----------
    name
        Its name in metrics, behind the part of the split ("test/accuracy").
    title
        Its technical name.
    greater_is_better
        True for accuracy and the like, False for losses and errors.
    gloss
        Its meaning in a sentence, for help icons.
    """

    name: str
    title: str
    greater_is_better: bool
    gloss: str

    def better(self, a: float, b: float) -> bool:
        """Return whether a is better than b."""
        return a > b if self.greater_is_better else a < b


SCORES: dict[str, Score] = {
    score.name: score
    for score in (
        Score("loss", "loss", False, "What the training minimises, averaged over examples."),
        Score("auc", "AUC", True, "Area under the ROC curve: how often a true pair scores above a random pair."),
        Score(
            "spearman",
            "Spearman correlation",
            True,
            "Rank correlation with people's similarities: 1 is the same order, 0 no relation.",
        ),
        Score("accuracy", "accuracy", True, "Share of rows whose class is predicted correctly."),
        Score(
            "macro_f1", "macro F1", True, "F1 (precision and recall in one): mean over classes, each counted equally."
        ),
        Score("log_loss", "log loss", False, "Cross-entropy: mean of -log(predicted probability of the true class)."),
        Score("rmse", "RMSE", False, "Root mean squared error: large errors count more than in the MAE."),
        Score("mae", "MAE", False, "Mean absolute error: mean distance between prediction and true value."),
        Score(
            "r2",
            "R²",
            True,
            "Share of the variance explained: 1 is perfect, 0 is as good as always predicting the mean.",
        ),
        Score(
            "ndcg@10",
            "NDCG@10",
            True,
            "Normalised discounted cumulative gain: how high relevant items rank in the top 10; 1 is perfect.",
        ),
        Score("recall@10", "recall@10", True, "Share of a user's relevant items that are in the top 10."),
        Score("mrr", "MRR", True, "Mean reciprocal rank of a user's first relevant item: 1 if it always ranks first."),
    )
}


def readable(name: str) -> str:
    """Return the title of a score; for one that is not listed its name in words."""
    return SCORES[name].title if name in SCORES else name.replace("_", " ")


def gloss(name: str) -> str | None:
    """Return the meaning of a score in a sentence; None for one that is not listed."""
    return SCORES[name].gloss if name in SCORES else None


@dataclass(frozen=True)
class BaselineScore:
    """Scores of a baseline.

    Attributes
    ----------
    name, note
        Its name, and its method in a sentence.
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
