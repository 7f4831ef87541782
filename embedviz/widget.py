"""The map as a widget for notebooks, by anywidget: JupyterLab, VS Code, Colab, and kernels elsewhere.

Everything goes over the widget's own messages, so that no server has to be reached: positions and colours as binary buffers
with the widget's state, labels and neighbours when they are asked for. Picture and gestures are those of the app's map.
"""

from __future__ import annotations

import uuid
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, cast

import numpy as np

from embedviz.core.errors import EmbedvizError, SettingsError
from embedviz.map_view.answers import MAX_LABELS, answer_question, first_labels, pack, point_answer
from embedviz.map_view.axes import named_axes
from embedviz.map_view.columns import (
    CLUSTER,
    UNIFORM,
    color_codes,
    color_columns,
    default_color,
    size_codes,
    size_columns,
)
from embedviz.map_view.displayed_map import DisplayedMap, FindsClusters
from embedviz.map_view.event import read_event
from embedviz.map_view.exchange import COLOR_CODES, SIZE_CODES
from embedviz.map_view.map_data import MapData, message_of
from embedviz.map_view.notebook_script import notebook_script
from embedviz.map_view.search import find_rows
from embedviz.map_view.selection import DrawnRegion, regions_suffice, row_mask, select_rows
from embedviz.projection.packing import pack_points
from embedviz.space import EmbeddingSpace
from embedviz.space.metrics import METRICS, Metric

try:
    import anywidget
    import traitlets
except ImportError as error:
    raise SettingsError('The map in notebooks needs anywidget: pip install "embedviz[notebook]"') from error

MAX_HIGHLIGHTED_HITS = 200
MIN_HEIGHT_PX, MAX_HEIGHT_PX = 360, 4000  # the toolbar takes the least


