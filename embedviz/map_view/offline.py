"""The map as one HTML file that works offline: the map's modules, the points, their labels and colours."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Sequence

import numpy as np

from embedviz.map_view.axes import named_axes
from embedviz.map_view.caption import caption
from embedviz.map_view.columns import color_codes
from embedviz.map_view.displayed_map import DisplayedMap
from embedviz.map_view.exchange import OfflineContents
from embedviz.map_view.map_data import MapData, legend_rows, message_of
from embedviz.map_view.modules import read_modules, read_style
from embedviz.projection.importance import most_telling
from embedviz.projection.packing import pack_points
from embedviz.space import EmbeddingSpace

MAX_COLUMNS = 8
_HEIGHT_PX = 640
ENTRY = "offline.js"

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
p { font-size: 0.85rem; }
CSS
</style>
<script type="importmap">IMPORTS</script>
</head>
<body>
<h1>TITLE</h1>
<div id="place"><div class="embedviz-map"></div></div>
<p>NOTE</p>
<script type="application/json" id="contents">CONTENTS</script>
<script type="module">
import { show } from "offline.js";

show(document.getElementById("place"), JSON.parse(document.getElementById("contents").textContent));
</script>
</body>
</html>
"""


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
    data = MapData("points", len(points), labels_url="labels", axes=named_axes(displayed))
    contents: OfflineContents = {
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
            "colors_url": name,
            "color_kind": colors.kind,
            "legend": legend_rows(colors.legend),
        }
    parts = {
        "TITLE": html.escape(title),
        "CSS": read_style("map.css", "bar.css"),
        "IMPORTS": _in_script({"imports": _modules()}),
        "NOTE": html.escape(caption(displayed)),
        "CONTENTS": _in_script(contents),
    }
    return re.sub("|".join(parts), lambda match: parts[match.group()], _PAGE).encode()


def _modules() -> dict[str, str]:
    """Return the map's modules by name, as data addresses, importing each other by bare names."""
    modules = {}
    for name, source in read_modules(ENTRY):
        script = source.replace('from "./', 'from "')
        modules[name] = f"data:text/javascript;base64,{_base64(script.encode())}"
    return modules


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _in_script(value: object) -> str:
    """Return JSON that cannot end the script it stands in, whatever the labels say."""
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")
