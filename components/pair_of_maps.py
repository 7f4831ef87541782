"""Two maps side by side on which one looks at the same labels: the space here and the one beside it."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

import numpy as np
import streamlit as st

from components.looking import Looking
from components.map_columns import CLUSTER, colour_codes
from components.map_selection import selection_frame, told_by_regions
from components.map_view import MapData, map_view
from components.nouns import noun_of
from components.tables import csv_button
from embedviz.core.errors import UnknownLabelError
from embedviz.jobs.maps import Map
from embedviz.jobs.pair import OVERLAP, Pair
from embedviz.space import EmbeddingSpace
from embedviz.store.open_spaces import open_finished_map

NEAREST = 10


def pair_of_maps(pair: Pair, looking: Looking, beside: EmbeddingSpace) -> None:
    """Both maps, and what is selected on either. beside: the space that the second map is of."""
    column = st.segmented_control(
        "Colour by",
        [CLUSTER, OVERLAP],
        format_func={CLUSTER: "groups here", OVERLAP: "neighbours shared"}.get,
        default=CLUSTER,
        required=True,
        key="pair-colour",
        persist_state="session",
    )
    maps = [open_finished_map(looking.run, found.id) for found in (pair, pair.beside)]
    for place, title, shown, space in zip(st.columns(2), ("Here", "There"), maps, (looking.space, beside), strict=True):
        with place:
            st.caption(title)
            _side(shown, looking, space, column, pair.id)
    many = noun_of(looking.space).many
    st.caption(
        f"The same {len(maps[0].points):,} {many} on both, the second map laid out from the first and turned onto it. Hover, "
        "click and select on either; lines go to the nearest in that space."
    )
    if len(looking.selected):
        frame = selection_frame(looking.space, maps[0], looking.selected)
        frame["x there"], frame["y there"] = maps[1].coords[np.isin(maps[1].points, looking.selected)].T
        st.text(f"{len(frame):,} selected")
        st.dataframe(frame, hide_index=True, height=240, key=f"pair-selected-{pair.id}")
        csv_button(frame, "selection.csv", "download-pair-selection")


def _side(shown: Map, looking: Looking, space: EmbeddingSpace, column: str, link: str) -> None:
    points = np.asarray(shown.points)
    place_of = {row: place for place, row in enumerate(points.tolist())}
    focus = place_of.get(looking.focus)
    colours = colour_codes(shown, looking.space, column)
    base = f"embedviz/maps/{looking.run.id}/{shown.id}"
    told = not len(looking.selected) or told_by_regions(looking.drawn, shown.id)
    map_view(
        MapData(
            points_url=f"{base}/points",
            n=len(points),
            labels_url=f"{base}/labels",
            colours_url=f"{base}/colours/{quote(column, safe='')}",
            colour_kind=colours.kind,
            legend=colours.legend,
            colour=column,
            focus=focus,
            focus_serial=looking.flights,
            links=_links(looking, space, focus, place_of),
            dim=focus is not None,
            regions=[part.region for part in looking.drawn if part.map_id == shown.id],
            regions_serial=looking.seen.get("regions", 0),
            selected=None if told else np.isin(points, looking.selected),
            link=link,
        ),
        key=f"pair-{shown.id}",
        height=460,
        on_event=lambda event: looking.happened(event, shown),
    )


def _links(looking: Looking, space: EmbeddingSpace, focus: int | None, place_of: dict[int, int]) -> Sequence[int]:
    """Where the focus's nearest in this space are on the map, as far as they are on it."""
    if focus is None:
        return ()
    try:
        near = space.neighbors(looking.space.labels[looking.focus], NEAREST)["label"]
    except UnknownLabelError:
        return ()
    rows = [looking.space.index(label) for label in near if label in looking.space]
    return [place_of[row] for row in rows if row in place_of]
