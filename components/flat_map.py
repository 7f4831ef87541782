"""The flat map on its page: the bar above it, the point in focus beside it, the selection, the table and files below."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

import numpy as np
import pandas as pd
import streamlit as st

from components import offline_map, session, starting, tables
from components.error_boundary import error_boundary
from components.looking import Looking
from components.map_columns import ALIKE, RANK, colour_codes, colour_columns, size_columns
from components.map_search import hits_of
from components.map_selection import selection_frame, told_by_regions
from components.map_view import MapData, map_view
from components.nouns import noun_of
from embedviz.core.errors import EmbedvizError
from embedviz.jobs.maps import Map
from embedviz.space.metrics import METRICS
from embedviz.store.label_filter import can_narrow

MOST_HITS = 200
NEAREST = 12
TALL = 460  # pixels of a table beside or below the map


def flat(asked: Map, shown: Map, looking: Looking, frames: Sequence[str] = ()) -> None:
    """Draws the map `shown`, and while the one asked for is on its way lets its points move as they are computed.
    frames: what the moments are called that the map can be led back through."""
    space, points = looking.space, np.asarray(shown.points)
    forming = not asked.has_coords and not asked.state.is_final
    place_of = np.full(len(space), -1)
    place_of[points] = np.arange(len(points))
    bar = st.columns([2, 2, 3, 2], vertical_alignment="bottom")
    column = bar[0].selectbox("Colour by", colour_columns(space), key=looking.colour_key, persist_state="session")
    size = bar[1].selectbox("Size by", size_columns(space), key=looking.size_key, persist_state="session")
    with bar[2]:
        hits, said = _found(points, looking)
    colours = colour_codes(shown, space, column)
    bar[3].caption(said if colours else "This colour comes when the map is ready.")
    focus = looking.focus if looking.focus is not None and place_of[looking.focus] >= 0 else None
    picture, side = st.columns([9, 4])
    near = None
    with side, error_boundary():
        near = _beside(focus, looking)
    links = place_of[[space.index(label) for label in near["label"]]] if near is not None else np.array([], int)
    base = f"embedviz/maps/{looking.run.id}/{shown.id}"
    told = not len(looking.selected) or (told_by_regions(looking.drawn, shown.id) and not forming)
    with picture:
        map_view(
            MapData(
                points_url=f"{base}/points",
                n=len(points),
                labels_url=f"{base}/labels",
                colours_url=f"{base}/colours/{quote(column, safe='')}" if colours else None,
                colour_kind=colours.kind if colours else None,
                legend=colours.legend if colours else (),
                colour=column,
                sizes_url=None if size == ALIKE else f"{base}/sizes/{quote(size, safe='')}",
                highlight=place_of[hits[:MOST_HITS]] if hits else (),
                focus=place_of[focus] if focus is not None else None,
                focus_serial=looking.flights,
                links=links[links >= 0],
                dim=focus is not None,
                regions=[] if forming else [part.region for part in looking.drawn if part.map_id == shown.id],
                regions_serial=looking.seen.get("regions", 0),
                selected=None if told else np.isin(points, looking.selected),
                frames_url=f"{base}/frames" if frames else None,
                frames=frames,
                forming_url=f"embedviz/maps/{looking.run.id}/{asked.id}/forming" if forming else None,
                view=looking.view_wanted,
                view_serial=looking.view_serial,
                can_undo=bool(looking.past),
                can_redo=bool(looking.future),
                in_address=True,
            ),
            key=f"map-{looking.run.id}-{space.name}",
            on_event=lambda event: looking.happened(event, shown),
        )


def below(shown: Map, looking: Looking) -> None:
    """The selection, all points in a table, and the map in files."""
    if len(looking.selected):
        _selection(shown, looking)
    _as_table(shown, looking)
    _take_away(shown, looking)


def _found(points: np.ndarray, looking: Looking) -> tuple[list[int], str]:
    """What the search finds, and how many; what cannot be searched for is said, and the map stays."""
    space = looking.space
    typed = st.text_input(
        f"Find {noun_of(space).many}",
        key=f"find-{looking.run.id}-{space.name}",
        placeholder=f"part of {noun_of(space).a}",
        help="Between slashes it is a regular expression: /^un.*ing$/",
    )
    try:
        hits = hits_of(space, points, typed)
    except EmbedvizError as error:
        st.warning(session.plain(str(error)))
        hits = []
    looking.search(typed, hits)
    said = f"{len(hits):,} found" + (f", {MOST_HITS} marked" if len(hits) > MOST_HITS else "") if typed else ""
    return hits, said


def _beside(focus: int | None, looking: Looking) -> pd.DataFrame | None:
    """The focus's neighbours in the original space, each a way on; None while nothing is in focus."""
    space = looking.space
    if focus is None:
        st.caption("Click a point to see its neighbours in the original space. Draw a box or a lasso to select.")
        return None
    metric = st.segmented_control(
        "Nearest by", METRICS, default="cosine", key="map-metric", required=True, persist_state="session"
    )
    near = space.neighbors(space.labels[focus], NEAREST, metric)
    st.text(f"Nearest to “{space.labels[focus]}” in the original space")
    _walkable(near.iloc[:, :2], f"beside-{focus}-{metric}", looking, f"Nearest to {space.labels[focus]}")
    return near


