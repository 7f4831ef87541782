"""How well classes are told: scores, and the frames that its pictures are drawn from."""

from __future__ import annotations

import numpy as np
import pandas as pd


def class_scores(probabilities: np.ndarray, codes: np.ndarray) -> dict[str, float]:
    """accuracy, macro_f1 (mean over the classes that are there) and log_loss (nats), for probabilities (N, C) and the
    true classes (N,) int."""
    n_classes = probabilities.shape[1]
    predicted = probabilities.argmax(1)
    hits = np.bincount(codes[predicted == codes], minlength=n_classes)
    sizes = np.bincount(codes, minlength=n_classes) + np.bincount(predicted, minlength=n_classes)
    there = np.bincount(codes, minlength=n_classes) > 0
    f1 = 2 * hits[there] / sizes[there]
    given = probabilities[np.arange(len(codes)), codes].astype(np.float64)
    return {
        "accuracy": float((predicted == codes).mean()),
        "macro_f1": float(f1.mean()),
        "log_loss": float(-np.log(np.maximum(given, 1e-12)).mean()),
    }


def majority_accuracy(training: np.ndarray, codes: np.ndarray) -> float:
    """Accuracy on codes (N,) of always saying the training part's most frequent class."""
    return float((codes == np.bincount(training).argmax()).mean())


def confusion(probabilities: np.ndarray, codes: np.ndarray, names: list[str]) -> pd.DataFrame:
    """One row for each pair: true, predicted, rows."""
    n = len(names)
    table = np.bincount(codes * n + probabilities.argmax(1), minlength=n * n)
    true, predicted = np.divmod(np.arange(n * n), n)
    labels = np.array(names, dtype=object)
    return pd.DataFrame({"true": labels[true], "predicted": labels[predicted], "rows": table})


def calibration(probabilities: np.ndarray, codes: np.ndarray, bins: int = 10) -> pd.DataFrame:
    """Of the answers given with about this certainty, how many were right: certainty, right (shares) and rows a bin.

    Bins hold equally many rows, as in Nguyen and O'Connor 2015, "Posterior calibration and exploratory analysis"
    (EMNLP), section 3.
    """
    certainty = probabilities.max(1)
    right = probabilities.argmax(1) == codes
    groups = [group for group in np.array_split(np.argsort(certainty, kind="stable"), bins) if len(group)]
    return pd.DataFrame(
        {
            "certainty": [float(certainty[group].mean()) for group in groups],
            "right": [float(right[group].mean()) for group in groups],
            "rows": [len(group) for group in groups],
        }
    )
