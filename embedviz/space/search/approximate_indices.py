"""The approximate indices of a space that is kept on disk, one for each metric, mapped when they are first asked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from embedviz.core.errors import SettingsError
from embedviz.core.progress import Progress
from embedviz.space.metrics import Metric
from embedviz.space.search.faiss_index import (
    MIN_INDEXED,
    FaissIndex,
    IndexReport,
    build_index,
    index_path,
    open_index,
)
from embedviz.space.search.in_parts import ExactIndex


class ApproximateIndices:
    """Builds indices and finds them again.

    Parameters
    ----------
    vectors : np.ndarray
        (N, D) float32.
    exact : callable
        Returns the exact search by a metric.
    stored_at : Path or None
        The path of the space's files without their endings; None for a space in memory.
    """

    def __init__(self, vectors: np.ndarray, exact: Callable[[Metric], ExactIndex], stored_at: Path | None):
        self._vectors, self._exact, self._stored_at = vectors, exact, stored_at
        self._opened: dict[Metric, FaissIndex] = {}

    def build(self, metric: Metric, on_progress: Callable[[Progress], object]) -> IndexReport:
        """Build the index for a metric; SettingsError where the space is too small, in memory, or faiss is missing."""
        n = len(self._vectors)
        if n < MIN_INDEXED or self._stored_at is None:
            raise SettingsError(
                f"An approximate index is for a space of {MIN_INDEXED:,} labels or more that is kept on disk. This one has {n:,}"
                f"{' and is in memory' if self._stored_at is None else ''}: ask it for exact neighbours."
            )
        path = index_path(self._stored_at, metric)
        self._opened[metric] = build_index(self._vectors, metric, self._exact(metric), path, on_progress)
        return self._opened[metric].report

    def find(self, metric: Metric) -> FaissIndex | None:
        """Return the index for a metric; None for a space so small that the exact search is as quick.

        Raises
        ------
        SettingsError
            When there is none of these vectors, or faiss is not installed.
        """
        if len(self._vectors) < MIN_INDEXED:
            return None
        if metric not in self._opened and self._stored_at is not None:
            found = open_index(self._vectors, metric, self._exact(metric), index_path(self._stored_at, metric))
            if found is not None:
                self._opened[metric] = found
        if metric not in self._opened:
            raise SettingsError(
                f"This space has no approximate index for the metric {metric}. Build it once with "
                f'space.build_index("{metric}"), or ask for exact neighbours.'
            )
        return self._opened[metric]
