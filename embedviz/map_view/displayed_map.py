"""A finished map, whether it lies in a folder or was made in this process."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import numpy as np
import pandas as pd

from embedviz.projection.settings import ProjectionSettings


class DisplayedMap(Protocol):
    """The part of a map that is needed to show it. Letters: N points."""

    @property
    def coords(self) -> np.ndarray:
        """(N, 2 or 3) float32."""
        ...

    @property
    def points(self) -> np.ndarray:
        """(N,) int64: row of the space that each point is."""
        ...

    @property
    def settings(self) -> ProjectionSettings:
        """The settings it was drawn by."""
        ...

    @property
    def quality(self) -> dict[str, float]:
        """Scores of embedviz.projection.fidelity; empty until measured."""
        ...

    @property
    def clusters(self) -> pd.Series | None:
        """Name of each point's cluster, (N,) categorical; None until clusters were found."""
        ...

    @property
    def columns(self) -> pd.DataFrame:
        """Columns that the points have on this map alone, N rows; often none."""
        ...

    @property
    def kept(self) -> pd.Series | None:
        """Share of each point's nearest neighbors that the map kept, (N,) float; None until it was measured."""
        ...


@runtime_checkable
class FindsClusters(Protocol):
    """A map that finds its clusters when it is asked."""

    def find_clusters(self) -> pd.Series:
        """Return the name of each point's cluster, (N,) categorical; from then on `clusters` holds them."""
        ...
