"""Points as the map's front end takes them: two whole numbers of 16 bits a point, x and y to one scale."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

FULL = 65_535
MARGIN = 0.02  # of the side, left free around the points


@dataclass(frozen=True)
class Extent:
    """The square of the map that the packed numbers span: its lower left corner and its side, in map units."""

    x: float
    y: float
    side: float

    def to_data(self, unit: np.ndarray) -> np.ndarray:
        """Points given in the unit square (P, 2) in map units (P, 2)."""
        return np.asarray(unit, np.float64) * self.side + [self.x, self.y]


def extent_of(coords: np.ndarray) -> Extent:
    """The smallest square around coords (N, 2), with a margin; a side of 1 when all points are one, or none."""
    if not len(coords):
        return Extent(0.0, 0.0, 1.0)
    low, high = coords.min(axis=0).astype(float), coords.max(axis=0).astype(float)
    side = float((high - low).max()) * (1 + 2 * MARGIN) or 1.0
    corner = (low + high) / 2 - side / 2
    return Extent(float(corner[0]), float(corner[1]), side)


def pack_points(coords: np.ndarray) -> bytes:
    """coords (N, 2) -> N pairs x, y of uint16, little endian, in the extent's square: 4 bytes a point."""
    extent = extent_of(coords)
    scaled = (coords - [extent.x, extent.y]) / extent.side * FULL
    return np.rint(scaled).clip(0, FULL).astype("<u2").tobytes()
