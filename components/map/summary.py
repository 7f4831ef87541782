"""The line under the map: the sample shown and its quality, and a menu with notes on it."""

from __future__ import annotations

import numpy as np
import streamlit as st

from components.map.settings_panel import METHOD_NAMES
from components.nouns import noun_of
from embedviz.map_view.quality_text import quality_text
from embedviz.projection.map_folder import Map
from embedviz.projection.projecting import composed_axes
from embedviz.projection.sampling import sampling_sentence
from embedviz.space import EmbeddingSpace

QUALITY_HELP = (
    "Trustworthiness: points shown as neighbours really are neighbours in the original space. Continuity: true "
    "neighbours stay together on the map. 1 is perfect for both. Neighbours kept: the share of each point's nearest "
    "neighbours in the original space that are also among its nearest on the map. The figures in brackets are those of "
    "a random layout."
)


def draw_summary(
    space: EmbeddingSpace, requested: Map, displayed: Map, passing: np.ndarray | None, n_snapshots: int = 0
) -> None:
    """Draw a line on the displayed map while or after the requested one is computed, and a menu with all the rest."""
    n, total, noun = len(displayed.points), len(space), noun_of(space)
    settings = displayed.settings
    sample = sampling_sentence(n, total, noun.counted(total), settings.sample, space.kind)
    # Always two texts: the menu after them stays open in the browser only while it keeps its place.
    st.text(
        f"{sample}." if passing is None else f"{passing.sum():,} of {noun.counted(n)} pass the filters.",
        width="content",
    )
    if requested.quality:
        st.text(quality_text(requested.quality), help=QUALITY_HELP)
    elif displayed.id != requested.id:
        layout = "Placed by PCA" if settings.method == "pca" else "In the previous layout"
        st.text(f"{layout} until {METHOD_NAMES.get(requested.settings.method, 'the map')} is ready.")
    else:
        st.text("The quality of the map is being measured.")
    notes = [f"Neighbour lists use all {noun.counted(total)}."] if n < total else []
    notes += requested.oddities.sentences(settings) if requested.oddities else []
    if n_snapshots:
        notes.append(
            f"{n_snapshots} snapshots of the training, each laid out from the next one and aligned with it. Lines, tables "
            "and figures show the final vectors."
        )
    if settings.method == "axes":
        notes.append(f"Horizontal axis: {settings.x_axis}. Vertical axis: {settings.y_axis}.")
        notes += [composed] if (composed := composed_axes(space, settings)) else []
    title = "1 note" if len(notes) == 1 else f"{len(notes)} notes" if notes else "Settings"
    with st.popover(title, icon=":material/info:", type="tertiary", width="content"):
        if requested.quality:
            st.text(quality_text(requested.quality))
        for note in notes:
            st.text(note)
        st.caption("Settings of this map")
        st.json(displayed.spec.settings, expanded=True)
