"""Data of the map, and the message to the browser that is made of it.

Points, colours and labels are fetched by the browser from addresses given in MapData, never sent in the message, so a message
is a few hundred bytes whatever the size of the map. What goes to and fro is described in embedviz.map_view.exchange.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from embedviz.figures.colors import Category
from embedviz.map_view.exchange import DEFAULT_PNG, MAX_HIGHLIGHTED, Axis, MapMessage, PngExport, Region, View


@dataclass(frozen=True)
class MapData:
    """Data of the map. Addresses are relative to the app's base address ("embedviz/maps/…", no leading slash).

    Attributes
    ----------
    points_url : str
        Answers with n positions in the layout exchange.POSITIONS.
    n : int
        Number of points.
    labels_url : str or None
        Answers `?first=2000` with exchange.FirstLabels, those that are drawn before others, and `?ids=3,17` with a JSON
        array of strings.
    colors_url : str or None
        Answers with n color codes in the layout exchange.COLOR_CODES: with color_kind "category" a row of `legend`,
        with "number" 0 (the legend's minimum) to 254 (its maximum), 255 for a point without a value, grey. None: all in
        the primary colour.
    color_kind : {"category", "number"} or None
    legend : sequence
        For "category" a Category for each code, its colour "currentColor" being the text's colour; for "number"
        (minimum, maximum), as numbers or as text.
    color_column : str
        The column that the colours show; it comes back with a region drawn while categories are hidden.
    sizes_url : str or None
        Answers with n bytes in the layout exchange.SIZE_CODES. None: all points have one size.
    passing_url : str or None
        Answers with n bytes in the layout exchange.PASSING: points that do not pass the filters are hardly seen and out
        of reach. None: all pass.
    highlight : sequence of int
        Up to 2,000 points that get a ring and a label (a search's hits, a table's rows).
    focus : int or None
        The point being looked at. When it changes the map flies there, unless it was clicked on the map.
    focus_serial : int
        Raise it to fly to the same focus once more.
    links : sequence of int
        The focus's neighbours, joined to it by lines.
    dim : bool
        Fade all points but focus, links and highlight.
    regions : sequence of Region
        Those kept by the page, as they came in a MapEvent; a change replaces what is drawn and selected.
    regions_serial : int
        That of the last event whose regions were taken over.
    selected : (n,) bool or None
        Given where the regions alone do not tell which points are selected.
    view : View or None
        Where to fly when view_serial changes; None leaves the view to the person.
    step_serial : int
        That of the last step that was done.
    can_undo, can_redo : bool
        Whether the buttons can be pressed; both False hides them.
    view_in_address : bool
        Keep the view in the page's address, for the one map of a page that has it there.
    partial_layout_url : str or None
        Answers with the positions reached so far while the layout is being optimised; `?after=` names the last version
        seen, which comes in the header exchange.LAYOUT_VERSION_HEADER, and it answers 204 until there is another.
        Nothing can be selected meanwhile.
    snapshots_url : str or None
        Answers with the positions at each snapshot, one after the other, the last as at points_url; a slider leads
        through them.
    snapshot_titles : sequence of str
        What each snapshot is called.
    axes : sequence of Axis
        The horizontal and the vertical one, where the directions have names.
    link : str or None
        Maps of one page with the same link, which show the same points in the same order, hover and select together.
    version : str or int
        Change it when the same addresses answer with something else.
    covered_by : str or None
        CSS selector of a panel of the page that lies over the map; points and controls keep clear of it.
    point_url : str or None
        Answers `?id=7` with an exchange.PointAnswer. None: a point's columns are not shown.
    card : str or None
        Name of the map by which a card (js/point_card.js) follows its focus.
    png : PngExport
        The size of a saved PNG; a new serial number saves one.
    """

    points_url: str
    n: int
    labels_url: str | None = None
    colors_url: str | None = None
    color_kind: Literal["category", "number"] | None = None
    legend: Sequence[Category | float | str] = ()
    color_column: str = ""
    sizes_url: str | None = None
    passing_url: str | None = None
    highlight: Sequence[int] | np.ndarray = ()
    focus: int | None = None
    focus_serial: int = 0
    links: Sequence[int] | np.ndarray = ()
    dim: bool = False
    regions: Sequence[Region] = ()
    regions_serial: int = 0
    selected: np.ndarray | None = None
    view: View | None = None
    view_serial: int = 0
    step_serial: int = 0
    can_undo: bool = False
    can_redo: bool = False
    view_in_address: bool = False
    partial_layout_url: str | None = None
    snapshots_url: str | None = None
    snapshot_titles: Sequence[str] = ()
    axes: Sequence[Axis] = ()
    link: str | None = None
    version: str | int = 0
    covered_by: str | None = None
    point_url: str | None = None
    card: str | None = None
    png: PngExport = field(default_factory=DEFAULT_PNG.copy)


def message_of(data: MapData, height: int | None) -> MapMessage:
    """Return what is sent to the browser: plain numbers and lists.

    Raises
    ------
    ValueError
        For more than 2,000 highlighted points, which are a bug of the page.
    """
    if len(data.highlight) > MAX_HIGHLIGHTED:
        raise ValueError(f"At most {MAX_HIGHLIGHTED} points can be highlighted, not {len(data.highlight)}.")
    return {
        "points_url": data.points_url,
        "n": data.n,
        "labels_url": data.labels_url,
        "colors_url": data.colors_url,
        "color_kind": data.color_kind,
        "legend": legend_rows(data.legend),
        "color_column": data.color_column,
        "sizes_url": data.sizes_url,
        "passing_url": data.passing_url,
        "highlight": [int(point) for point in data.highlight],
        "focus": None if data.focus is None else int(data.focus),
        "focus_serial": data.focus_serial,
        "links": [int(point) for point in data.links],
        "dim": data.dim,
        "regions": list(data.regions),
        "regions_serial": data.regions_serial,
        "selected": None if data.selected is None else _pack_bits(data.selected),
        "view": data.view,
        "view_serial": data.view_serial,
        "step_serial": data.step_serial,
        "can_undo": data.can_undo,
        "can_redo": data.can_redo,
        "view_in_address": data.view_in_address,
        "partial_layout_url": data.partial_layout_url,
        "snapshots_url": data.snapshots_url,
        "snapshot_titles": list(data.snapshot_titles),
        "axes": list(data.axes),
        "link": data.link,
        "version": data.version,
        "height": height,
        "covered_by": data.covered_by,
        "point_url": data.point_url,
        "card": data.card,
        "png": data.png,
    }


def legend_rows(legend: Sequence[Category | float | str]) -> list[list[str] | float | str]:
    """Return a legend as plain lists."""
    return [list(row) if isinstance(row, tuple) else row for row in legend]


def _pack_bits(mask: np.ndarray) -> str:
    """Return (n,) bool as base64, eight points a byte, the lowest bit first."""
    return base64.b64encode(np.packbits(mask, bitorder="little").tobytes()).decode("ascii")
