"""Map: the vocabulary as a picture, PCA at once and UMAP when it is ready."""

import numpy as np
import pandas as pd
import streamlit as st

from components import guard, session, starting, tables
from components.map_columns import colour_codes, colour_columns, column_values
from components.map_view import MapData, map_view
from components.settings_form import settings_form
from components.space_picker import current_space
from embedviz.figures.map_figure import map_figure
from embedviz.projection.fidelity import fidelity_sentence
from embedviz.projection.packing import extent_of
from embedviz.projection.region import points_inside
from embedviz.projection.settings import ProjectionSettings
from embedviz.runs.maps import Map, draw_pca, map_of
from embedviz.runs.open_spaces import open_finished_map
from embedviz.runs.run import Run
from embedviz.space import EmbeddingSpace

MOST_HITS = 200


def settings_bar(run: Run, space: EmbeddingSpace) -> ProjectionSettings | None:
    """The settings; None until a person has asked for the map."""
    key = f"map-settings-{run.id}"
    with st.popover("Settings", icon=":material/tune:"):
        values = settings_form(
            ProjectionSettings, key="map", defaults={"n_points": min(10_000, max(3, len(space)))}
        )  # fmt: skip
        st.caption(f"There are {len(space):,} words. The most frequent are shown first.")
        if st.button("Draw", type="primary"):
            st.session_state[key] = values
    values = st.session_state.get(key)
    if values is None:
        n = min(10_000, len(space))
        st.text(
            f"This draws the {n:,} most frequent of {len(space):,} words by UMAP, in about {max(2, round(n / 2000))} s."
        )
        if not st.button("Draw the map", type="primary", icon=":material/scatter_plot:"):
            return None
        st.session_state[key] = values = {"n_points": max(3, n)}
    return ProjectionSettings.of(**values)


def wanted_map(run: Run, space: EmbeddingSpace, settings: ProjectionSettings) -> Map:
    """The map asked for, under way or done; submitted when it is new."""
    found = map_of(run, space.name, settings)
    if not found.state.is_final:
        return found
    if found.status != "done" and st.session_state.get("map-tried") != found.id:
        st.session_state["map-tried"] = found.id
        session.supervisor().submit(found)
    return found


def waiting(found: Map) -> None:
    @st.fragment(run_every=None if found.state.is_final else "0.5s", key="map-progress")
    def body() -> None:
        state = found.state
        mark = (found.has_coords, state.is_final)
        if st.session_state.get("map-mark", mark) != mark:
            st.session_state["map-mark"] = mark
            st.rerun()
        st.session_state["map-mark"] = mark
        if state.state in ("failed", "stopped", "interrupted"):
            st.warning(session.plain(state.reason or "Stopped. The picture is by PCA."))
            if st.button("Draw it again"):
                st.session_state.pop("map-tried", None)
                st.rerun()
        elif not state.is_final:
            last = found.last_event()
            total = last.get("total_steps", 0)
            with st.container(horizontal=True, vertical_alignment="center"):
                text = last.get("message", "Waiting for a worker")
                st.progress(min(1.0, last.get("step", 0) / total) if total else 0.0, text=text)
                st.button("Stop", on_click=session.supervisor().stop, args=(found,))

    body()


