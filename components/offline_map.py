"""One HTML file with a map in it: our own modules, the points, their labels and colours; nothing is fetched."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Sequence
from typing import Any

from components.map_columns import colour_codes
from components.map_view import MAP_FILES, MapData, as_json
from embedviz.projection.map_folder import Map
from embedviz.projection.packing import pack_points
from embedviz.space import EmbeddingSpace

MOST_COLOURS = 8
_HEIGHT = 640

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
<label>Colour by <select id="colour"></select></label>
<label>Find <input id="find" type="search" autocomplete="off"></label> <span id="found" role="status"></span>
</form>
<div id="place"><div class="embedviz-map"></div></div>
<p>NOTE</p>
<script type="application/json" id="held">HELD</script>
<script type="module">
import { update } from "map.js";

const held = JSON.parse(document.getElementById("held").textContent);
const place = document.getElementById("place");
const [colour, find, found] = ["colour", "find", "found"].map((id) => document.getElementById(id));
const asked = { hits: [], flights: 0 };

// There is no server: this answers for it.
globalThis.fetch = async (address) => {
  const { pathname, searchParams } = new URL(address);
  const name = decodeURIComponent(pathname.split("/").pop());
  if (name === "labels") {
    const ids = searchParams.get("ids")?.split(",");
    return Response.json(ids ? ids.map((id) => held.labels[id]) : held.labels.slice(+searchParams.get("from"), +searchParams.get("to")));
  }
  return new Response(Uint8Array.from(atob(held.bytes[name]), (character) => character.charCodeAt(0)));
};

function show() {
  const chosen = held.colours[colour.value] ?? {};
  const data = { ...held.data, ...chosen, colour: colour.value, highlight: asked.hits.slice(0, 200), focus: asked.hits[0] ?? null, focus_serial: asked.flights };
  update({ parentElement: place, data, setStateValue: () => {} });
}

for (const name of Object.keys(held.colours)) colour.add(new Option(name));
colour.addEventListener("change", show);
find.addEventListener("change", () => {
  const text = find.value.trim().toLowerCase();
  const at = (id) => held.labels[id].toLowerCase();
  asked.hits = text ? held.labels.flatMap((label, id) => (at(id).includes(text) ? [id] : [])) : [];
  asked.hits.sort((a, b) => (at(b) === text) - (at(a) === text) || at(b).startsWith(text) - at(a).startsWith(text));
  asked.flights++;
  found.textContent = text ? asked.hits.length.toLocaleString("en") + " found" : "";
  show();
});
show();
</script>
</body>
</html>
"""


def page(shown: Map, space: EmbeddingSpace, columns: Sequence[str], title: str) -> bytes:
    """The page, in UTF-8, under its title, with the map coloured by the first of the columns and the next seven to choose from."""
    points = shown.points
    base = "https://offline.invalid/"
    held: dict[str, Any] = {"bytes": {"points": _base64(pack_points(shown.coords[:, :2]))}, "colours": {}}
    held["labels"] = [space.labels[row] for row in points]
    for number, column in enumerate(columns[:MOST_COLOURS]):
        if (colours := colour_codes(shown, space, column)) is None:
            continue
        held["bytes"][f"colours-{number}"] = _base64(colours.codes.tobytes())
        held["colours"][column] = {
            "colours_url": f"{base}colours-{number}",
            "colour_kind": colours.kind,
            "legend": colours.legend,
        }
    held["data"] = as_json(MapData(f"{base}points", len(points), labels_url=f"{base}labels"), _HEIGHT)
    settings = {name: value for name, value in shown.spec.settings.items() if value != ""}
    parts = {
        "TITLE": html.escape(title),
        "CSS": (MAP_FILES / "map.css").read_text(encoding="utf-8"),
        "IMPORTS": _in_script({"imports": _modules()}),
        "NOTE": html.escape(
            "Drawn by embedviz: " + ", ".join(f"{name} {value}" for name, value in settings.items()) + "."
        ),
        "HELD": _in_script(held),
    }
    return re.sub("|".join(parts), lambda match: parts[match.group()], _PAGE).encode()


def _modules() -> dict[str, str]:
    modules = {}
    for file in sorted(MAP_FILES.glob("*.js")):
        script = file.read_text(encoding="utf-8").replace('from "./', 'from "')
        modules[file.name] = f"data:text/javascript;base64,{_base64(script.encode())}"
    return modules


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _in_script(value: Any) -> str:
    """JSON that cannot end the script it stands in, whatever the labels say."""
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")
