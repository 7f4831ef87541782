"""The map's JavaScript modules as text, in an order in which each can import those before it."""

from __future__ import annotations

import json
import re
from graphlib import TopologicalSorter
from pathlib import Path

MAP_FILES = Path(__file__).parent / "js"
ENTRY_MODULE = "map.js"

# JavaScript: each module becomes a blob that imports the blobs before it; returns the address of the last one, the entry.
LINK_MODULES = """
function linkModules(modules) {
  const urls = new Map();
  for (const [name, source] of modules) {
    const linked = source.replace(/ from "\\.\\/([\\w.]+)"/g, (_, other) => ` from "${urls.get(other)}"`);
    const script = `${linked}\\n//# sourceURL=embedviz-map/${name}`;
    urls.set(name, URL.createObjectURL(new Blob([script], { type: "text/javascript" })));
  }
  return [...urls.values()].at(-1);
}
"""

_IMPORT = re.compile(r'^import .* from "\./([\w.]+)";$', re.MULTILINE)


def read_modules(entry: str = ENTRY_MODULE) -> list[tuple[str, str]]:
    """Return the name and the source of a module and of all that it needs, each after those that it imports."""
    sources: dict[str, str] = {}
    pending = [entry]
    while pending:
        name = pending.pop()
        if name not in sources:
            sources[name] = (MAP_FILES / name).read_text(encoding="utf-8")
            pending += _IMPORT.findall(sources[name])
    order = TopologicalSorter({name: _IMPORT.findall(source) for name, source in sorted(sources.items())})
    return [(name, sources[name]) for name in order.static_order()]


def modules_json(entry: str = ENTRY_MODULE) -> str:
    """Return the modules as a JSON array of [name, source], for `linkModules`."""
    return json.dumps(read_modules(entry), ensure_ascii=False)


def read_style(*names: str) -> str:
    """Return style sheets of the map, one after the other."""
    return "\n".join((MAP_FILES / name).read_text(encoding="utf-8") for name in names)