def flat(run: Run, space: EmbeddingSpace, shown: Map) -> None:
    points = np.asarray(shown.points)
    place_of = pd.Series(range(len(points)), index=points)
    columns = colour_columns(shown, space)
    bar = st.columns([2, 3, 2])
    column = bar[0].selectbox("Colour by", columns, key="colour", persist_state="session") if columns else None
    typed = bar[1].text_input("Find words", key="find", placeholder="part of a word")
    hits = find(space, points, typed)
    if typed:
        bar[2].caption(f"{len(hits):,} found" + (f", {MOST_HITS} shown" if len(hits) > MOST_HITS else ""))
    focus = st.session_state.get("map-focus")
    if typed and st.session_state.get("map-found") != typed:
        st.session_state["map-found"] = typed
        focus = hits[0] if hits else None
    focus = focus if focus is not None and focus < len(points) else None
    near = space.neighbors(space.labels[points[focus]], 12) if focus is not None else None
    links = (
        [int(place_of[space.index(w)]) for w in near["label"] if space.index(w) in place_of.index]
        if near is not None
        else []
    )
    colours = colour_codes(shown, space, column) if column else None
    base = f"embedviz/maps/{run.id}/{shown.id}"
    picture, side = st.columns([3, 1])
    with picture:
        event = map_view(
            MapData(
                points_url=f"{base}/points",
                n=len(points),
                labels_url=f"{base}/labels",
                colours_url=f"{base}/colours/{column}" if column else None,
                colour_kind=colours.kind if colours else None,
                legend=colours.legend if colours else (),
                highlight=hits[:MOST_HITS],
                focus=focus,
                links=links,
                dim=focus is not None,
            ),
            key=f"map-{run.id}",
        )
    if event.click_serial != st.session_state.get("map-click-seen", 0):
        st.session_state["map-click-seen"] = event.click_serial
        st.session_state["map-focus"] = event.click
        st.rerun()
    if typed and st.session_state.get("map-focus") != focus and st.session_state.get("map-found") == typed:
        st.session_state["map-focus"] = focus
    with side:
        if near is not None:
            st.text(f"Nearest to “{space.labels[points[focus]]}” in the original space")
            st.dataframe(near, hide_index=True, column_config=tables.column_config(near), height=440)
        else:
            st.caption("Click a point to see its neighbours in the original space. Draw a box or a lasso to select.")
    if event.region:
        selection(space, shown, points, event.region["polygon"])


def find(space: EmbeddingSpace, points: np.ndarray, typed: str) -> list[int]:
    """Places on the map of the words that hold what was typed, the word itself first."""
    text = typed.strip().casefold()
    if not text:
        return []
    hits = [i for i, point in enumerate(points) if text in space.labels[point].casefold()]
    return sorted(hits, key=lambda i: space.labels[points[i]].casefold() != text)


def selection(space: EmbeddingSpace, shown: Map, points: np.ndarray, polygon: list) -> None:
    corners = extent_of(shown.coords).to_data(np.array(polygon))
    inside = np.flatnonzero(points_inside(shown.coords, corners))
    chosen = points[inside]
    frame = pd.DataFrame(
        {"label": [space.labels[i] for i in chosen], "x": shown.coords[inside, 0], "y": shown.coords[inside, 1]}
    )
    frame = pd.concat([frame, space.columns.iloc[chosen].reset_index(drop=True)], axis=1)
    if shown.clusters is not None:
        frame["cluster"] = shown.clusters.iloc[inside].astype(str).to_numpy()
    st.subheader(f"{len(frame):,} selected")
    st.dataframe(frame, hide_index=True, height=280, lazy=False)
    tables.download(frame, "selection.csv", "download-selection")


def solid(space: EmbeddingSpace, shown: Map) -> None:
    points = np.asarray(shown.points)
    frame = pd.DataFrame(np.asarray(shown.coords), columns=list("xyz"))
    frame["label"] = [space.labels[i] for i in points]
    columns = colour_columns(shown, space)
    column = st.selectbox("Colour by", columns, key="colour", persist_state="session") if columns else None
    colour = column_values(shown, space, column) if column else None
    st.plotly_chart(map_figure(frame, colour), key="solid", height=640)
    st.caption("Three dimensions are to turn and to hover over. Selecting works on the flat map.")


st.title("Map")
st.write("See the whole vocabulary at once, find a word on it, and check how far the picture can be trusted.")
opened = current_space("draw a map")
if opened:
    run, space = opened
    starting.tour_step(
        "Near on the map is not always near in the space. Click a word to see.", "End the tour", "home.py"
    )
    with guard.said():
        settings = settings_bar(run, space)
        if settings:
            asked = wanted_map(run, space, settings)
            waiting(asked)
            shown = open_finished_map(run, asked.id) if asked.has_coords else draw_pca(run, space, settings)
            if settings.n_components == 3:
                solid(space, shown)
            else:
                flat(run, space, shown)
            of = f"The {len(shown.points):,} most frequent of {len(space):,} words. "
            if asked.quality:
                st.text(of + fidelity_sentence(asked.quality))
            else:
                st.text(
                    of
                    + ("Shown by PCA until UMAP is ready." if not asked.has_coords else "Measuring how faithful it is.")
                )
