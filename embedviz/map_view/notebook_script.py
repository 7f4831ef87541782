"""The JavaScript of the map in notebooks: all modules of the map in one, as anywidget loads them."""

from __future__ import annotations

import hashlib
import json

from embedviz.map_view.modules import LINK_MODULES, modules_json, read_style

ENTRY = "notebook.js"


def notebook_script() -> str:
    """Return the widget's module. The widgets of a page share the modules in it."""
    modules = modules_json(ENTRY)
    css = json.dumps({"map": read_style("notebook.css", "bar.css", "map.css"), "card": read_style("card.css")})
    key = json.dumps(f"embedviz-{hashlib.sha256(modules.encode()).hexdigest()[:16]}")
    return (
        f"{LINK_MODULES}\nconst css = {css};\n"
        f"const load = () => import(linkModules({modules}));\n"
        f"export default {{ async render(context) {{\n"
        f"  globalThis[{key}] ??= load();\n"
        f"  return (await globalThis[{key}]).render(context, css);\n}} }};\n"
    )
