"""Spaces of examples: the texts or rows that a model learned from or was measured on, as points with what is known of each.

What a model predicts of an example of its test set is as honest as its scores: it never saw the answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from embedviz.data.part_names import PART_NAMES
from embedviz.data.splits import Split
from embedviz.text.sampled_texts import MAX_TEXT_CHARACTERS

TEXT_SPACE, ROW_SPACE = "text", "row"  # names of the spaces
ROW = "row"  # the column with the number of an example's row in the data, from 1, by which rows are filtered
PART = "part"
TARGET, PREDICTION, CONFIDENCE, ERROR = "target", "prediction", "confidence", "error"
OUTCOME, RIGHT, WRONG = "right or wrong", "right", "wrong"
PARTS = dict(zip(PART_NAMES, ("training", "validation", "test"), strict=True))  # as the column PART names them
MAX_EXAMPLES = 20_000
MAX_NUMBERS = 25_000_000  # in the vectors of a space, which are 100 MB then
MAX_LABEL_CHARACTERS = 60
FORWARD_SHARE = 1 / 3  # of the work for an example in training, where its loss is differentiated too
VECTOR_BYTES = 12  # for a number of a vector: as it is computed, in the space, and as it is written


def draw_examples(n: int, dim: int, seed: int) -> np.ndarray:
    """Draw which of n examples a space of `dim` dimensions shows: all where there is room, else evenly, in their order."""
    size = min(MAX_EXAMPLES, max(1, MAX_NUMBERS // max(1, dim)))
    if n <= size:
        return np.arange(n)
    return np.sort(np.random.default_rng(seed).choice(n, size, replace=False))


def example_share(n: int) -> float:
    """Return the share of n examples that a space shows, for an estimate of its cost."""
    return min(1.0, MAX_EXAMPLES / max(1, n))


def drawn_notes(drawn: int, n: int, unit: str, seed: int) -> list[str]:
    """Return a sentence where a space shows some of n examples alone; unit: "texts", "rows"."""
    return [f"{drawn:,} of the {n:,} {unit}, drawn evenly with the seed {seed}."] if drawn < n else []


def part_names(split: Split, examples: np.ndarray) -> np.ndarray:
    """Return the part of each example as the column PART names it: (N,) int -> (N,) object."""
    return np.array([*PARTS.values(), "unused"], dtype=object)[split.parts[examples]]


def class_outcomes(probabilities: np.ndarray, codes: np.ndarray, classes: Sequence[str]) -> dict[str, np.ndarray]:
    """Return the columns target, prediction, confidence and right or wrong: (N, C) probabilities, (N,) true classes."""
    best, names = probabilities.argmax(1), np.array(classes, dtype=object)
    return {
        TARGET: names[codes],
        PREDICTION: names[best],
        CONFIDENCE: probabilities.max(1).astype(np.float32),
        OUTCOME: np.where(best == codes, RIGHT, WRONG).astype(object),
    }


def number_outcomes(predictions: np.ndarray, targets: np.ndarray) -> dict[str, np.ndarray]:
    """Return the columns target, prediction and error, the prediction less the target: (N,) each."""
    return {TARGET: targets, PREDICTION: predictions, ERROR: predictions - targets}


def short_texts(texts: Sequence[str]) -> list[str]:
    """Return texts as the column TEXT holds them, cut where they are very long."""
    return [f"{text[:MAX_TEXT_CHARACTERS]}…" if len(text) > MAX_TEXT_CHARACTERS else text for text in texts]


def text_labels(texts: Sequence[str], numbers: Sequence[int], noun: str) -> list[str]:
    """Return the beginning of each text as its label; those that begin alike end with the noun and their number."""
    beginnings = [beginning(text) for text in texts]
    frequency = Counter(beginnings)
    labels: dict[str, None] = {}
    for label, number in zip(beginnings, numbers, strict=True):
        if not label:
            label = f"{noun} {number}"
        elif frequency[label] > 1:
            label = f"{label} ({noun} {number})"
        while label in labels:  # another text begins with this very label
            label = f"{label} ({noun} {number})"
        labels[label] = None
    return list(labels)


def beginning(text: str) -> str:
    """Return the beginning of a text on one line, cut between words where that is possible."""
    line = " ".join(text[: 4 * MAX_LABEL_CHARACTERS].split())
    if len(line) <= MAX_LABEL_CHARACTERS:
        return line
    cut = line[:MAX_LABEL_CHARACTERS]
    return f"{cut[: cut.rfind(' ')] if ' ' in cut[MAX_LABEL_CHARACTERS // 2 :] else cut}…"
