"""What a person looks at on a run's map: the settings it was drawn with, the word in focus, the search, the selection."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import streamlit as st

from components import session
from components.map_view import MapEvent
from embedviz.errors import SettingsError
from embedviz.projection.packing import extent_of
from embedviz.projection.region import points_inside
from embedviz.projection.settings import ProjectionSettings
from embedviz.runs.maps import Map, map_of
from embedviz.runs.run import Run
from embedviz.space import EmbeddingSpace


@dataclass
class Looking:
    """Kept for the visitor, one for each run. Rows are rows of the space, so that they mean the same on every map of it.

    flights: raised to fly to the focus once more. region: as drawn, on the map named by region_of.
    """

    settings: dict[str, Any] | None = None
    submitted: str = ""
    focus: int | None = None
    flights: int = 0
    searched: str = ""
    click_seen: int = 0
    region_seen: int = 0
    region: dict[str, Any] | None = None
    region_of: str = ""
    selected: np.ndarray = field(default_factory=lambda: np.array([], np.int64))

    @classmethod
    def at(cls, run: Run, space: EmbeddingSpace) -> Looking:
        """What this visitor looks at on the maps of the run's space."""
        return st.session_state.setdefault(f"looking-{run.id}-{space.name}", cls())

    def fly_to(self, row: int | None) -> None:
        self.focus, self.flights = row, self.flights + 1

    def happened(self, event: MapEvent, shown: Map) -> None:
        """Takes over what was done on the map `shown`."""
        if event.click_serial > self.click_seen:
            self.click_seen = event.click_serial
            self.focus = None if event.click is None else int(shown.points[event.click])
        if event.region_serial > self.region_seen:
            self.region_seen = event.region_serial
            self.region, self.region_of = event.region, shown.id
            self.selected = np.array([], np.int64)
            if event.region:
                corners = extent_of(shown.coords).to_data(np.array(event.region["polygon"]))
                self.selected = np.asarray(shown.points)[points_inside(shown.coords, corners)]

    def search(self, typed: str, hits: list[int]) -> None:
        """Flies to the first hit when something new was typed."""
        if typed != self.searched:
            self.searched = typed
            if hits:
                self.fly_to(hits[0])


def wanted_map(run: Run, space: EmbeddingSpace, looking: Looking) -> Map:
    """The map asked for, under way or done; handed to a worker once when it is new or was interrupted."""
    found = map_of(run, space.name, ProjectionSettings.of(**looking.settings))
    if found.state.is_final and found.status != "done" and looking.submitted != found.id:
        looking.submitted = found.id
        session.supervisor().submit(found)
    return found


def hits_of(space: EmbeddingSpace, points: np.ndarray, typed: str) -> list[int]:
    """Rows of the map's words that hold what was typed: the word itself first, then those that begin with it. Between
    slashes it is a regular expression, as in /^king.*s$/, and rows come in the map's order. SettingsError when it is
    none."""
    text = typed.strip().casefold()
    if not text:
        return []
    if len(text) > 2 and text[0] == text[-1] == "/":
        return _matching(space, points, typed.strip()[1:-1])
    found = [(space.labels[row].casefold(), row) for row in points.tolist()]
    hits = [(label != text, not label.startswith(text), row) for label, row in found if text in label]
    return [row for *_, row in sorted(hits, key=lambda hit: hit[:2])]


def _matching(space: EmbeddingSpace, points: np.ndarray, pattern: str) -> list[int]:
    """By RE2, which takes no longer than the text is long, whatever the expression."""
    labels = pa.array([space.labels[row] for row in points.tolist()])
    try:
        hits = pc.match_substring_regex(labels, pattern, ignore_case=True)
    except pa.ArrowInvalid as error:
        reason = str(error).partition("regular expression: ")[2] or str(error)
        raise SettingsError(f"/{pattern}/ is not a regular expression: {reason}.") from error
    return points[np.asarray(hits)].tolist()


def selection_frame(space: EmbeddingSpace, shown: Map, rows: np.ndarray) -> pd.DataFrame:
    """The selected rows that this map shows: label, coordinates, the space's columns, the group."""
    points = np.asarray(shown.points)
    places = np.flatnonzero(np.isin(points, rows))
    chosen = points[places]
    frame = pd.DataFrame(shown.coords[places], columns=list("xyz")[: shown.coords.shape[1]])
    frame.insert(0, "label", [space.labels[row] for row in chosen])
    frame = pd.concat([frame, space.columns.iloc[chosen].reset_index(drop=True)], axis=1)
    if shown.clusters is not None:
        frame["cluster"] = shown.clusters.iloc[places].astype(str).to_numpy()
    return frame
