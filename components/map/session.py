"""The state of a visitor's maps of one space, kept in the Streamlit session."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import streamlit as st

from components.map.address import SettingValue, decode_regions, decode_settings, encode_regions, encode_settings
from components.map.filters import Filter, Filters, decode_filters, encode_filters
from components.map.undo import Direction, UndoStack
from components.map.url_state import COLOR, FILTER, FOCUS, HISTORY, INIT, SELECT, SIZE, UrlState
from embedviz.core.errors import EmbedvizError
from embedviz.map_view.columns import CLUSTER, UNIFORM, color_columns, size_columns
from embedviz.map_view.event import MapEvent
from embedviz.map_view.exchange import Region, View
from embedviz.map_view.selection import DrawnRegion, select_rows
from embedviz.projection.map_folder import Map
from embedviz.space import EmbeddingSpace
from embedviz.store.open_spaces import open_finished_map
from embedviz.store.run_folder import RunFolder

SHOWN = "shown"
TABLE, FILTERS, SETTINGS, EXPORT = "Table", "Filters", "Settings", "Export"  # sections of the panel
MENU_DEFAULTS = {COLOR: CLUSTER, SIZE: UNIFORM}  # left out of the address


@dataclass
class MapSession:
    """State of a visitor's maps of one space. Rows are rows of the space, so they mean the same on every map.

    Attributes
    ----------
    settings : dict or None
        Settings of the requested map; None before the first one.
    submitted : str
        Id of the map last handed to a worker.
    init : str
        Id of the map whose layout the requested one starts from; empty for none.
    focus, focus_serial
        The row being looked at, and a number that is raised to fly there once more.
    searched : str
        What was last typed into the search.
    regions, selected
        The regions drawn to select, and the rows they select, sorted (n,) int64.
    filters : dict
        Filters by column that the points on the map have to pass.
    seen : dict
        Serial number of the last event of each kind that was handled.
    view, requested_view, view_serial
        Where the map was last seen from, and where it has to fly, with a number that is raised each time.
    loaded, loads
        Settings last taken from an address, which the form then starts with, and how often that happened.
    """

    run: RunFolder
    space: EmbeddingSpace
    settings: dict[str, SettingValue] | None = None
    submitted: str = ""
    init: str = ""
    focus: int | None = None
    focus_serial: int = 0
    searched: str = ""
    regions: list[DrawnRegion] = field(default_factory=list)
    selected: np.ndarray = field(default_factory=lambda: np.array([], np.int64))
    filters: Filters = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)
    view: View | None = None
    requested_view: View | None = None
    view_serial: int = 0
    undo_stack: UndoStack = field(default_factory=UndoStack)
    url: UrlState = field(default_factory=UrlState)
    loaded: dict[str, SettingValue] = field(default_factory=dict)
    loads: int = 0

    @classmethod
    def of(cls, run: RunFolder, space: EmbeddingSpace) -> MapSession:
        """Return this visitor's session for a space of the run."""
        session = st.session_state.setdefault(f"map-session-{run.id}-{space.name}", cls(run, space))
        session.run, session.space = run, space
        return session

    # --- keys of the widgets that are part of the state ---

    @property
    def map_key(self) -> str:
        """Widget key of the map, and the name by which its card follows it."""
        return f"map-{self.run.id}-{self.space.name}"

    @property
    def color_key(self) -> str:
        """Session-state key of the menu “Colour by”."""
        return f"colour-{self.run.id}-{self.space.name}"

    @property
    def size_key(self) -> str:
        """Session-state key of the menu “Size by”."""
        return f"size-{self.run.id}-{self.space.name}"

    @property
    def history_key(self) -> str:
        """Session-state key of the switch that shows the training history."""
        return f"history-{self.run.id}-{self.space.name}"

    @property
    def section_key(self) -> str:
        """Session-state key of the choice of the panel's section."""
        return f"section-{self.run.id}-{self.space.name}"

    @property
    def section(self) -> str | None:
        """The section of the panel that is open; None while the panel is closed."""
        return st.session_state.get(self.section_key)

    @section.setter
    def section(self, name: str | None) -> None:
        st.session_state[self.section_key] = name

    # --- what a person does ---

    def fly_to(self, row: int) -> None:
        """Make a row the focus, and bring it into sight even if it is the focus already."""
        self.focus, self.focus_serial = row, self.focus_serial + 1

    def search(self, query: str, hits: Sequence[int]) -> None:
        """Fly to the first hit when the query is a new one."""
        if query != self.searched:
            self.searched = query
            if hits:
                self.fly_to(hits[0])

    def handle(self, event: MapEvent, displayed: Map) -> None:
        """Take over what was done on the displayed map."""
        self.view = event.view or self.view
        if self._is_new("click", event.click_serial):
            self.focus = None if event.click is None else int(displayed.points[event.click])
        if self._is_new("regions", event.regions_serial):
            self.select(self._merge_regions(event.regions, displayed.id))
            if event.regions:
                self.section = TABLE
        for step in event.steps:
            is_outdated = step["after"] < self.seen.get("step", 0)
            if not self._is_new("step", step["serial"]):
                continue
            if step["name"] == "close":
                self.section = None
            else:
                if is_outdated:  # the browser's menus still say what the step before has undone
                    self._load_menus(self.undo_stack.current or {})
                self.undo_stack.record(self.to_words(), self.view)  # what came with the step is undone first
                self.step(step["name"])

    def _is_new(self, name: str, serial: int) -> bool:
        if serial <= self.seen.get(name, 0):
            return False
        self.seen[name] = serial
        return True

    def _merge_regions(self, regions: Sequence[Region], map_id: str) -> list[DrawnRegion]:
        """Return the regions of all maps, given those of one: they continue the earlier ones unless the first replaces them."""
        drawn = [DrawnRegion(map_id, region) for region in regions]
        known = [part for part in self.regions if part.map_id == map_id]
        if not drawn or (drawn[0].region["mode"] == "new" and drawn[: len(known)] != known):
            return drawn
        return [*self.regions, *drawn[len(known) :]]

    def select(self, regions: list[DrawnRegion]) -> None:
        """Select by the regions from the last one that replaces the selection."""
        starts = [place for place, drawn in enumerate(regions) if drawn.region["mode"] == "new"]
        self.regions = regions[starts[-1] :] if starts else regions
        self.selected = select_rows(self.space, self.regions, lambda map_id: open_finished_map(self.run, map_id))

    def filter(self, column: str, wanted: Filter | None) -> None:
        """Filter by a column; None takes its filter away."""
        others = {name: kept for name, kept in self.filters.items() if name != column}
        self.filters = {**others, column: wanted} if wanted else others

    def keep_filters(self, columns: Sequence[str]) -> None:
        """Keep the filters by these columns alone."""
        self.filters = {name: kept for name, kept in self.filters.items() if name in columns}

    def clear_filters(self) -> None:
        """Show all points again, and start with an empty form."""
        self.filters, self.loads = {}, self.loads + 1

    # --- undo, redo and the page's address ---

    def step(self, direction: Direction) -> None:
        """Undo or redo; nothing where there is no such step."""
        if taken := self.undo_stack.take(direction, self.view):
            self.load(taken.words)
            self.undo_stack.current = self.to_words()
            if taken.view:
                self.view = self.requested_view = taken.view
                self.view_serial += 1

    def save(self) -> None:
        """At the end of the page: write the state to the address, and the one before onto the undo stack."""
        words = self.to_words()
        self.undo_stack.record(words, self.view)
        self.url.write(words)

    def follow_address(self) -> list[str]:
        """Take over what the address says, unless the page wrote it. Returns messages about what is not available."""
        words = self.url.take_new()
        if words is None:
            return []
        if direction := self.undo_stack.direction_to(words):
            self.step(direction)
            return []
        messages = self.load(words)
        if self.regions:
            self.section = TABLE
        return messages

    def to_words(self) -> dict[str, str]:
        """Return the state as words of the address."""
        words = encode_settings(self.settings) if self.settings is not None else {}
        if words and self.init:
            words[INIT] = self.init
        for name, key in ((COLOR, self.color_key), (SIZE, self.size_key)):
            if (chosen := st.session_state.get(key)) and chosen != MENU_DEFAULTS[name]:
                words[name] = chosen
        if st.session_state.get(self.history_key):
            words[HISTORY] = SHOWN
        if self.focus is not None:
            words[FOCUS] = self.space.labels[self.focus]
        if self.regions:
            words[SELECT] = encode_regions(self.regions)
        if self.filters:
            words[FILTER] = encode_filters(self.filters)
        return words

    def load(self, words: dict[str, str]) -> list[str]:
        """Take the state from words of the address. Returns messages about what is not available."""
        messages: list[str] = []
        try:
            self.settings = decode_settings(words)
            self.init = words.get(INIT, "") if words.get(INIT, "").isalnum() else ""
            self.loaded, self.loads = self.settings or {}, self.loads + 1
        except EmbedvizError as error:
            messages.append(str(error))
        self._load_menus(words)
        self.filters = decode_filters(words.get(FILTER, ""))
        label = words.get(FOCUS, "")
        self.focus = None
        if label in self.space:
            self.fly_to(self.space.index(label))
        elif label:
            messages.append(f"{label!r} is not in this space.")
        try:
            self.select(decode_regions(words.get(SELECT, "")))
        except (EmbedvizError, FileNotFoundError):
            self.select([])
            messages.append("The selection cannot be restored: the map it was drawn on no longer exists.")
        return messages

    def _load_menus(self, words: dict[str, str]) -> None:
        self._load_menu(self.color_key, words.get(COLOR, MENU_DEFAULTS[COLOR]), color_columns(self.space))
        self._load_menu(self.size_key, words.get(SIZE, MENU_DEFAULTS[SIZE]), size_columns(self.space))
        st.session_state[self.history_key] = words.get(HISTORY) == SHOWN

    def _load_menu(self, key: str, word: str, options: list[str]) -> None:
        if word in options:
            st.session_state[key] = word
