"""Map: a space as a picture, PCA at once and the method asked for when it is ready."""

from typing import Any
from urllib.parse import quote

import numpy as np
import pandas as pd
import streamlit as st

from components import guard, live, session, tables, tours, words
from components.looking import Looking, wanted_map
from components.map_columns import ALIKE, colour_codes, colour_columns, column_values, size_columns
from components.map_search import hits_of
from components.map_selection import selection_frame, told_by_regions
from components.map_view import MapData, map_view
from components.nouns import noun_of
from components.settings_form import settings_form
from components.space_picker import current_space
from embedviz.errors import EmbedvizError
from embedviz.figures.map_figure import map_figure
from embedviz.projection.fidelity import fidelity_sentence
from embedviz.projection.settings import ProjectionSettings
from embedviz.runs.maps import Map, draw_pca
from embedviz.runs.open_spaces import open_finished_map
from embedviz.runs.run import Run
from embedviz.runs.status import Status
from embedviz.space import EmbeddingSpace
from embedviz.space.formula import formula

MOST_HITS = 200
NEAREST = 12
POINTS_A_SECOND = {"umap": 2000, "tsne": 300}  # about what drawing and measuring a map take on two cores
NAMES = {"umap": "UMAP", "tsne": "t-SNE"}
TERMS = 12  # whose matches are listed


def time_of(method: str, points: int) -> str:
    if method not in NAMES:
        return "It is there at once."
    return f"PCA at once, {NAMES[method]} in about {words.duration(max(2, points / POINTS_A_SECOND[method]))}."


def matches(space: EmbeddingSpace, values: dict[str, Any]) -> None:
    """What each term of the two directions stands for, as one types."""
    for name in ("x_axis", "y_axis"):
        if text := values[name].strip():
            try:
                found = formula(space, text).matched[:TERMS]
                st.text(f"{text}: " + ", ".join(f"{match.term} ({match.labels:,})" for match in found))
            except EmbedvizError as error:
                st.warning(session.plain(str(error)))


def settings_form_of(space: EmbeddingSpace, looking: Looking) -> None:
    """The settings with their button, open until the first map is drawn."""
    first = looking.settings is None
    n = max(3, min(10_000, len(space)))
    with st.expander("Settings of the map", icon=":material/tune:", expanded=first):
        values = settings_form(
            ProjectionSettings, key=f"map-{looking.loads}", defaults={"n_points": n, **looking.loaded}
        )
        shown = min(values["n_points"], len(space))
        st.caption(
            f"The {shown:,} most frequent of {noun_of(space).counted(len(space))}. {time_of(values['method'], shown)}"
        )
        if values["method"] == "axes":
            matches(space, values)
        if st.button("Draw the map" if first else "Draw again", type="primary", icon=":material/scatter_plot:"):
            checked = ProjectionSettings.of(**values)  # what does not fit is said before anything is let go
            for text in (checked.x_axis, checked.y_axis) if checked.method == "axes" else ():
                formula(space, text)
            looking.settings, looking.submitted = values, ""
            st.rerun()


def under_way(asked: Map, looking: Looking) -> None:
    """How far the map is, and Stop; nothing once it is done."""

    def draw(state: Status) -> None:
        if state.state in ("failed", "stopped", "interrupted"):
            st.warning(session.plain(state.reason or "Stopped. The picture is by PCA."))
            if st.button("Draw it again"):
                looking.submitted = ""
                st.rerun()
        elif not state.is_final:
            with st.container(horizontal=True, vertical_alignment="center"):
                live.bar(asked.last_event())
                st.button("Stop", icon=":material/stop:", on_click=session.supervisor().stop, args=(asked,))

    live.follow(asked, draw, key="map-progress", mark=lambda: asked.has_coords)


