"""The map as one HTML file that works offline: the map's modules, the points, their labels and colours."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Sequence
from typing import TypedDict

import numpy as np

from embedviz.map_view.axes import named_axes
from embedviz.map_view.caption import caption
from embedviz.map_view.columns import color_codes
from embedviz.map_view.displayed_map import DisplayedMap
from embedviz.map_view.exchange import MapMessage
from embedviz.map_view.map_data import MapData, message_of
from embedviz.map_view.modules import MAP_FILES, read_modules
from embedviz.projection.importance import most_telling
from embedviz.projection.packing import pack_points
from embedviz.space import EmbeddingSpace

MAX_COLUMNS = 8
_HEIGHT_PX = 640
_BASE = "https://offline.invalid/"

# The modules name each other by bare names, which the import map turns into data; so it works from a file, too.
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline' data:; style-src 'unsafe-inline'; img-src blob: data:; connect-src data:">
<title>TITLE</title>
<style>
:root { color-scheme: light dark; --st-text-color: #1a1c20; --st-background-color: #fcfcfa; --st-primary-color: #00639b; }
@media (prefers-color-scheme: dark) { :root { --st-text-color: #e8e8e4; --st-background-color: #14161a; --st-primary-color: #6cb4e4; } }
body { margin: 0 auto; max-width: 1400px; padding: 16px; font-family: system-ui, sans-serif; color: var(--st-text-color); background: var(--st-background-color); }
h1 { font-size: 1.25rem; margin: 0 0 12px; overflow-wrap: anywhere; }
form { display: flex; flex-wrap: wrap; gap: 8px 16px; margin-bottom: 12px; font-size: 0.9rem; }
input, select { font: inherit; padding: 4px 8px; color: inherit; background: transparent; border: 1px solid color-mix(in srgb, currentColor 40%, transparent); border-radius: 6px; }
option { color: #1a1c20; background: #fff; }
p { font-size: 0.85rem; }
CSS
</style>
<script type="importmap">IMPORTS</script>
</head>
<body>
<h1>TITLE</h1>
<form onsubmit="return false">
<label>Colour by <select id="color"></select></label>
<label>Find <input id="find" type="search" autocomplete="off"></label> <span id="found" role="status"></span>
</form>
<div id="place"><div class="embedviz-map"></div></div>
<p>NOTE</p>
<script type="application/json" id="contents">CONTENTS</script>
<script type="module">
import { update } from "map.js";

const contents = JSON.parse(document.getElementById("contents").textContent);
const place = document.getElementById("place");
const [color, find, found] = ["color", "find", "found"].map((id) => document.getElementById(id));
const search = { hits: [], serial: 0 };

// There is no server: this answers for it.
globalThis.fetch = async (address) => {
  const { pathname, searchParams } = new URL(address);
  const name = decodeURIComponent(pathname.split("/").pop());
  if (name === "labels") {
    const ids = searchParams.get("ids")?.split(",") ?? contents.first.slice(0, +searchParams.get("first"));
    const labels = ids.map((id) => contents.labels[id]);
    return Response.json(searchParams.has("ids") ? labels : { ids, labels });
  }
  return new Response(Uint8Array.from(atob(contents.bytes[name]), (character) => character.charCodeAt(0)));
};

function show() {
  const chosen = contents.colors[color.value] ?? {};
  const data = { ...contents.data, ...chosen, color_column: color.value, highlight: search.hits.slice(0, 200), focus: search.hits[0] ?? null, focus_serial: search.serial };
  update({ parentElement: place, data, setStateValue: () => {} });
}

for (const name of Object.keys(contents.colors)) color.add(new Option(name));
color.addEventListener("change", show);
find.addEventListener("change", () => {
  const text = find.value.trim().toLowerCase();
  const at = (id) => contents.labels[id].toLowerCase();
  search.hits = text ? contents.labels.flatMap((label, id) => (at(id).includes(text) ? [id] : [])) : [];
  search.hits.sort((a, b) => (at(b) === text) - (at(a) === text) || at(b).startsWith(text) - at(a).startsWith(text));
  search.serial++;
  found.textContent = text ? search.hits.length.toLocaleString("en") + " found" : "";
  show();
});
show();
</script>
</body>
</html>
"""


class _ColumnColors(TypedDict):
    """The fields of a MapMessage that colour the points by one column."""

    colors_url: str
    color_kind: str
    legend: list[object]


class _Contents(TypedDict):
    """Contents of the page: its message, the labels, the ids of those drawn first, the buffers in base64 by their name,
    the columns to colour by."""

    data: MapMessage
    labels: list[str]
    first: list[int]
    bytes: dict[str, str]
    colors: dict[str, _ColumnColors]


def page(displayed: DisplayedMap, space: EmbeddingSpace, columns: Sequence[str], title: str) -> bytes:
    """Return the page in UTF-8.

    Parameters
    ----------
    displayed : DisplayedMap
    space : EmbeddingSpace
        The space of the map.
    columns : sequence of str
        The first one colours the map, the next seven can be chosen; those not computed yet are left out.
    title : str
    """
    points = np.asarray(displayed.points)
    data = MapData(f"{_BASE}points", len(points), labels_url=f"{_BASE}labels", axes=named_axes(displayed))
    contents: _Contents = {
        "data": message_of(data, _HEIGHT_PX),
        "labels": [space.labels[row] for row in points],
        "first": most_telling(space, points, len(points)).tolist(),
        "bytes": {"points": _base64(pack_points(displayed.coords[:, :2]))},
        "colors": {},
    }
    for number, column in enumerate(columns[:MAX_COLUMNS]):
        if (colors := color_codes(displayed, space, column)) is None:
            continue
        name = f"colors-{number}"
        contents["bytes"][name] = _base64(colors.codes.tobytes())
        contents["colors"][column] = {
            "colors_url": f"{_BASE}{name}",
            "color_kind": colors.kind,
            "legend": list(colors.legend),
        }
    parts = {
        "TITLE": html.escape(title),
        "CSS": (MAP_FILES / "map.css").read_text(encoding="utf-8"),
        "IMPORTS": _in_script({"imports": _modules()}),
        "NOTE": html.escape(caption(displayed)),
        "CONTENTS": _in_script(contents),
    }
    return re.sub("|".join(parts), lambda match: parts[match.group()], _PAGE).encode()


def _modules() -> dict[str, str]:
    """Return the map's modules by name, as data addresses, importing each other by bare names."""
    modules = {}
    for name, source in read_modules():
        script = source.replace('from "./', 'from "')
        modules[name] = f"data:text/javascript;base64,{_base64(script.encode())}"
    return modules


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _in_script(value: object) -> str:
    """Return JSON that cannot end the script it stands in, whatever the labels say."""
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")
