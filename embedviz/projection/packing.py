"""Points as the map's front end takes them: x and y as 16-bit integers on one scale."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

MAX_VALUE = 65_535
MARGIN = 0.02  # of the side, left free around the points


@dataclass(frozen=True)
class Extent:
    """The square of the map that the packed numbers span: its lower left corner x, y and its side, in map units."""

    x: float
    y: float
    side: float

    def to_data(self, unit: np.ndarray) -> np.ndarray:
        """Return points of the unit square (P, 2) in map units (P, 2)."""
        return np.asarray(unit, np.float64) * self.side + [self.x, self.y]


def extent_of(coords: np.ndarray) -> Extent:
    """Return the smallest square around coords (N, 2), with a margin; its side is 1 for one place or no points."""
    if not len(coords):
        return Extent(0.0, 0.0, 1.0)
    # column by column: along the first axis of so narrow an array NumPy takes forty times as long
    low = np.array([column.min() for column in coords.T], float)
    high = np.array([column.max() for column in coords.T], float)
    side = float((high - low).max()) * (1 + 2 * MARGIN) or 1.0
    corner = (low + high) / 2 - side / 2
    return Extent(float(corner[0]), float(corner[1]), side)


def pack_points(coords: np.ndarray) -> bytes:
    """Pack coords (N, 2) as N pairs x, y of uint16, little endian, in the extent's square: 4 bytes a point."""
    extent = extent_of(coords)
    scaled = np.subtract(coords, [extent.x, extent.y])
    scaled *= MAX_VALUE / extent.side
    np.rint(scaled, out=scaled)
    np.clip(scaled, 0, MAX_VALUE, out=scaled)
    return scaled.astype("<u2").tobytes()
