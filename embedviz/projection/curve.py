"""The shape of UMAP's attraction on the map, from min_dist and spread."""

from __future__ import annotations

from functools import lru_cache

import numpy as np


@lru_cache(maxsize=64)
def curve(min_dist: float, spread: float) -> tuple[float, float]:
    """Fit a and b so that 1 / (1 + a x^(2b)) comes nearest to 1 up to min_dist and exp(-(x - min_dist) / spread) beyond.

    McInnes, Healy and Melville 2018, section 4.3. Least squares over 300 points up to 3 * spread, as umap-learn asks of scipy, by damped Gauss-Newton steps
    (Levenberg and Marquardt): importing scipy's optimiser takes longer than a small map.
    """
    x = np.linspace(0, 3 * spread, 300)[1:]  # at 0 every curve is 1
    wanted = np.where(x < min_dist, 1.0, np.exp(-(x - min_dist) / spread))
    log_x = np.log(x)

    def fitted(p: np.ndarray) -> np.ndarray:  # p: log a, log b, so that both stay positive
        return 1 / (1 + np.exp(np.clip(p[0] + 2 * np.exp(p[1]) * log_x, -700, 700)))

    p, damping = np.array([-2 * np.log(spread), 0.0]), 1e-3
    error = ((fitted(p) - wanted) ** 2).sum()
    for _ in range(200):
        y = fitted(p)
        slope = -y * (1 - y)
        jacobian = np.stack([slope, slope * 2 * np.exp(p[1]) * log_x], axis=1)
        products = jacobian.T @ jacobian
        step = np.linalg.solve(products + damping * np.diag(np.diag(products)), jacobian.T @ (wanted - y))
        moved = p + np.clip(step, -1, 1)
        moved_error = ((fitted(moved) - wanted) ** 2).sum()
        if moved_error < error:
            p, error, damping = moved, moved_error, damping / 3
            if np.abs(step).max() < 1e-9:
                break
        else:
            damping *= 4
            if damping > 1e12:
                break
    return float(np.exp(p[0])), float(np.exp(p[1]))
