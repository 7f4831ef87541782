"""Map: a space as a picture, PCA at once and the method asked for when it is ready."""

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from components import formatting, live, session, tours
from components.error_boundary import error_boundary
from components.flat_map import below, flat
from components.looking import Looking, shown_map, wanted_map
from components.map_columns import colour_columns, column_values
from components.nouns import noun_of
from components.settings_form import settings_form
from components.space_picker import current_space
from embedviz.core.errors import EmbedvizError
from embedviz.figures.map_figure import map_figure
from embedviz.jobs.history import has_history, history_of
from embedviz.jobs.maps import Map
from embedviz.projection.fidelity import fidelity_sentence
from embedviz.projection.sampling import sampling_sentence
from embedviz.projection.settings import ProjectionSettings
from embedviz.space import EmbeddingSpace
from embedviz.space.formula import formula
from embedviz.store.open_spaces import open_finished_map
from embedviz.store.run import Run
from embedviz.store.status import Status

POINTS_A_SECOND = {"umap": 2000, "tsne": 300}  # about what drawing and measuring a map take on two cores
NAMES = {"umap": "UMAP", "tsne": "t-SNE"}
TERMS = 12  # whose matches are listed


def time_of(method: str, points: int) -> str:
    if method not in NAMES:
        return "It is there at once."
    return f"PCA at once, {NAMES[method]} in about {formatting.duration(max(2, points / POINTS_A_SECOND[method]))}."


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
        of = sampling_sentence(shown, len(space), noun_of(space).counted(len(space)), values["sample"])
        st.caption(f"{of}. {time_of(values['method'], shown)}")
        if values["method"] == "axes":
            matches(space, values)
        if st.button("Draw the map" if first else "Draw again", type="primary", icon=":material/scatter_plot:"):
            checked = ProjectionSettings.of(**values)  # what does not fit is said before anything is let go
            for text in (checked.x_axis, checked.y_axis) if checked.method == "axes" else ():
                formula(space, text)
            looking.draw(values)
            st.rerun()


def under_way(asked: Map, looking: Looking) -> None:
    """How far the map is, and Stop; nothing once it is done."""

    def draw(state: Status) -> None:
        if state.state in ("failed", "stopped", "interrupted"):
            st.warning(session.plain(state.reason or "Stopped. The picture is the one it was to start from."))
            if st.button("Draw it again"):
                looking.submitted = ""
                st.rerun()
        elif not state.is_final:
            with st.container(horizontal=True, vertical_alignment="center"):
                live.bar(asked.last_event())
                st.button("Stop", icon=":material/stop:", on_click=session.supervisor().stop, args=(asked,))

    live.follow(asked, draw, key="map-progress", mark=lambda: (asked.has_coords, asked.has_groups))


def as_it_formed(run: Run, space: EmbeddingSpace, looking: Looking) -> None:
    """The moments of the training on a slider."""
    asked = history_of(run, space.name)
    if not live.awaited(asked, key="history"):
        return
    shown = open_finished_map(run, asked.id)
    moments = asked.frame_steps
    last = max(step for step in moments if step is not None)
    flat(
        asked,
        shown,
        looking,
        ["what was kept" if step is None else f"{step / last:.0%} of the training" for step in moments],
    )
    st.caption(
        f"{len(moments)} moments of the training, each laid out from the next one and turned onto it. "
        "Lines, tables and figures are those of the vectors that were kept."
    )
    under_the_map(space, asked, shown)
    below(shown, looking)


def as_it_is(space: EmbeddingSpace, looking: Looking) -> None:
    """The map asked for, or what there is until it comes."""
    asked = wanted_map(looking)
    under_way(asked, looking)
    shown = shown_map(asked, looking)
    if asked.settings.n_components == 3:
        solid(space, shown, looking)
        under_the_map(space, asked, shown)
        return
    flat(asked, shown, looking)
    under_the_map(space, asked, shown)
    below(shown, looking)


def solid(space: EmbeddingSpace, shown: Map, looking: Looking) -> None:
    points = np.asarray(shown.points)
    frame = pd.DataFrame(np.asarray(shown.coords), columns=list("xyz"))
    frame["label"] = [space.labels[row] for row in points]
    column = st.selectbox("Colour by", colour_columns(space), key=looking.colour_key, persist_state="session")
    values = column_values(shown, space, column)
    st.plotly_chart(map_figure(frame, None if values is None else values.rename(column)), key="solid", height=640)
    st.caption("Three dimensions are to turn and to hover over. Selecting works on the flat map.")


def under_the_map(space: EmbeddingSpace, asked: Map, shown: Map) -> None:
    """How much is shown, how far it can be trusted, and which vectors lie where they should not."""
    n, total = len(shown.points), len(space)
    of = sampling_sentence(n, total, noun_of(space).counted(total), shown.settings.sample)
    if asked.quality:
        st.text(f"{of}. {fidelity_sentence(asked.quality)}")
    elif shown.id != asked.id:
        by = "by PCA" if shown.settings.method == "pca" else "as the last map has them"
        st.text(f"{of}, {by} until {NAMES.get(asked.settings.method, 'the map')} is ready.")
    else:
        st.text(f"{of}. How faithful the map is follows.")
    if n < total:
        st.text(f"Lists of neighbours still come from all {total:,}.")
    for sentence in asked.oddities.sentences(shown.settings) if asked.oddities else ():
        st.text(sentence)
    if shown.settings.method == "axes":
        st.text(f"To the right: {shown.settings.x_axis}. Upwards: {shown.settings.y_axis}.")
    with st.expander("How was this made?"):
        st.json(shown.spec["settings"], expanded=True)


st.title("Map")
st.write("See the whole space at once, find one of its points, and check how far the picture can be trusted.")
opened = current_space("draw a map")
if opened:
    run, space = opened
    tours.show_step("map")
    looking = Looking.at(run, space)
    for sentence in looking.follow_address():
        st.warning(session.plain(sentence))
    if tours.current_tour() and looking.settings is None:
        looking.settings = {"n_points": max(3, min(10_000, len(space)))}
    with error_boundary():
        settings_form_of(space, looking)
    with error_boundary():
        if looking.settings:
            if has_history(run, space.name):
                st.toggle(
                    "Watch it form",
                    key=looking.history_key,
                    persist_state="session",
                    help="The most frequent labels, 2,000 at most, at the moments of the training that were kept.",
                )
            if st.session_state.get(looking.history_key):
                as_it_formed(run, space, looking)
            else:
                as_it_is(space, looking)
    looking.settle()
