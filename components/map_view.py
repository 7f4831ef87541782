"""The 2-D map on a page: what is shown goes in as MapData, what a person did comes out as MapEvent.

The drawing is done by the modules in components/map/, which the app serves under embedviz/static/. Points, colours and
labels are fetched by the browser from addresses given in MapData, never sent through the script, so a rerun costs a few
hundred bytes whatever the size of the map.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal

import streamlit as st

MAP_FILES = Path(__file__).parent / "map"
MOST_HIGHLIGHTED = 2000
MOST_CORNERS = 2000

# The script Streamlit runs lives at a blob address, so it finds ours by the address of the page. The height is set
# before anything is fetched: the page does not jump when the map appears. Points and modules are all asked for at once;
# left to themselves, modules would come in rounds, and the points after the last of them.
_SCRIPT = """
const modules = MODULES;

export default async function (component) {
  const { parentElement, data } = component;
  const root = parentElement.querySelector(".embedviz-map");
  root.style.setProperty("--map-height", data.height + "px");
  const locate = (path) => new URL(path, document.baseURI).href;
  if (!root.early) {
    const asked = [data.points_url, data.colours_url].filter(Boolean);
    root.early = new Map(asked.map((path) => [path, fetch(locate(path)).catch(() => null)]));
  }
  const loaded = await Promise.all(modules.map((name) => import(locate("embedviz/static/" + name))));
  return loaded[modules.indexOf("map.js")].update(component);
}
""".replace("MODULES", json.dumps(sorted(file.name for file in MAP_FILES.glob("*.js"))))

_component = st.components.v2.component(
    "embedviz_map",
    html='<div class="embedviz-map"></div>',
    css=(MAP_FILES / "map.css").read_text(encoding="utf-8"),
    js=_SCRIPT,
)


@dataclass(frozen=True)
class MapData:
    """What the map shows. Addresses are relative to the app's base address ("embedviz/maps/…", no leading slash).

    points_url: n × (x, y) as little-endian uint16, 65535 the end of the unit square, y upwards. Points come in the
        order of importance: the first ones get their labels written first.
    labels_url: answers `?from=0&to=2000` and `?ids=3,17` with a JSON array of strings.
    colours_url: one uint8 a point. With colour_kind "category" it is the row of `legend`; with "number" it is 0 (the
        legend's minimum) to 254 (its maximum); 255 is a point without a value, grey. None: all in the primary colour.
    legend: for "category" a (name, CSS colour) a code, "currentColor" being the text's colour; for "number"
        (minimum, maximum), as numbers or as text.
    highlight: up to 2,000 points that get a ring and a label (a search's hits, a table's rows).
    focus: the point being looked at. When it changes the map flies there, unless it was clicked on the map.
    focus_serial: raise it to fly to the same focus once more.
    links: the focus's neighbours, joined to it by lines.
    dim: fade all points but focus, links and highlight.
    region: the region kept by the page, as it came in a MapEvent; a change replaces what is drawn, to None clears it.
    version: change it when the same addresses answer with something else.
    """

    points_url: str
    n: int
    labels_url: str | None = None
    colours_url: str | None = None
    colour_kind: Literal["category", "number"] | None = None
    legend: Sequence[Any] = ()
    highlight: Sequence[int] = ()
    focus: int | None = None
    focus_serial: int = 0
    links: Sequence[int] = ()
    dim: bool = False
    region: Mapping[str, Any] | None = None
    version: str | int = 0


@dataclass(frozen=True)
class MapEvent:
    """What was last done on the map. The same event comes back on every rerun: act when its serial is a new one.

    click: the point clicked; None for a click beside all points, Escape, or no click yet (serial 0).
    region: {"kind": "box" | "lasso", "polygon": [[x, y], …]} with corners in the unit square, y upwards; None after it
        was cleared, or when none was drawn yet (serial 0).
    """

    click: int | None = None
    click_serial: int = 0
    region: dict[str, Any] | None = None
    region_serial: int = 0


def map_view(
    data: MapData, *, key: str, height: int = 560, on_event: Callable[[MapEvent], None] | None = None
) -> MapEvent:
    """Draw the map and return what was last done on it. height: pixels of the map, without a key below it.
    on_event: called with the event before the page runs, so that one run shows what came of it."""

    def changed() -> None:
        if on_event:
            on_event(read_event(st.session_state[key].get("event"), data.n))

    state = _component(key=key, data=as_json(data, height), on_event_change=changed)
    return read_event(state.get("event"), data.n)


def as_json(data: MapData, height: int) -> dict[str, Any]:
    """What is sent to the browser: plain numbers and lists. More than 2,000 highlighted points are a bug of the page."""
    if len(data.highlight) > MOST_HIGHLIGHTED:
        raise ValueError(f"At most {MOST_HIGHLIGHTED} points can be highlighted, not {len(data.highlight)}.")
    values = {f.name: getattr(data, f.name) for f in fields(data)} | {"height": int(height)}
    for name in ("highlight", "links"):
        values[name] = [int(point) for point in values[name]]
    values["legend"] = [list(row) if isinstance(row, (tuple, list)) else row for row in data.legend]
    values["focus"] = None if data.focus is None else int(data.focus)
    return values


def read_event(value: Any, n: int) -> MapEvent:
    """The browser's word as a MapEvent. It is a stranger's input: whatever is not a point or a polygon becomes None."""
    if not isinstance(value, Mapping):
        return MapEvent()
    return MapEvent(
        click=_point(value.get("click"), n),
        click_serial=_serial(value.get("click_serial")),
        region=_region(value.get("region")),
        region_serial=_serial(value.get("region_serial")),
    )


def _serial(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _point(value: Any, n: int) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < n else None


def _region(value: Any) -> dict[str, Any] | None:
    if not isinstance(value, Mapping) or value.get("kind") not in ("box", "lasso"):
        return None
    polygon = value.get("polygon")
    if not isinstance(polygon, Sequence) or isinstance(polygon, str) or not 3 <= len(polygon) <= MOST_CORNERS:
        return None
    corners = []
    for corner in polygon:
        if not isinstance(corner, Sequence) or isinstance(corner, str) or len(corner) != 2:
            return None
        if not all(isinstance(c, (int, float)) and not isinstance(c, bool) and math.isfinite(c) for c in corner):
            return None
        corners.append([float(c) for c in corner])
    return {"kind": value["kind"], "polygon": corners}
