"""Errors of predicted numbers, in one figure and by bins."""

from __future__ import annotations

import numpy as np
import pandas as pd


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