def flat(run: Run, space: EmbeddingSpace, shown: Map, looking: Looking) -> None:
    points = np.asarray(shown.points)
    place_of = np.full(len(space), -1)
    place_of[points] = np.arange(len(points))
    a, b, c, d = st.columns([2, 2, 3, 2], vertical_alignment="bottom")
    column = a.selectbox("Colour by", colour_columns(space), key=looking.colour_key, persist_state="session")
    size = b.selectbox("Size by", size_columns(space), key=looking.size_key, persist_state="session")
    typed = c.text_input(
        f"Find {noun_of(space).many}",
        key=f"find-{run.id}-{space.name}",
        placeholder=f"part of {noun_of(space).a}",
        help="Between slashes it is a regular expression: /^un.*ing$/",
    )
    hits = found_in(space, points, typed)
    looking.search(typed, hits)
    if typed:
        d.caption(f"{len(hits):,} found" + (f", {MOST_HITS} marked" if len(hits) > MOST_HITS else ""))
    colours = colour_codes(shown, space, column)
    if colours is None:
        d.caption("This colour comes when the map is ready.")
    focus = looking.focus if looking.focus is not None and place_of[looking.focus] >= 0 else None
    near = space.neighbors(space.labels[focus], NEAREST) if focus is not None else None
    links = place_of[[space.index(label) for label in near["label"]]] if near is not None else np.array([], int)
    base = f"embedviz/maps/{run.id}/{shown.id}"
    picture, side = st.columns([9, 4])
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
                regions=[part.region for part in looking.drawn if part.map_id == shown.id],
                selected=None if told_by_regions(looking.drawn, shown.id) else np.isin(points, looking.selected),
                view=looking.view_wanted,
                view_serial=looking.view_serial,
                can_undo=bool(looking.past),
                can_redo=bool(looking.future),
                in_address=True,
            ),
            key=f"map-{run.id}-{space.name}",
            on_event=lambda event: looking.happened(event, shown),
        )
    with side:
        if near is not None:
            beside(space, focus, near, looking)
        else:
            st.caption("Click a point to see its neighbours in the original space. Draw a box or a lasso to select.")
    if len(looking.selected):
        frame = selection_frame(space, shown, looking.selected)
        st.subheader(f"{len(frame):,} selected")
        st.dataframe(frame, hide_index=True, height=280, lazy=False)
        tables.download(frame, "selection.csv", "download-selection")


def found_in(space: EmbeddingSpace, points: np.ndarray, typed: str) -> list[int]:
    """What the search finds; what cannot be searched for is said, and the map stays."""
    try:
        return hits_of(space, points, typed)
    except EmbedvizError as error:
        st.warning(session.plain(str(error)))
        return []


def beside(space: EmbeddingSpace, focus: int, near: pd.DataFrame, looking: Looking) -> None:
    """The neighbours in the original space, each a way on."""
    st.text(f"Nearest to “{space.labels[focus]}” in the original space")
    tables.walkable(near, f"beside-{focus}", lambda label: looking.fly_to(space.index(label)), height=460)


def solid(space: EmbeddingSpace, shown: Map, looking: Looking) -> None:
    points = np.asarray(shown.points)
    frame = pd.DataFrame(np.asarray(shown.coords), columns=list("xyz"))
    frame["label"] = [space.labels[row] for row in points]
    column = st.selectbox("Colour by", colour_columns(space), key=looking.colour_key, persist_state="session")
    values = column_values(shown, space, column)
    st.plotly_chart(map_figure(frame, None if values is None else values.rename(column)), key="solid", height=640)
    st.caption("Three dimensions are to turn and to hover over. Selecting works on the flat map.")


def under_the_map(space: EmbeddingSpace, asked: Map, shown: Map) -> None:
    """How much is shown, and how far it can be trusted."""
    of = f"The {len(shown.points):,} most frequent of {noun_of(space).counted(len(space))}"
    if asked.quality:
        st.text(f"{of}. {fidelity_sentence(asked.quality)}")
    elif shown.id != asked.id:
        st.text(f"{of}, by PCA until {NAMES.get(asked.settings.method, 'the map')} is ready.")
    else:
        st.text(f"{of}. How faithful the map is follows.")
    if shown.settings.method == "axes":
        st.text(f"To the right: {shown.settings.x_axis}. Upwards: {shown.settings.y_axis}.")
    with st.expander("How was this made?"):
        st.json(shown.spec["settings"], expanded=True)


st.title("Map")
st.write("See the whole space at once, find one of its points, and check how far the picture can be trusted.")
opened = current_space("draw a map")
if opened:
    run, space = opened
    tours.step("map")
    looking = Looking.at(run, space)
    for sentence in looking.follow_address():
        st.warning(session.plain(sentence))
    if tours.current() and looking.settings is None:
        looking.settings = {"n_points": max(3, min(10_000, len(space)))}
    with guard.said():
        settings_form_of(space, looking)
    with guard.said():
        if looking.settings:
            asked = wanted_map(looking)
            under_way(asked, looking)
            shown = open_finished_map(run, asked.id) if asked.has_coords else draw_pca(run, space, asked.settings)
            if asked.settings.n_components == 3:
                solid(space, shown, looking)
            else:
                flat(run, space, shown, looking)
            under_the_map(space, asked, shown)
    looking.settle()
