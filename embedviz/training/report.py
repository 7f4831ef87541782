"""Evaluation of a trained model, as data: scores, frames for figures, and the protocol of their measurement."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field

import pandas as pd

from embedviz.core.progress import Progress
from embedviz.data.splits import Split, SplitMethod

Detail = bool | int | float | str


@dataclass(frozen=True)
class Protocol:
    """The way in which scores were measured; `embedviz.evaluation.score_sentences` puts it into words.

    Attributes
    ----------
    method
        Method by which the parts were drawn.
    seed
        Of the split.
    unit
        Unit of the split: "words", "texts", "ratings", "rows".
    sizes
        Examples in "train", "validation" and "test".
    fold
        (number from 0, folds), where a fold is the test set.
    details
        What else a reader has to know, by a name in snake case: sizes of the vocabulary, epochs, what was left out.
    column
        The column that gave the split; empty where it was drawn.
    """

    method: SplitMethod
    seed: int
    unit: str
    sizes: Mapping[str, int]
    fold: tuple[int, int] | None = None
    details: Mapping[str, Detail] = field(default_factory=dict)
    column: str = ""

    @classmethod
    def of(cls, split: Split, unit: str, **details: Detail) -> Protocol:
        """Return the protocol of a split."""
        fold = (split.fold.number, split.fold.of) if split.fold else None
        return cls(split.method, split.seed, unit, split.sizes, fold, {**split.details, **details}, split.column)


@dataclass(frozen=True)
class Evaluation:
    """Scores of a trained model.

    Attributes
    ----------
    primary_metric
        The score that counts, by its name in `embedviz.evaluation.scores.SCORES` (which says whether greater is better).
    metrics
        "test/accuracy" and so on: the part, then the score; "baseline/…" for the trivial baseline on the test set.
    frames
        Frames of the test set for the figures: "confusion", "calibration", "popularity", "errors", "groups",
        "ranking" (who was ranked, and what was left out); and "phrases", those that were joined in the text, with count and
        score.
    protocol
        Protocol of the measurement.
    """

    primary_metric: str
    metrics: dict[str, float]
    protocol: Protocol
    frames: dict[str, pd.DataFrame] = field(default_factory=dict)


@dataclass(frozen=True)
class Baseline:
    """Another way of predicting, to be trained on the same training set and measured on the same test set.

    Attributes
    ----------
    name, note
        What it is called, and what it does in a sentence.
    measure
        Trains and measures; returns metrics as those of an `Evaluation`.
    """

    name: str
    note: str
    measure: Callable[[], Generator[Progress, None, dict[str, float]]]
