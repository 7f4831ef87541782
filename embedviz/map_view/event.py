"""Events of the map (clicks, selections, undo), read from the browser's state, which is untrusted input."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeGuard

from embedviz.map_view.exchange import MAX_CORNERS, MAX_REGIONS, MAX_STEPS_SENT, NO_VALUE, MapStep, Region, View

MAX_INT = 2**53  # that a browser holds exactly; JSON has integers which are no float at all


@dataclass(frozen=True)
class MapEvent:
    """The last actions on the map. The same event comes back on every rerun: act when a serial is a new one.

    Attributes
    ----------
    click : int or None
        The point clicked; None for a click beside all points, Escape, or no click yet (serial 0).
    regions : tuple of Region
        What was drawn to select, one after the other; empty when nothing is selected.
    steps : tuple of MapStep
        The last steps, one after the other.
    view : View or None
        The view when the event was sent; None where it was not sent.
    click_serial, regions_serial : int
        Grow with each action of their kind.
    """

    click: int | None = None
    click_serial: int = 0
    regions: tuple[Region, ...] = ()
    regions_serial: int = 0
    steps: tuple[MapStep, ...] = ()
    view: View | None = None


def read_event(state: object, n: int) -> MapEvent:
    """Return the browser's state (exchange.MapState) as a MapEvent; whatever is no point or region becomes None."""
    if not isinstance(state, Mapping):
        return MapEvent()
    return MapEvent(
        click=_point(state.get("click"), n),
        click_serial=_serial(state.get("click_serial")),
        regions=read_regions(state.get("regions")),
        regions_serial=_serial(state.get("regions_serial")),
        steps=_steps(state.get("steps")),
        view=_view(state.get("view")),
    )


def read_regions(values: object) -> tuple[Region, ...]:
    """Return those of the first 40 values that are regions."""
    if not isinstance(values, list):
        return ()
    return tuple(region for value in values[:MAX_REGIONS] if (region := _region(value)))


def _is_int(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: object) -> TypeGuard[float]:
    return (_is_int(value) and abs(value) <= MAX_INT) or (isinstance(value, float) and math.isfinite(value))


def _is_sequence(value: object) -> TypeGuard[Sequence[object]]:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _serial(value: object) -> int:
    return value if _is_int(value) else 0


def _steps(values: object) -> tuple[MapStep, ...]:
    if not isinstance(values, list):
        return ()
    return tuple(step for value in values[-MAX_STEPS_SENT:] if (step := _step(value)))


def _step(value: object) -> MapStep | None:
    if not isinstance(value, Mapping):
        return None
    name, serial, after = value.get("name"), value.get("serial"), value.get("after")
    if name not in ("undo", "redo", "close") or not _is_int(serial) or not _is_int(after):
        return None
    return {"name": name, "serial": serial, "after": after}


def _point(value: object, n: int) -> int | None:
    return value if _is_int(value) and 0 <= value < n else None


def _view(value: object) -> View | None:
    if not isinstance(value, Mapping):
        return None
    x, y, zoom = value.get("x"), value.get("y"), value.get("zoom")
    if not (_is_number(x) and _is_number(y) and _is_number(zoom)):
        return None
    return {"x": float(x), "y": float(y), "zoom": float(zoom)}


def _region(value: object) -> Region | None:
    """Return the region with its keys in the order the browser has them, so that it recognises its own."""
    if not isinstance(value, Mapping):
        return None
    kind, mode, corners = value.get("kind"), value.get("mode"), value.get("polygon")
    if kind not in ("box", "lasso") or mode not in ("new", "add", "remove"):
        return None
    if not _is_sequence(corners) or not 3 <= len(corners) <= MAX_CORNERS:
        return None
    polygon = [point for corner in corners if (point := _corner(corner))]
    if len(polygon) < len(corners):
        return None
    region: Region = {"kind": kind, "mode": mode, "polygon": polygon}
    without = value.get("without")
    if isinstance(without, Mapping):
        column, codes = without.get("column"), without.get("codes")
        if isinstance(column, str) and isinstance(codes, list):
            kept = [code for code in codes if _is_int(code) and 0 <= code <= NO_VALUE]
            region["without"] = {"column": column, "codes": kept}
    return region


def _corner(value: object) -> list[float] | None:
    if not _is_sequence(value) or len(value) != 2:
        return None
    x, y = value
    return [float(x), float(y)] if _is_number(x) and _is_number(y) else None
