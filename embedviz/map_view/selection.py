"""The selection on maps: from the regions that were drawn to rows of the space and a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from embedviz.core.errors import SettingsError
from embedviz.map_view.columns import color_codes
from embedviz.map_view.displayed_map import DisplayedMap
from embedviz.map_view.exchange import Region
from embedviz.projection.packing import extent_of
from embedviz.projection.region import points_inside
from embedviz.space import EmbeddingSpace


@dataclass(frozen=True)
class DrawnRegion:
    """A region with the id of the map it was drawn on."""

    map_id: str
    region: Region


def select_rows(
    space: EmbeddingSpace,
    regions: Sequence[DrawnRegion],
    open_map: Callable[[str], DisplayedMap],
    before: np.ndarray | None = None,
) -> np.ndarray:
    """Return the rows of the space that the regions select, one after the other: sorted (n,) int64.

    Parameters
    ----------
    space : EmbeddingSpace
        The space of the maps.
    regions : sequence of DrawnRegion
        What was drawn.
    open_map : callable
        Id of a map -> the map.
    before : (len(space),) bool, optional
        What is selected already; by default nothing.
    """
    mask = np.zeros(len(space), bool) if before is None else before.copy()
    for drawn in regions:
        displayed, region = open_map(drawn.map_id), drawn.region
        inside = points_inside(displayed.coords, extent_of(displayed.coords).to_data(np.array(region["polygon"])))
        hidden = region.get("without")
        if hidden and (colors := color_codes(displayed, space, hidden["column"])):
            inside &= ~np.isin(colors.codes, hidden["codes"])
        if region["mode"] == "new":
            mask[:] = False
        mask[np.asarray(displayed.points)[inside]] = region["mode"] != "remove"
    return np.flatnonzero(mask)


def regions_suffice(regions: Sequence[DrawnRegion], map_id: str) -> bool:
    """Return True when the regions alone determine which points of this map are selected."""
    return all(drawn.map_id == map_id and "without" not in drawn.region for drawn in regions)


def selection_frame(space: EmbeddingSpace, displayed: DisplayedMap, rows: np.ndarray) -> pd.DataFrame:
    """Return those of the rows that the map shows: label, coordinates, the space's columns, the cluster."""
    points = np.asarray(displayed.points)
    places = np.flatnonzero(np.isin(points, rows))
    chosen = points[places]
    frame = pd.DataFrame(displayed.coords[places], columns=list("xyz")[: displayed.coords.shape[1]])
    frame.insert(0, "label", [space.labels[row] for row in chosen])
    frame = pd.concat([frame, space.columns.iloc[chosen].reset_index(drop=True)], axis=1)
    if displayed.clusters is not None:
        frame["cluster"] = displayed.clusters.iloc[places].astype(str).to_numpy()
    return frame


def row_mask(value: object, n: int) -> np.ndarray:
    """Return rows, or a mask of rows, as a mask (n,) bool. SettingsError for rows that are not there."""
    array = np.asarray(value)
    if array.dtype == bool and array.shape == (n,):
        return array.copy()
    if not array.size:
        return np.zeros(n, bool)
    if array.ndim != 1 or not np.issubdtype(array.dtype, np.integer) or array.min() < 0 or array.max() >= n:
        raise SettingsError(f"A selection is rows from 0 to {n - 1:,}, or {n:,} times True or False.")
    mask = np.zeros(n, bool)
    mask[array] = True
    return mask
