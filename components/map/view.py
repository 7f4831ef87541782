"""The 2-D map as a Streamlit component: MapData says what is shown, MapEvent what a person did.

The drawing is done by the modules in embedviz/map_view/js/, which the app serves in one file. Points, colours and
labels are fetched by the browser from addresses given in MapData, never sent through the script, so a rerun costs a few
hundred bytes whatever the size of the map. What goes to and fro is described in embedviz.map_view.exchange.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st
from streamlit.components.v2 import component

from components.map.loader import LOADER
from embedviz.map_view.event import MapEvent, read_event
from embedviz.map_view.map_data import MapData, message_of
from embedviz.map_view.modules import MAP_FILES

# The height is set before anything is fetched: the page does not jump when the map appears. Buffers and modules are
# requested at once.
_SCRIPT = (
    LOADER
    + """
export default async function (component) {
  const { parentElement, data } = component;
  const root = parentElement.querySelector(".embedviz-map");
  root.classList.toggle("fill", data.height === null);
  if (data.height !== null) root.style.setProperty("--map-height", data.height + "px");
  const modules = sharedModules();
  if (!root.early) {
    const urls = [data.points_url, data.colors_url, data.sizes_url, data.passing_url].filter(Boolean);
    root.early = new Map(urls.map((path) => [path, fetch(new URL(path, document.baseURI)).catch(() => null)]));
  }
  return (await modules).update(component);
}
"""
)

_component = component(
    "embedviz_map",
    html='<div class="embedviz-map"></div>',
    css=(MAP_FILES / "map.css").read_text(encoding="utf-8"),
    js=_SCRIPT,
)


def map_view(
    data: MapData, *, key: str, height: int | None = 560, on_event: Callable[[MapEvent], None] | None = None
) -> MapEvent:
    """Draw the map.

    Parameters
    ----------
    data : MapData
    key : str
        Widget key.
    height : int or None
        Pixels of the map, without a legend below it; None to fill the container.
    on_event : callable, optional
        Called with the event before the page runs, so that one run shows what came of it.

    Returns
    -------
    MapEvent
        What was last done on the map.
    """

    def changed() -> None:
        if on_event:
            on_event(read_event(st.session_state[key].get("event"), data.n))

    state = _component(
        key=key,
        data=message_of(data, height),
        height="content" if height else "stretch",
        on_event_change=changed,
    )
    return read_event(state.get("event"), data.n)
