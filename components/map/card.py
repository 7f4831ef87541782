"""The card of the point in focus, in the panel over the map: its columns and its nearest neighbours in the original space.

The browser fetches what the card shows as soon as a point is clicked (embedviz/map_view/js/point_card.js), ahead of the run
of the script that the click causes.
"""

from __future__ import annotations

import streamlit as st
from streamlit.components.v2 import component

from components.map.loader import LOADER
from embedviz.map_view.exchange import CardMessage
from embedviz.map_view.modules import MAP_FILES
from embedviz.space.metrics import METRICS, Metric

METRIC_KEY = "map-metric"  # in the session's state: one metric for all maps
_SCRIPT = (
    LOADER
    + """
export default async function (component) {
  return (await sharedModules()).updateCard(component);
}
"""
)

_component = component(
    "embedviz_point_card",
    html='<div class="embedviz-card" hidden></div>',
    css=(MAP_FILES / "card.css").read_text(encoding="utf-8"),
    js=_SCRIPT,
)


def chosen_metric() -> Metric:
    """Return the metric that neighbours are measured by."""
    metric = st.session_state.get(METRIC_KEY)
    return metric if metric in METRICS else "cosine"


def draw_card(map_key: str, point_url: str, focus: int | None) -> None:
    """Draw the card of a point, nothing without one.

    Parameters
    ----------
    map_key : str
        The name that the map was given as MapData.card.
    point_url : str
        As in MapData.
    focus : int or None
        The point in focus, by its place on the map.
    """
    key = f"card-{map_key}"

    def changed() -> None:
        st.session_state[METRIC_KEY] = st.session_state[key].get("metric")

    data: CardMessage = {
        "map": map_key,
        "point_url": point_url,
        "focus": focus,
        "metric": chosen_metric(),
        "metrics": list(METRICS),
    }
    _component(key=key, data=data, on_metric_change=changed)
