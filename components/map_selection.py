"""What was drawn on maps to select points, as rows of the space and as a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from components.map_columns import colour_codes
from embedviz.projection.map_folder import Map
from embedviz.projection.packing import extent_of
from embedviz.projection.region import points_inside
from embedviz.space import EmbeddingSpace


@dataclass(frozen=True)
class Drawn:
    """A region, as a MapEvent has it, with the id of the map it was drawn on."""

    map_id: str
    region: dict[str, Any]


def rows_selected(space: EmbeddingSpace, drawn: Sequence[Drawn], open_map: Callable[[str], Map]) -> np.ndarray:
    """The rows of the space that the regions select, one after the other: sorted (n,) int64."""
    chosen = np.zeros(len(space), bool)
    for part in drawn:
        shown, region = open_map(part.map_id), part.region
        inside = points_inside(shown.coords, extent_of(shown.coords).to_data(np.array(region["polygon"])))
        without = region.get("without")
        if without and (colours := colour_codes(shown, space, without["column"])):
            inside &= ~np.isin(colours.codes, without["codes"])
        if region["mode"] == "new":
            chosen[:] = False
        chosen[np.asarray(shown.points)[inside]] = region["mode"] != "remove"
    return np.flatnonzero(chosen)


def told_by_regions(drawn: Sequence[Drawn], map_id: str) -> bool:
    """Whether the regions alone tell the browser which points of this map are selected."""
    return all(part.map_id == map_id and "without" not in part.region for part in drawn)


def selection_frame(space: EmbeddingSpace, shown: Map, rows: np.ndarray) -> pd.DataFrame:
    """The rows that this map shows: label, coordinates, the space's columns, the group."""
    points = np.asarray(shown.points)
    places = np.flatnonzero(np.isin(points, rows))
    chosen = points[places]
    frame = pd.DataFrame(shown.coords[places], columns=list("xyz")[: shown.coords.shape[1]])
    frame.insert(0, "label", [space.labels[row] for row in chosen])
    frame = pd.concat([frame, space.columns.iloc[chosen].reset_index(drop=True)], axis=1)
    if shown.clusters is not None:
        frame["cluster"] = shown.clusters.iloc[places].astype(str).to_numpy()
    return frame
