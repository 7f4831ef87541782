"""Scores of predicted numbers."""

from __future__ import annotations

import numpy as np


def error_scores(predicted: np.ndarray, actual: np.ndarray) -> dict[str, float]:
    """Return rmse and mae in the target's unit, and r2 (1 is perfect, 0 is the mean of these values), for arrays (N,)."""
    error = np.asarray(predicted, np.float64) - actual
    spread = float(((actual - np.mean(actual, dtype=np.float64)) ** 2).sum())
    return {
        "rmse": float(np.sqrt((error**2).mean())),
        "mae": float(np.abs(error).mean()),
        "r2": 1 - float((error**2).sum()) / spread if spread else 0.0,
    }
