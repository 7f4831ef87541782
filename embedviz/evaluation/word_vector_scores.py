"""Scores of word vectors on a set of questions, with the coverage and what a random space gets."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Literal

import pandas as pd

SetKind = Literal["similarity", "analogies", "outliers"]
KNOWN, COMPOSED, UNKNOWN = "known", "composed", "unknown word"  # values of the column "status"
WITH_COMPOSED = "_with_composed"  # ending of a metric over the questions with composed vectors too


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
class WordVectorScores:
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
