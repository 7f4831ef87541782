"""Messages between Python and the map in the browser: the message to the component, the state it sends back, and the layout
of the binary buffers. The JSDoc types in embedviz/map_view/js/exchange.js are generated from here (embedviz.map_view.typedefs).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal, NotRequired, TypedDict

import numpy as np

from embedviz.figures.colors import LAST_CODE, NO_VALUE
from embedviz.projection.packing import MAX_VALUE


@dataclass(frozen=True)
class BufferLayout:
    """Layout of a buffer that the browser fetches: `per_point` little-endian values of a NumPy dtype for each point."""

    dtype: str
    per_point: int

    @property
    def bytes_per_point(self) -> int:
        """Bytes that a point takes in the buffer."""
        return np.dtype(self.dtype).itemsize * self.per_point


@dataclass(frozen=True)
class JsType:
    """The TypeScript type of an annotated field, where it says more than the Python type."""

    text: str


POSITIONS = BufferLayout("<u2", 2)  # x, y from 0 to MAX_COORDINATE across the unit square, y upwards
COLOR_CODES = BufferLayout("u1", 1)  # a row of the legend, or 0 to MAX_NUMBER_CODE; NO_VALUE is a missing value
SIZE_CODES = BufferLayout("u1", 1)  # 0 is the smallest
PASSING = BufferLayout("u1", 1)  # 1 for a point that passes the filters, 0 for another

MAX_COORDINATE = MAX_VALUE
MAX_NUMBER_CODE = LAST_CODE
MAX_CORNERS = 2000  # of one region
MAX_REGIONS = 40
MAX_STEPS_SENT = 20
MAX_HIGHLIGHTED = 2000
LAYOUT_VERSION_HEADER = "X-Layout-Version"

# The constants that both sides use, with the comment each gets in exchange.js.
CONSTANTS: dict[str, tuple[int | str, str]] = {
    "BYTES_PER_POSITION": (POSITIONS.bytes_per_point, "of the buffers at points_url and, one snapshot after the other, at snapshots_url"),
    "BYTES_PER_COLOR_CODE": (COLOR_CODES.bytes_per_point, "of the buffer at colors_url"),
    "BYTES_PER_SIZE_CODE": (SIZE_CODES.bytes_per_point, "of the buffer at sizes_url"),
    "BYTES_PER_PASSING": (PASSING.bytes_per_point, "of the buffer at passing_url"),
    "MAX_COORDINATE": (MAX_COORDINATE, "the far side of the unit square"),
    "MAX_NUMBER_CODE": (MAX_NUMBER_CODE, "the color code of the legend's maximum"),
    "NO_VALUE": (NO_VALUE, "the color code of a point without a value"),
    "MAX_CORNERS": (MAX_CORNERS, "of a region that Python accepts"),
    "MAX_REGIONS": (MAX_REGIONS, "that Python accepts"),
    "MAX_STEPS_SENT": (MAX_STEPS_SENT, "at most, the last ones"),
    "LAYOUT_VERSION_HEADER": (LAYOUT_VERSION_HEADER, "of an answer from partial_layout_url; sent back as ?after="),
}  # fmt: skip


class View(TypedDict):
    """Camera position: the centre in the unit square, and the zoom, 1 where all points are in sight."""

    x: float
    y: float
    zoom: float


class HiddenCategories(TypedDict):
    """Categories that were hidden in the legend of a column, by their color codes."""

    column: str
    codes: list[int]


class Region(TypedDict):
    """A region drawn to select points: its corners in the unit square, y upwards, and what it does to the selection."""

    kind: Literal["box", "lasso"]
    mode: Literal["new", "add", "remove"]
    polygon: Annotated[list[list[float]], JsType("[number, number][]")]
    without: NotRequired[HiddenCategories]


class Axis(TypedDict):
    """A named direction: its title, and its value at the two ends of the unit square."""

    title: str
    low: float
    high: float


class PngExport(TypedDict):
    """The size of a picture: `scale` times the map on the screen, or `width` pixels across. A new serial number saves one."""

    scale: int
    width: int | None
    serial: int


DEFAULT_PNG: PngExport = {"scale": 2, "width": None, "serial": 0}  # sharp in print, and on the screens of today


class MapMessage(TypedDict):
    """The component's data, sent by Python at every run of the script. MapData (embedviz.map_view.map_data) explains the fields.

    `selected` holds one bit per point, the lowest bit first, in base64.
    """

    points_url: str
    n: int
    labels_url: str | None
    colors_url: str | None
    color_kind: Literal["category", "number"] | None
    legend: Annotated[
        list[list[str] | float | str], JsType("[string, string, string][] | [number | string, number | string]")
    ]
    color_column: str
    sizes_url: str | None
    passing_url: str | None
    highlight: list[int]
    focus: int | None
    focus_serial: int
    links: list[int]
    dim: bool
    regions: list[Region]
    regions_serial: int
    selected: str | None
    view: View | None
    view_serial: int
    step_serial: int
    can_undo: bool
    can_redo: bool
    view_in_address: bool
    partial_layout_url: str | None
    snapshots_url: str | None
    snapshot_titles: list[str]
    axes: list[Axis]
    link: str | None
    version: str | int
    height: int | None
    covered_by: str | None
    point_url: str | None
    card: str | None
    png: PngExport


class PointAnswer(TypedDict):
    """The answer from point_url: the point's label, the name and value of each column, and with ?metric= its nearest
    neighbours in the original space: label, similarity or distance, and the point on the map that it is, if it is there.
    """

    label: str
    columns: Annotated[list[list[str]], JsType("[string, string][]")]
    neighbors: Annotated[list[list[str | float | int | None]], JsType("[string, number, number | null][]")]
    measure: str


class CardMessage(TypedDict):
    """The data of the card of the point in focus."""

    map: str
    point_url: str
    focus: int | None
    metric: str
    metrics: list[str]


class MapStep(TypedDict):
    """A step that was asked for, with its serial number, and that of the step before it that the browser had been told of.

    "close" is Escape in the panel over the map, or on a map with nothing else to put away.
    """

    name: Literal["undo", "redo", "close"]
    serial: int
    after: int


class MapState(TypedDict):
    """The component's state `event`, sent by the browser: the last click, the regions and the last steps, with serial numbers.

    Steps are kept in a list, because two that follow each other at once reach Python as one state.
    """

    click: int | None
    click_serial: int
    regions: list[Region]
    regions_serial: int
    steps: list[MapStep]
    view: NotRequired[View]


class FirstLabels(TypedDict):
    """The answer of labels_url to `?first=`: the points whose labels tell most, the first above all, and these labels."""

    ids: list[int]
    labels: list[str]


class ColumnColors(TypedDict):
    """The fields of a MapMessage that colour the points by one column."""

    colors_url: str
    color_kind: Literal["category", "number"]
    legend: Annotated[
        list[list[str] | float | str], JsType("[string, string, string][] | [number | string, number | string]")
    ]


class OfflineContents(TypedDict):
    """Contents of the page that works offline: its message, the labels, the ids of those drawn first, the buffers in base64
    by their address, and the columns to colour by.
    """

    data: MapMessage
    labels: list[str]
    first: list[int]
    bytes: dict[str, str]
    colors: dict[str, ColumnColors]


EXCHANGED = (
    View,
    HiddenCategories,
    Region,
    Axis,
    PngExport,
    MapMessage,
    PointAnswer,
    CardMessage,
    MapStep,
    MapState,
    FirstLabels,
    ColumnColors,
    OfflineContents,
)
