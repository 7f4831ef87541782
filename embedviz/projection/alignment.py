"""Aligning one layout with another: orthogonal Procrustes without scaling (Schönemann 1966, Psychometrika 31, p. 1)."""

from __future__ import annotations

import numpy as np

from embedviz.core.generators import map_yields
from embedviz.core.progress import Progress
from embedviz.projection.partial_layout import LayoutSteps, PartialLayout


def aligned(coords: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """Rotate, mirror and move a layout so that it lies nearest to another; distances stay what they are.

    Parameters
    ----------
    coords : np.ndarray
        (N, c).
    reference : np.ndarray
        (N, c), NaN for points that are not to be compared.

    Returns
    -------
    np.ndarray
        (N, c) float32, nearest in squared distance; coords themselves where fewer than two points can be compared.
    """
    known = np.isfinite(reference).all(axis=1)
    if known.sum() < 2:
        return coords
    x, y = coords[known].astype(np.float64), reference[known].astype(np.float64)
    left, _, right = np.linalg.svd((x - x.mean(axis=0)).T @ (y - y.mean(axis=0)))
    return ((coords - x.mean(axis=0)) @ (left @ right) + y.mean(axis=0)).astype(np.float32)


def align_steps(steps: LayoutSteps, reference: np.ndarray) -> LayoutSteps:
    """Align every layout that an engine yields, and its result, with the reference (N, c)."""

    def convert(step: Progress | PartialLayout) -> Progress | PartialLayout:
        return PartialLayout(aligned(step.coords, reference)) if isinstance(step, PartialLayout) else step

    coords = yield from map_yields(steps, convert)
    return aligned(coords, reference)