class Map(anywidget.AnyWidget):
    """A flat map in a notebook: hover over a point for its columns, click it for its neighbours, select by box or lasso.

    Parameters
    ----------
    displayed : Projection or Map
        What `embedviz.project` returns, or a map of a run.
    space : EmbeddingSpace
        The space of the map.
    color_by : str, optional
        A column to colour by; by default the first one of few categories or of numbers.
    **traits
        Any of the attributes below.

    Attributes
    ----------
    selection : list of str
        Labels that are selected, in the order of the space. Set it to select.
    selected : np.ndarray
        (len(space),) bool, True for a row that is selected: `space.columns[widget.selected]`. Takes rows, too.
    focus : str or None
        The label being looked at. Set it to fly there; a click sets it.
    color_by : str
        One of `color_columns`.
    size_by : str
        A column of numbers, or "uniform".
    search : str
        Labels that contain it are marked; between slashes it is a regular expression.
    metric : {"cosine", "euclidean", "dot"}
        By which the neighbours of the focus are measured in the original space.
    height : int
        Pixels, 360 to 4,000.

    Raises
    ------
    ColumnError
        For a column that is not there.
    UnknownLabelError
        For a label that is not in the space.

    Examples
    --------
    >>> import embedviz as ev, numpy as np
    >>> space = ev.EmbeddingSpace(list("abcd"), np.eye(4, dtype=np.float32))
    >>> widget = ev.project(space, "pca").widget(height=400)
    >>> widget.selected = [0, 2]
    >>> widget.selection
    ['a', 'c']
    >>> widget.observe(lambda change: print("selected:", change.new), "selection")
    >>> widget.selection = ["b"]
    selected: ['b']
    >>> space.labels[int(np.flatnonzero(widget.selected)[0])]
    'b'
    """

    _esm = notebook_script()

    selection = (
        traitlets.List()
    )  # of labels, which the check looks up: traitlets would look at each of a million once more
    selected = traitlets.Any()
    focus = traitlets.Unicode(None, allow_none=True)
    color_by = traitlets.Unicode().tag(sync=True)
    size_by = traitlets.Unicode(UNIFORM)
    search = traitlets.Unicode().tag(sync=True)
    metric = traitlets.Enum(METRICS, "cosine").tag(sync=True)
    height = traitlets.Int(560, min=MIN_HEIGHT_PX, max=MAX_HEIGHT_PX)

    _points = traitlets.Bytes().tag(sync=True)
    _colors = traitlets.Bytes(None, allow_none=True).tag(sync=True)
    _sizes = traitlets.Bytes(None, allow_none=True).tag(sync=True)
    _first_labels = traitlets.Dict(None, allow_none=True).tag(sync=True)
    _columns = traitlets.List(traitlets.Unicode()).tag(sync=True)
    _metrics = traitlets.List(traitlets.Unicode()).tag(sync=True)
    _found = traitlets.Unicode().tag(sync=True)
    _message = traitlets.Dict().tag(sync=True)
    _event = traitlets.Dict().tag(sync=True)

    def __init__(
        self, displayed: DisplayedMap, space: EmbeddingSpace, *, color_by: str | None = None, **traits: Any
    ) -> None:
        self._displayed, self._space = displayed, space
        self._id = uuid.uuid4().hex
        self._place_of = np.full(len(space), -1)
        self._place_of[np.asarray(displayed.points)] = np.arange(len(displayed.points))
        self._regions: list[DrawnRegion] = []
        self._hits: list[int] = []
        self._links: list[int] = []
        self._seen = {"click": 0, "regions": 0}
        self._focus_serial = self._color_serial = self._size_serial = 0
        self._is_ready = self._is_following = False
        n = len(displayed.points)
        first = first_labels(np.asarray(displayed.points), space, n) if n <= MAX_LABELS else None
        super().__init__(
            color_by=default_color(space) if color_by is None else color_by,
            _points=pack_points(np.asarray(displayed.coords)[:, :2]),
            _first_labels=first,
            _columns=color_columns(space),
            _metrics=list(METRICS),
            selected=np.zeros(len(space), bool),
        )
        self._color()
        self._is_ready = True
        self._update()
        with self.hold_sync():
            for name, value in traits.items():
                if name not in ("selection", "selected", "focus", "size_by", "search", "metric", "height"):
                    raise SettingsError(
                        f"The map has no {name!r}. It takes selection, focus, color_by, size_by, height …"
                    )
                setattr(self, name, value)
        self.on_msg(self._answer)

    @property
    def color_columns(self) -> list[str]:
        """The columns that `color_by` takes."""
        return color_columns(self._space)

    # --- from Python ---

    @traitlets.validate("color_by")
    def _check_color(self, proposal: Mapping[str, Any]) -> str:
        return _one_of(proposal["value"], self.color_columns, "column to colour by")

    @traitlets.validate("size_by")
    def _check_size(self, proposal: Mapping[str, Any]) -> str:
        return _one_of(proposal["value"], size_columns(self._space), "column of numbers to size by")

    @traitlets.validate("focus")
    def _check_focus(self, proposal: Mapping[str, Any]) -> str | None:
        label = proposal["value"]
        if label is not None and self._place_of[self._space.index(label)] < 0:
            raise SettingsError(
                f"{label!r} is in the space, but not on this map of {len(self._displayed.points):,} points."
            )
        return label

    @traitlets.validate("selection")
    def _check_selection(self, proposal: Mapping[str, Any]) -> list[str]:
        """Return the labels in the order of the space, each once."""
        labels = proposal["value"]
        return labels if self._is_following else self._labels_at(sorted({self._space.index(label) for label in labels}))

    @traitlets.validate("selected")
    def _check_selected(self, proposal: Mapping[str, Any]) -> np.ndarray:
        return row_mask(proposal["value"], len(self._space))

    @traitlets.observe("color_by")
    def _color_changed(self, _: object) -> None:
        if self._is_ready:
            with self.hold_sync():
                self._color()
                self._update()

    @traitlets.observe("size_by")
    def _size_changed(self, _: object) -> None:
        self._size_serial += 1
        with self.hold_sync():
            is_uniform = self.size_by == UNIFORM
            sizes = None if is_uniform else size_codes(self._displayed, self._space, self.size_by)
            self._sizes = None if sizes is None else pack(sizes, SIZE_CODES)
            self._update()

    @traitlets.observe("focus", "metric")
    def _focus_changed(self, change: Mapping[str, Any]) -> None:
        if not self._is_ready:
            return
        place = self._focus_place
        self._links = []
        if place is not None:
            answer = point_answer(self._displayed, self._space, place, cast(Metric, self.metric))
            self._links = [cast(int, at) for _, _, at in answer["neighbors"] if at is not None]
        if change["name"] == "focus" and not self._is_following:
            self._focus_serial += 1  # the map flies there
        self._update()

    @traitlets.observe("search")
    def _search_changed(self, _: object) -> None:
        query = self.search.strip()
        with self.hold_sync():
            try:
                rows = find_rows(self._space, np.asarray(self._displayed.points), query)
                self._found = f"{len(rows):,} found" if query else ""
            except EmbedvizError as error:
                rows, self._found = [], str(error)
            self._hits = self._place_of[rows[:MAX_HIGHLIGHTED_HITS]].tolist()
            if rows:
                self.focus = self._space.labels[rows[0]]
            self._update()

    @traitlets.observe("selection")
    def _selection_changed(self, _: object) -> None:
        if self._is_ready and not self._is_following:
            rows = [self._space.index(label) for label in self.selection]
            self._select(row_mask(rows, len(self._space)), [])

    @traitlets.observe("selected")
    def _selected_changed(self, _: object) -> None:
        if self._is_ready and not self._is_following:
            self._select(self.selected, [])

    @traitlets.observe("height")
    def _height_changed(self, _: object) -> None:
        self._update()

    # --- from the browser ---

    @traitlets.observe("_event")
    def _follow(self, change: Mapping[str, Any]) -> None:
        """Take over what was done on the map."""
        event = read_event(change["new"], len(self._displayed.points))
        if event.click_serial > self._seen["click"]:
            self._seen["click"] = event.click_serial
            row = None if event.click is None else int(self._displayed.points[event.click])
            with self._following():
                self.focus = None if row is None else self._space.labels[row]
        if event.regions_serial > self._seen["regions"]:
            self._seen["regions"] = event.regions_serial
            regions = [DrawnRegion(self._id, region) for region in event.regions]
            rows = self._rows_in(regions)
            self._select(row_mask(rows, len(self._space)), regions)

    def _rows_in(self, regions: Sequence[DrawnRegion]) -> np.ndarray:
        """Return the rows that the regions select; one that adds to or removes from what Python selected starts from that."""
        if not regions or regions[0].region["mode"] == "new":
            return select_rows(self._space, regions, lambda _: self._displayed)
        before = cast(np.ndarray, self.selected)
        return select_rows(self._space, regions[-1:], lambda _: self._displayed, before)

    def _answer(self, _: object, question: Mapping[str, Any], _buffers: object) -> None:
        """Answer what a view asks: an id for the answer, and an address as exchange.MapMessage has it, in parts."""
        try:
            name, parameters = question.get("name", ""), question.get("parameters", {})
            status, answer = 200, answer_question(self._displayed, self._space, name, parameters)
        except EmbedvizError as error:
            status, answer = 400, str(error)
        self.send({"id": question.get("id"), "status": status, "answer": answer})

    # --- the state as a message ---

    @property
    def _focus_place(self) -> int | None:
        return None if self.focus is None else int(self._place_of[self._space.index(self.focus)])

    def _select(self, mask: np.ndarray, regions: list[DrawnRegion]) -> None:
        """Make both traits say what is selected; those who observe them see both as they will be."""
        self._regions = regions
        with self._following(), self.hold_trait_notifications():
            if not np.array_equal(mask, cast(np.ndarray, self.selected)):
                self.selected = mask
            self.selection = self._labels_at(np.flatnonzero(mask).tolist())
        self._update()

    def _labels_at(self, rows: Sequence[int]) -> list[str]:
        return [self._space.labels[row] for row in rows]

    @contextmanager
    def _following(self) -> Generator[None]:
        """While traits follow the map, and not the map the traits."""
        before, self._is_following = self._is_following, True
        try:
            yield
        finally:
            self._is_following = before

    def _color(self) -> None:
        if self.color_by == CLUSTER and isinstance(self._displayed, FindsClusters):
            self._displayed.find_clusters()
        colors = color_codes(self._displayed, self._space, self.color_by)
        self._legend = colors
        self._colors = pack(colors.codes, COLOR_CODES) if colors else None
        self._color_serial += 1

    def _update(self) -> None:
        """Send the state to all views."""
        if not self._is_ready:
            return
        points = np.asarray(self._displayed.points)
        selected, colors = cast(np.ndarray, self.selected), self._legend
        starts_new = bool(self._regions) and self._regions[0].region["mode"] == "new"
        suffices = not selected.any() or (starts_new and regions_suffice(self._regions, self._id))
        data = MapData(
            points_url=f"points?of={self._id}",
            n=len(points),
            labels_url="labels",
            colors_url=f"colors?version={self._color_serial}" if colors else None,
            color_kind=colors.kind if colors else None,
            legend=colors.legend if colors else (),
            color_column=self.color_by,
            sizes_url=f"sizes?version={self._size_serial}" if self._sizes else None,
            highlight=self._hits,
            focus=self._focus_place,
            focus_serial=self._focus_serial,
            links=self._links,
            dim=self.focus is not None,
            regions=[drawn.region for drawn in self._regions],
            regions_serial=self._seen["regions"],
            selected=None if suffices else selected[points],
            axes=named_axes(self._displayed),
            point_url="point",
        )
        self._message = cast("dict[str, Any]", message_of(data, self.height))


def _one_of(value: str, allowed: Sequence[str], what: str) -> str:
    if value not in allowed:
        raise SettingsError(f"There is no {what} named {value!r}. There is {', '.join(allowed)}.")
    return value