def _selection(shown: Map, looking: Looking) -> None:
    """What is selected, as a table and to take away; beside it what lies nearest to its mean."""
    space = looking.space
    frame = selection_frame(space, shown, looking.selected)
    elsewhere = len(looking.selected) - len(frame)
    st.subheader(f"{len(frame):,} selected")
    if elsewhere:
        st.caption(f"{elsewhere:,} more that were selected on another map are not among the points of this one.")
    serial = max(looking.seen.get("regions", 0), looking.seen.get("step", 0))
    table, mean = st.columns([9, 4])
    with table:
        _walkable(frame, f"selected-{shown.id}-{serial}", looking, "What is selected")
        with st.container(horizontal=True):
            tables.csv_button(frame, "selection.csv", "download-selection")
            for keep, title in ((True, "Train on these"), (False, "Leave these out")):
                if _can_train_again(looking) and st.button(title, key=f"again-{keep}", help=_what_again(looking, keep)):
                    with error_boundary():
                        starting.train_on_choice(looking.run, space, looking.selected, keep)
    with mean, error_boundary():
        st.text("Nearest to their mean in the original space")
        near = space.neighbors(space.mean_vector(looking.selected), NEAREST)
        _walkable(near.iloc[:, :2], f"mean-{serial}", looking, "Nearest to the mean of what is selected")


def _can_train_again(looking: Looking) -> bool:
    run = looking.run
    return can_narrow(run, looking.space.name) and session.is_mine(run) and bool(run.spec["data"].get("id"))


def _what_again(looking: Looking, keep: bool) -> str:
    many = noun_of(looking.space).many
    what = f"on these {many} alone" if keep else f"without these {many}"
    return f"Trains the same model with the same settings once more, {what}. This run stays as it is."


def _as_table(shown: Map, looking: Looking) -> None:
    """All points in a table that keys and screen readers go through."""
    many = noun_of(looking.space).many
    with st.expander("The map as a table", icon=":material/table_rows:", on_change="rerun", key="map-table") as opened:
        if opened.open:
            st.caption(
                f"All {len(shown.points):,} {many} of the map, the most frequent first. Choosing one shows it on the map "
                "with its neighbours; the columns sort, and the table can be searched."
            )
            frame = selection_frame(looking.space, shown, np.asarray(shown.points))
            _walkable(frame, f"all-{shown.id}", looking, f"All {many} of the map")


def _take_away(shown: Map, looking: Looking) -> None:
    """The map in files."""
    space, points = looking.space, np.asarray(shown.points)
    with st.expander("Take the map away", icon=":material/download:"):
        st.caption(
            "The coordinates with the labels and their columns, or a page that works without this app and without the "
            "internet. A picture is saved by the buttons on the map."
        )
        with st.container(horizontal=True):
            st.download_button(
                "CSV",
                lambda: tables.to_csv(selection_frame(space, shown, points)),
                "map.csv",
                "text/csv",
                on_click="ignore",
            )
            st.download_button(
                "Parquet",
                lambda: tables.to_parquet(selection_frame(space, shown, points)),
                "map.parquet",
                on_click="ignore",
            )
            title = f"{looking.run.name}: {len(points):,} of {noun_of(space).counted(len(space))}"
            columns = list(dict.fromkeys([st.session_state[looking.colour_key], *colour_columns(space)]))
            st.download_button(
                "Page that works offline",
                lambda: offline_map.page(shown, space, [name for name in columns if name != RANK], title),
                "map.html",
                "text/html",
                on_click="ignore",
            )


def _walkable(frame: pd.DataFrame, key: str, looking: Looking, name: str) -> None:
    """A table, where a click on a row, or a cell chosen by keys, flies to it on the map. name: what a screen reader says."""
    height = min(TALL, 38 + 35 * max(3, len(frame)))
    go = looking.space.index
    tables.clickable_table(frame, key, lambda label: looking.fly_to(go(label)), height=height, alt=name)
