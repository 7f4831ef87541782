"""Scores of a classifier, and the frames that its figures are drawn from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from embedviz.data.classes import class_numbers
from embedviz.data.part_names import PartName
from embedviz.data.splits import Split

MAX_CLASS_RATIO = 10  # of the largest class to the smallest; past it there is a warning


def imbalance_warning(sizes: Sequence[tuple[str, int]], unit: str) -> str:
    """Return a warning when classes are imbalanced, else an empty text.

    Parameters
    ----------
    sizes
        Each class with its number of examples, the largest first.
    unit
        Plural noun for the examples: "texts", "rows".
    """
    if not sizes or sizes[0][1] <= MAX_CLASS_RATIO * sizes[-1][1]:
        return ""
    (largest, most), (smallest, least) = sizes[0], sizes[-1]
    return (
        f"The classes are imbalanced: “{smallest}” has {least:,} {unit}, “{largest}” {most:,}. Look at macro F1 beside "
        f"accuracy."
    )


def class_scores(probabilities: np.ndarray, codes: np.ndarray, numbers: np.ndarray | None = None) -> dict[str, float]:
    """Score a classifier.

    Parameters
    ----------
    probabilities
        (N, C).
    codes
        (N,) int true classes.
    numbers
        (C,) the classes of an ordered scale, as `class_numbers` reads them.

    Returns
    -------
    dict
        accuracy, macro_f1 (mean over the classes that occur) and log_loss (nats); with `numbers` also mae, the mean
        distance between the predicted and the true class. The class predicted is the most probable one, which makes the
        expected accuracy greatest. The expected absolute error is smallest for the median of the probabilities, so a model
        that is not sure may be beaten in it by one that always stays in the middle of the scale.
    """
    n_classes = probabilities.shape[1]
    predicted = probabilities.argmax(1)
    hits = np.bincount(codes[predicted == codes], minlength=n_classes)
    sizes = np.bincount(codes, minlength=n_classes) + np.bincount(predicted, minlength=n_classes)
    present = np.bincount(codes, minlength=n_classes) > 0
    f1 = 2 * hits[present] / sizes[present]
    given = probabilities[np.arange(len(codes)), codes].astype(np.float64)
    scores = {
        "accuracy": float((predicted == codes).mean()),
        "macro_f1": float(f1.mean()),
        "log_loss": float(-np.log(np.maximum(given, 1e-12)).mean()),
    }
    if numbers is not None:
        scores["mae"] = float(np.abs(numbers[predicted] - numbers[codes]).mean())
    return scores


def majority_scores(training: np.ndarray, codes: np.ndarray, numbers: np.ndarray | None = None) -> dict[str, float]:
    """Return the accuracy on codes (N,) of always predicting the most frequent class of the training codes, and its mae
    where the classes are `numbers`."""
    majority = np.bincount(training).argmax()
    scores = {"accuracy": float((codes == majority).mean())}
    if numbers is not None:
        scores["mae"] = float(np.abs(numbers[majority] - numbers[codes]).mean())
    return scores


def ordered_detail(names: Sequence[str]) -> str:
    """Return the range of ordered classes for a protocol, "1 to 5"; empty where the classes are no numbers."""
    numbers = class_numbers(names)
    return "" if numbers is None else f"{names[int(numbers.argmin())]} to {names[int(numbers.argmax())]}"


def confusion(probabilities: np.ndarray, codes: np.ndarray, names: list[str]) -> pd.DataFrame:
    """Return the confusion matrix as a frame with a row for each pair of classes: true, predicted, rows."""
    n = len(names)
    table = np.bincount(codes * n + probabilities.argmax(1), minlength=n * n)
    true, predicted = np.divmod(np.arange(n * n), n)
    labels = np.array(names, dtype=object)
    return pd.DataFrame({"true": labels[true], "predicted": labels[predicted], "rows": table})


def calibration(probabilities: np.ndarray, codes: np.ndarray, bins: int = 10) -> pd.DataFrame:
    """Return the calibration curve: mean confidence, accuracy and rows of each bin.

    Bins hold equally many rows, as in Nguyen and O'Connor 2015, "Posterior calibration and exploratory analysis"
    (EMNLP), section 3.
    """
    confidence = probabilities.max(1)
    is_correct = probabilities.argmax(1) == codes
    groups = [group for group in np.array_split(np.argsort(confidence, kind="stable"), bins) if len(group)]
    return pd.DataFrame(
        {
            "confidence": [float(confidence[group].mean()) for group in groups],
            "accuracy": [float(is_correct[group].mean()) for group in groups],
            "rows": [len(group) for group in groups],
        }
    )


def evaluate_classes(
    predictions: Mapping[PartName, np.ndarray], codes: np.ndarray, split: Split, names: list[str]
) -> tuple[dict[str, float], dict[str, pd.DataFrame]]:
    """Measure the predictions of a classifier, beside always predicting the majority class.

    Parameters
    ----------
    predictions
        Part ("validation", "test") -> probabilities (n, C) of its rows; parts without rows are left out.
    codes
        (N,) int, the true class of every row.
    split
        Of the N rows.
    names
        (C) of the classes.

    Returns
    -------
    metrics, frames
        "test/accuracy" and so on, with "mae" where the classes are numbers; "baseline/accuracy" (and "baseline/mae") on the
        measured part; and the frames "confusion" and "calibration" of
        the measured part.
    """
    metrics: dict[str, float] = {}
    numbers = class_numbers(names)
    for part, probabilities in predictions.items():
        rows = split.part(part)
        if len(rows):
            scores = class_scores(probabilities, codes[rows], numbers)
            metrics |= {f"{part}/{name}": score for name, score in scores.items()}
    measured = split.part(split.measured)
    trivial = majority_scores(codes[split.train], codes[measured], numbers)
    metrics |= {f"baseline/{name}": score for name, score in trivial.items()}
    found = predictions[split.measured]
    frames = {
        "confusion": confusion(found, codes[measured], names),
        "calibration": calibration(found, codes[measured]),
    }
    return metrics, frames
