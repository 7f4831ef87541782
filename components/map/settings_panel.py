"""The settings of the map in the panel: the form, the expected duration, and the button that requests the map."""

from __future__ import annotations

from typing import Any, get_args

import streamlit as st

from components import formatting, session
from components.map.address import SettingValue
from components.map.session import MapSession
from components.map.submission import request_map
from components.nouns import noun_of
from components.settings_form import settings_form
from embedviz.core.errors import EmbedvizError
from embedviz.projection.given_layout import coordinate_columns
from embedviz.projection.sampling import sampling_sentence
from embedviz.projection.settings import GIVEN, ProjectionSettings
from embedviz.space import EmbeddingSpace
from embedviz.space.formula import formula

METHODS: tuple[str, ...] = get_args(ProjectionSettings.model_fields["method"].annotation)
METHOD_NAMES = {"umap": "UMAP", "tsne": "t-SNE", "pca": "PCA", "axes": "named axes"}
POINTS_PER_SECOND = {"umap": 2000, "tsne": 300}  # about what layout and quality take on two cores
DEFAULT_POINTS = 10_000
MIN_POINTS = 3
MAX_MATCHES = 12  # of an axis, that are listed


def default_points(space: EmbeddingSpace) -> int:
    """Return the default number of points on a map of this space."""
    return max(MIN_POINTS, min(DEFAULT_POINTS, len(space)))


def default_settings(space: EmbeddingSpace) -> dict[str, SettingValue]:
    """Return what a map of this space is drawn with unless something else is chosen: the layout it came with, if any."""
    given: dict[str, SettingValue] = {"method": GIVEN} if coordinate_columns(space) else {}
    return {**given, "n_points": default_points(space)}


def methods_for(space: EmbeddingSpace) -> list[str]:
    """Return the methods that can draw a map of this space."""
    return [name for name in METHODS if name != GIVEN or coordinate_columns(space)]


def form_key(state: MapSession) -> str:
    """Return the prefix of the keys of the form's widgets; settings taken from an address start a form of their own."""
    return f"map-{state.loads}"


def draw_settings(state: MapSession, method: str) -> None:
    """Draw the settings of the chosen method with the button that requests the map."""
    space = state.space
    is_first = state.settings is None
    defaults = {**default_settings(space), **state.loaded}
    chosen = settings_form(ProjectionSettings, key=form_key(state), hidden=("method",), defaults=defaults)
    values: dict[str, Any] = {"method": method, **chosen}
    n_points = min(values["n_points"], len(space))
    counted = noun_of(space).counted(len(space))
    sample = sampling_sentence(n_points, len(space), counted, values["sample"], space.kind)
    st.caption(f"{sample}. {_duration_of(method, n_points)}")
    if method == "axes":
        _draw_matches(space, values)
    if st.button("Draw the map" if is_first else "Draw again", type="primary", icon=":material/scatter_plot:"):
        checked = ProjectionSettings.of(**values)  # what is not valid is refused before anything changes
        for text in (checked.x_axis, checked.y_axis) if method == "axes" else ():
            formula(space, text)
        request_map(state, values)
        st.rerun()


def _duration_of(method: str, n_points: int) -> str:
    if method not in POINTS_PER_SECOND:
        return "The map appears immediately."
    seconds = max(2, n_points / POINTS_PER_SECOND[method])
    return f"PCA appears immediately, {METHOD_NAMES[method]} in about {formatting.duration(seconds)}."


def _draw_matches(space: EmbeddingSpace, values: dict[str, SettingValue]) -> None:
    """Draw which labels each term of the two axes matches, as one types."""
    for name in ("x_axis", "y_axis"):
        if text := str(values[name]).strip():
            try:
                found = formula(space, text)
                terms = (
                    f"{match.term} ({'estimate' if match.is_composed else f'{match.labels:,}'})"
                    for match in found.matched[:MAX_MATCHES]
                )
                st.text(f"{text}: " + ", ".join(terms))
                if found.composed:
                    st.caption(session.plain(found.composed))
            except EmbedvizError as error:
                st.warning(session.plain(str(error)))
