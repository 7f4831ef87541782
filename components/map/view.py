"""The 2-D map on a page: what is shown goes in as MapData, what a person did comes out as MapEvent.

The drawing is done by the modules in components/map/, which the app serves under embedviz/static/. Points, colours and
labels are fetched by the browser from addresses given in MapData, never sent through the script, so a rerun costs a few
hundred bytes whatever the size of the map.
"""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal

import numpy as np
import streamlit as st

MAP_FILES = Path(__file__).parent / "map"
MOST_HIGHLIGHTED = 2000
MOST_CORNERS = 2000
MOST_REGIONS = 40

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
    const asked = [data.points_url, data.colours_url, data.sizes_url].filter(Boolean);
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
    colour: the name of what colours them, which comes back with a region that the legend narrows.
    sizes_url: one uint8 a point, 0 the smallest. None: all alike.
    highlight: up to 2,000 points that get a ring and a label (a search's hits, a table's rows).
    focus: the point being looked at. When it changes the map flies there, unless it was clicked on the map.
    focus_serial: raise it to fly to the same focus once more.
    links: the focus's neighbours, joined to it by lines.
    dim: fade all points but focus, links and highlight.
    regions: those kept by the page, as they came in a MapEvent; a change replaces what is drawn and selected.
    regions_serial: that of the last event whose regions were taken over.
    selected: (n,) bool, where the regions alone do not tell which points are selected. None: they do.
    view: {"x", "y", "zoom"} to fly to when it or view_serial changes; None leaves the view to the person.
    can_undo, can_redo: whether the buttons for that are there.
    in_address: keep the view in the page's address, for the one map of a page that has it there.
    forming_url: while the points are being moved elsewhere, answers with where they are; `?after=` the moment last
        seen, which comes in X-Moment, it answers 204 until they have moved. Nothing can be selected meanwhile.
    frames_url: places the points were at, one after the other, n × (x, y) each, the last as at points_url; a slider
        leads through them. frames: what each is called.
    link: maps of one page with the same link, which show the same points in the same order, hover and select together.
    version: change it when the same addresses answer with something else.
    """

    points_url: str
    n: int
    labels_url: str | None = None
    colours_url: str | None = None
    colour_kind: Literal["category", "number"] | None = None
    legend: Sequence[Any] = ()
    colour: str = ""
    sizes_url: str | None = None
    highlight: Sequence[int] = ()
    focus: int | None = None
    focus_serial: int = 0
    links: Sequence[int] = ()
    dim: bool = False
    regions: Sequence[Mapping[str, Any]] = ()
    regions_serial: int = 0
    selected: np.ndarray | None = None
    view: Mapping[str, float] | None = None
    view_serial: int = 0
    can_undo: bool = False
    can_redo: bool = False
    in_address: bool = False
    forming_url: str | None = None
    frames_url: str | None = None
    frames: Sequence[str] = ()
    link: str | None = None
    version: str | int = 0


@dataclass(frozen=True)
class MapEvent:
    """What was last done on the map. The same event comes back on every rerun: act when its serial is a new one.

    click: the point clicked; None for a click beside all points, Escape, or no click yet (serial 0).
    regions: what was drawn to select, one after the other: {"kind": "box" | "lasso", "mode": "new" | "add" | "remove",
        "polygon": [[x, y], …]} with corners in the unit square, y upwards, and "without": {"column", "codes"} where the
        legend had put categories out. Empty when nothing is selected.
    step: "undo" or "redo". view: where the map was looked at when the event was told; None where it was not told.
    """

    click: int | None = None
    click_serial: int = 0
    regions: tuple[dict[str, Any], ...] = ()
    regions_serial: int = 0
    step: Literal["undo", "redo"] | None = None
    step_serial: int = 0
    view: dict[str, float] | None = None


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
    values["frames"] = list(data.frames)
    values["regions"] = [dict(region) for region in data.regions]
    if data.selected is not None:
        values["selected"] = base64.b64encode(np.packbits(data.selected, bitorder="little").tobytes()).decode("ascii")
    return values


def read_event(value: Any, n: int) -> MapEvent:
    """The browser's word as a MapEvent. It is a stranger's input: whatever is not a point or a polygon becomes None."""
    if not isinstance(value, Mapping):
        return MapEvent()
    regions = value.get("regions")
    return MapEvent(
        click=_point(value.get("click"), n),
        click_serial=_serial(value.get("click_serial")),
        regions=read_regions(regions) if isinstance(regions, list) else (),
        regions_serial=_serial(value.get("regions_serial")),
        step=value.get("step") if value.get("step") in ("undo", "redo") else None,
        step_serial=_serial(value.get("step_serial")),
        view=_view(value.get("view")),
    )


def read_regions(values: Sequence[Any]) -> tuple[dict[str, Any], ...]:
    """Those of the values that are regions; the first 40, for a stranger may send any number."""
    return tuple(region for value in values[:MOST_REGIONS] if (region := _region(value)))


def _serial(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _point(value: Any, n: int) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < n else None


def _number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _view(value: Any) -> dict[str, float] | None:
    if not isinstance(value, Mapping) or not all(_number(value.get(name)) for name in ("x", "y", "zoom")):
        return None
    return {name: float(value[name]) for name in ("x", "y", "zoom")}


def _region(value: Any) -> dict[str, Any] | None:
    """The region with its keys in the order the browser has them, so that it knows its own word again."""
    if not isinstance(value, Mapping) or value.get("kind") not in ("box", "lasso"):
        return None
    polygon, mode, without = value.get("polygon"), value.get("mode"), value.get("without")
    if mode not in ("new", "add", "remove"):
        return None
    if not isinstance(polygon, Sequence) or isinstance(polygon, str) or not 3 <= len(polygon) <= MOST_CORNERS:
        return None
    corners = []
    for corner in polygon:
        if not isinstance(corner, Sequence) or isinstance(corner, str) or len(corner) != 2:
            return None
        if not all(_number(c) for c in corner):
            return None
        corners.append([float(c) for c in corner])
    region = {"kind": value["kind"], "mode": mode, "polygon": corners}
    if (
        isinstance(without, Mapping)
        and isinstance(without.get("column"), str)
        and isinstance(without.get("codes"), list)
    ):
        codes = [code for code in without["codes"] if isinstance(code, int) and 0 <= code <= 255]
        region["without"] = {"column": without["column"], "codes": codes}
    return region
