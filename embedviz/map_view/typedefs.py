"""JSDoc types and constants of the map's exchange, generated from embedviz.map_view.exchange.

Run `python -m embedviz.map_view.typedefs` after a change there; a test compares the file with what would be generated.
"""

from __future__ import annotations

import inspect
import json
import types
from pathlib import Path
from typing import Annotated, Literal, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

from embedviz.map_view.exchange import CONSTANTS, EXCHANGED, JsType

EXCHANGE_FILE = Path(__file__).parent / "js" / "exchange.js"
_HEADER = """// @ts-check
// Messages between Python and the map. Generated from embedviz/map_view/exchange.py by `python -m embedviz.map_view.typedefs`.
"""
_PRIMITIVES = {str: "string", int: "number", float: "number", bool: "boolean", type(None): "null"}


def generate() -> str:
    """Return the text of exchange.js."""
    constants = "".join(
        f"export const {name} = {json.dumps(value)}; // {comment}\n" for name, (value, comment) in CONSTANTS.items()
    )
    return "\n".join([_HEADER, constants, *(_typedef(kind) for kind in EXCHANGED)])


def _typedef(kind: type) -> str:
    """Return the JSDoc comment that declares a TypedDict."""
    description = [f" * {line}".rstrip() for line in (inspect.getdoc(kind) or "").splitlines()]
    properties = []
    for name, annotation in get_type_hints(kind, include_extras=True).items():
        optional = get_origin(annotation) is NotRequired
        text = _js_type(get_args(annotation)[0] if optional else annotation)
        properties.append(f" * @property {{{text}}} {f'[{name}]' if optional else name}")
    return "\n".join(["/**", *description, " *", f" * @typedef {{object}} {kind.__name__}", *properties, " */\n"])


def _js_type(annotation: object) -> str:
    """Return the TypeScript type of a Python annotation."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return next(extra.text for extra in arguments[1:] if isinstance(extra, JsType))
    if origin is Literal:
        return " | ".join(f'"{value}"' for value in arguments)
    if origin in (Union, types.UnionType):
        return " | ".join(_js_type(argument) for argument in arguments)
    if origin is dict:
        return f"Record<string, {_js_type(arguments[1])}>"
    if origin is list:
        return f"{_js_type(arguments[0])}[]"
    if isinstance(annotation, type) and (is_typeddict(annotation) or annotation in _PRIMITIVES):
        return _PRIMITIVES.get(annotation, annotation.__name__)
    raise TypeError(f"{annotation!r} has no JavaScript type.")


if __name__ == "__main__":
    EXCHANGE_FILE.write_text(generate(), encoding="utf-8")
