"""Errors of predicted numbers, in one figure and by bins."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from embedviz.data.part_names import PartName
from embedviz.data.splits import Split


def error_scores(predicted: np.ndarray, actual: np.ndarray) -> dict[str, float]:
    """Return rmse and mae in the target's unit, and r2 (1 is perfect, 0 is the mean of these values); both (N,)."""
    error = np.asarray(predicted, np.float64) - actual
    spread = float(((actual - np.mean(actual, dtype=np.float64)) ** 2).sum())
    return {
        "rmse": float(np.sqrt((error**2).mean())),
        "mae": float(np.abs(error).mean()),
        "r2": 1 - float((error**2).sum()) / spread if spread else 0.0,
    }


def errors_by_bin(name: str, bins: np.ndarray, predicted: np.ndarray, actual: np.ndarray) -> pd.DataFrame:
    """Return the errors in each bin.

    Parameters
    ----------
    name
        Of the column of bins.
    bins
        (N,) the number that stands for each row's bin.
    predicted, actual
        (N,) numbers.

    Returns
    -------
    pandas.DataFrame
        A row a bin, in ascending order: its number, mean estimate, rmse, mae, rows.
    """
    error = np.asarray(predicted, np.float64) - actual
    rows = pd.DataFrame({name: bins, "mean estimate": predicted, "rmse": error**2, "mae": np.abs(error), "rows": 1})
    frame = rows.groupby(name, as_index=False).agg(
        {"mean estimate": "mean", "rmse": "mean", "mae": "mean", "rows": "sum"}
    )
    return frame.assign(rmse=np.sqrt(frame["rmse"]))


def errors_by_size(predicted: np.ndarray, actual: np.ndarray, groups: int = 10) -> pd.DataFrame:
    """Return the errors of groups of rows by their true number, (N,) each: low, high (the group's range), mae, bias (mean of
    predicted - true) and rows."""
    parts = [rows for rows in np.array_split(np.argsort(actual, kind="stable"), groups) if len(rows)]
    error = predicted - actual
    return pd.DataFrame(
        {
            "low": [float(actual[rows].min()) for rows in parts],
            "high": [float(actual[rows].max()) for rows in parts],
            "mae": [float(np.abs(error[rows]).mean()) for rows in parts],
            "bias": [float(error[rows].mean()) for rows in parts],
            "rows": [len(rows) for rows in parts],
        }
    )


def evaluate_numbers(
    predictions: Mapping[PartName, np.ndarray], targets: np.ndarray, split: Split
) -> tuple[dict[str, float], dict[str, pd.DataFrame]]:
    """Measure predicted numbers, beside always predicting the training set's mean.

    Parameters
    ----------
    predictions
        Part ("validation", "test") -> numbers (n,) of its rows; parts without rows are left out.
    targets
        (N,) the true number of every row.
    split
        Of the N rows.

    Returns
    -------
    metrics, frames
        "test/rmse" and so on, "baseline/rmse" on the measured part, and the frame "errors" of the measured part.
    """
    metrics: dict[str, float] = {}
    for part, found in predictions.items():
        rows = split.part(part)
        if len(rows):
            metrics |= {f"{part}/{name}": score for name, score in error_scores(found, targets[rows]).items()}
    actual = targets[split.part(split.measured)]
    mean = np.full(len(actual), targets[split.train].mean())
    metrics["baseline/rmse"] = error_scores(mean, actual)["rmse"]
    return metrics, {"errors": errors_by_size(predictions[split.measured], actual)}
