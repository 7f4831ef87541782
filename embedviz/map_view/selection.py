"""The selection on maps: from the regions that were drawn to rows of the space and a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

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
    space: EmbeddingSpace, regions: Sequence[DrawnRegion], open_map: Callable[[str], DisplayedMap]
) -> np.ndarray:
    """Return the rows of the space that the regions select, one after the other: sorted (n,) int64."""
    mask = np.zeros(len(space), bool)
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
