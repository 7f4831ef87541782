"""Scores of word vectors on a set of questions, with the coverage and what a random space gets."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Literal

import pandas as pd

from embedviz.core.display_table import DisplayTable, NotebookDisplay
from embedviz.core.plurals import counted

SetKind = Literal["similarity", "analogies", "outliers"]
KNOWN, COMPOSED, UNKNOWN = "known", "composed", "unknown word"  # values of the column "status"
WITH_COMPOSED = "_with_composed"  # ending of a metric over the questions with composed vectors too

_QUESTIONS = {
    "similarity": ("pair", "pairs"),
    "analogies": ("question", "questions"),
    "outliers": ("outlier", "outliers"),
}
_TITLES = {
    "spearman": "Spearman",
    "accuracy": "accuracy",
    "accuracy_3cosmul": "accuracy, 3CosMul",
    "mrr": "MRR",
    "mrr_3cosmul": "MRR, 3CosMul",
    "semantic_accuracy": "semantic accuracy",
    "syntactic_accuracy": "syntactic accuracy",
    "opp": "OPP",
}


@dataclass(frozen=True)
class Coverage:
    """How many questions of a set a space can answer.

    Attributes
    ----------
    asked, answered
        Questions in the set, and those of which every word is in the vocabulary: the scores are of these.
    composed
        Further questions that can be answered with vectors composed from character n-grams.
    unknown_words
        Different words of the set that are not in the vocabulary, composed ones included.
    examples
        The first of them.
    """

    asked: int
    answered: int
    composed: int
    unknown_words: int
    examples: tuple[str, ...] = ()

    @property
    def unanswered(self) -> int:
        """Questions that cannot be answered, because a word is unknown and has no composed vector."""
        return self.asked - self.answered - self.composed

    @property
    def share(self) -> float:
        """Share of the questions that are answered with words of the vocabulary alone."""
        return self.answered / self.asked if self.asked else 0.0


@dataclass(frozen=True, eq=False)
class WordVectorScores(NotebookDisplay):
    """Scores of one space on one set.

    Attributes
    ----------
    kind
        Of the set.
    name
        Of the set.
    metrics
        "spearman"; "accuracy", "accuracy_3cosmul", "mrr", "mrr_3cosmul", "semantic_accuracy", "syntactic_accuracy"; or
        "accuracy", "opp". Over the questions that are answered; those named "..._with_composed" over the composed ones too.
        One that cannot be measured is left out.
    primary_metric
        The one that counts.
    coverage
        How many questions the scores are of.
    interval
        95% percentile bootstrap interval of the primary metric; None where it was not asked for or too little is answered.
    random
        What a space of random vectors with the same shape and vocabulary gets by the same metrics.
    random_interval
        Where 95% of random spaces are by the primary metric, where that is measured and not exact.
    most_frequent
        The words that may answer an analogy; None for all.
    rows
        A row for each question: its words, what was expected, what the space says, and `status`: "known", "composed" or
        "unknown word".
    sections
        A row for each section of analogies or group of outliers; empty for similarities.
    """

    kind: SetKind
    name: str
    metrics: dict[str, float]
    primary_metric: str
    coverage: Coverage
    interval: tuple[float, float] | None
    random: dict[str, float]
    rows: pd.DataFrame
    random_interval: tuple[float, float] | None = None
    most_frequent: int | None = None
    sections: pd.DataFrame = field(default_factory=pd.DataFrame)

    greater_is_better: ClassVar[bool] = True

    @property
    def score(self) -> float | None:
        """The primary metric; None where too few questions could be answered."""
        return self.metrics.get(self.primary_metric)

    def _display_table(self) -> DisplayTable:
        return DisplayTable.of_frame(self.name, scores_frame(self), [coverage_sentence(self)])


def scores_frame(scores: WordVectorScores) -> pd.DataFrame:
    """Return a row for each metric: score, value, interval (low, high; of the primary one), random."""
    rows = [
        {
            "score": _title(name),
            "value": value,
            "95% from": scores.interval[0] if scores.interval and name == scores.primary_metric else None,
            "95% to": scores.interval[1] if scores.interval and name == scores.primary_metric else None,
            "random vectors": scores.random.get(name.removesuffix(WITH_COMPOSED)),
        }
        for name, value in scores.metrics.items()
    ]
    columns = ["score", "value", "95% from", "95% to", "random vectors"]
    return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns[1:], float))


def coverage_sentence(scores: WordVectorScores) -> str:
    """Return how many questions were asked and answered, and which words are unknown."""
    coverage, (one, many) = scores.coverage, _QUESTIONS[scores.kind]
    parts = [f"{coverage.answered:,} of {counted(coverage.asked, one, many)} answered ({coverage.share:.0%})"]
    if coverage.composed:
        parts.append(f"{coverage.composed:,} more with vectors composed from character n-grams, which are scored apart")
    if coverage.unanswered:
        parts.append(f"{coverage.unanswered:,} left out of the score")
    return f"{', '.join(parts)}.{_unknown(coverage)}"


def _unknown(coverage: Coverage) -> str:
    if not coverage.unknown_words:
        return ""
    end = "." if coverage.unknown_words <= len(coverage.examples) else ", …"
    words = counted(coverage.unknown_words, "word is", "words are")
    return f" {words} not in the vocabulary: {', '.join(coverage.examples)}{end}"


def _title(name: str) -> str:
    stem = name.removesuffix(WITH_COMPOSED)
    return _TITLES[stem] + (", composed words too" if stem != name else "")
