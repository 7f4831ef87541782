"""The map's JavaScript modules as text, in an order in which each can import those before it."""

from __future__ import annotations

import json
import re
from graphlib import TopologicalSorter
from pathlib import Path

MAP_FILES = Path(__file__).parent / "js"
ENTRY_MODULE = "map.js"

_IMPORT = re.compile(r'^import .* from "\./([\w.]+)";$', re.MULTILINE)


def read_modules() -> list[tuple[str, str]]:
    """Return the name and the source of each module, after those that it imports."""
    sources = {file.name: file.read_text(encoding="utf-8") for file in sorted(MAP_FILES.glob("*.js"))}
    order = TopologicalSorter({name: _IMPORT.findall(source) for name, source in sources.items()})
    return [(name, sources[name]) for name in order.static_order()]


def modules_json() -> bytes:
    """Return the modules as a JSON array of [name, source]."""
    return json.dumps(read_modules(), ensure_ascii=False).encode()
