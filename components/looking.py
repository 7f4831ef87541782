"""What a person looks at on a run's maps, the steps back and forth, and the same in the page's address."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from components import session
from components.map_address import (
    LONGEST,
    LOOKS,
    SELECT,
    drawn_of_word,
    settings_of_words,
    word_of_drawn,
    words_of_settings,
)
from components.map_columns import ALIKE, CLUSTER, colour_columns, size_columns
from components.map_selection import Drawn, rows_selected
from components.map_view import MapEvent
from embedviz.core.errors import EmbedvizError
from embedviz.jobs.maps import Map, draw_pca, map_of
from embedviz.projection.settings import ProjectionSettings
from embedviz.space import EmbeddingSpace
from embedviz.store.open_spaces import open_finished_map
from embedviz.store.run import Run

MOST_STEPS = 100  # back
BEGIN = "begin"
WORDS = (*ProjectionSettings.model_fields, BEGIN, *LOOKS)


class Step(NamedTuple):
    """What was looked at: the words of the address, and where the map was seen from when it was left."""

    words: dict[str, str]
    view: dict[str, float] | None


@dataclass
class Looking:
    """Kept for the visitor, one for each space. Rows are rows of the space, so that they mean the same on every map.

    begin: id of the map that the one asked for goes on from. flights: raised to fly to the focus once more. selected:
    the rows that `drawn` selects. loaded: the settings last taken from an address, with which the form begins anew, loads
    times so far.
    """

    run: Run
    space: EmbeddingSpace
    settings: dict[str, Any] | None = None
    submitted: str = ""
    begin: str = ""
    focus: int | None = None
    flights: int = 0
    searched: str = ""
    drawn: list[Drawn] = field(default_factory=list)
    selected: np.ndarray = field(default_factory=lambda: np.array([], np.int64))
    seen: dict[str, int] = field(default_factory=dict)
    view: dict[str, float] | None = None
    view_wanted: dict[str, float] | None = None
    view_serial: int = 0
    now: dict[str, str] | None = None
    past: list[Step] = field(default_factory=list)
    future: list[Step] = field(default_factory=list)
    written: dict[str, str] = field(default_factory=dict)
    loads: int = 0
    loaded: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def at(cls, run: Run, space: EmbeddingSpace) -> Looking:
        """What this visitor looks at on the maps of the run's space."""
        looking = st.session_state.setdefault(f"looking-{run.id}-{space.name}", cls(run, space))
        looking.run, looking.space = run, space
        return looking

    # --- keys of the widgets that are part of it ---

    @property
    def colour_key(self) -> str:
        return f"colour-{self.run.id}-{self.space.name}"

    @property
    def size_key(self) -> str:
        return f"size-{self.run.id}-{self.space.name}"

    @property
    def history_key(self) -> str:
        return f"history-{self.run.id}-{self.space.name}"

    # --- what a person does ---

    def fly_to(self, row: int | None) -> None:
        self.focus, self.flights = row, self.flights + 1

    def happened(self, event: MapEvent, shown: Map) -> None:
        """Takes over what was done on the map `shown`."""
        self.view = event.view or self.view
        if self._is_new("click", event.click_serial):
            self.focus = None if event.click is None else int(shown.points[event.click])
        if self._is_new("regions", event.regions_serial):
            self.select(self._drawn_after(event.regions, shown.id))
        if self._is_new("step", event.step_serial) and event.step:
            self.take(event.step)

    def _drawn_after(self, regions: tuple[dict[str, Any], ...], map_id: str) -> list[Drawn]:
        """What has been drawn on all maps, when this is what has been drawn on one: it goes on with what came before,
        unless it begins anew."""
        told = [Drawn(map_id, region) for region in regions]
        known = [part for part in self.drawn if part.map_id == map_id]
        if not told or (told[0].region["mode"] == "new" and told[: len(known)] != known):
            return told
        return [*self.drawn, *told[len(known) :]]

    def _is_new(self, name: str, serial: int) -> bool:
        if serial <= self.seen.get(name, 0):
            return False
        self.seen[name] = serial
        return True

    def select(self, drawn: list[Drawn]) -> None:
        """Selects what was drawn, from where it was begun anew."""
        anew = [place for place, part in enumerate(drawn) if part.region["mode"] == "new"]
        self.drawn = drawn[anew[-1] :] if anew else drawn
        self.selected = rows_selected(self.space, self.drawn, lambda map_id: open_finished_map(self.run, map_id))

    def draw(self, settings: dict[str, Any]) -> None:
        """Asks for a map with these settings, which goes on from the one asked for last if that is there."""
        before = wanted_map(self) if self.settings is not None else None
        wanted = ProjectionSettings.of(**settings)
        goes_on = (
            wanted.continues_last_map and before is not None and before.has_coords and before.settings.method in MOVED
        )
        if goes_on and before.settings.n_components == wanted.n_components:
            # the same once more is the same map, not one that goes on from itself
            self.begin = self.begin if before.settings == wanted else before.id
        else:
            self.begin = ""
        self.settings, self.submitted = settings, ""

    def search(self, typed: str, hits: list[int]) -> None:
        """Flies to the first hit when something new was typed."""
        if typed != self.searched:
            self.searched = typed
            if hits:
                self.fly_to(hits[0])

    # --- back and forth ---

    def take(self, step: str) -> None:
        """A step back ("undo") or forth again ("redo"); nothing when there is none."""
        here, there = (self.past, self.future) if step == "undo" else (self.future, self.past)
        if not here:
            return
        there.append(Step(self.now or {}, self.view))
        taken = here.pop()
        self.load(taken.words)
        self.now = self.words()
        if taken.view:
            self.view = self.view_wanted = taken.view
            self.view_serial += 1

    def settle(self) -> None:
        """At the end of the page: what is looked at now goes into the address, and what was before onto the steps."""
        words = self.words()
        if self.now is not None and words != self.now:
            self.past = [*self.past, Step(self.now, self.view)][-MOST_STEPS:]
            self.future = []
        self.now = words
        short = {name: word for name, word in words.items() if len(word) <= LONGEST}
        if short != _in_address():
            rest = {name: word for name, word in st.query_params.to_dict().items() if name not in WORDS}
            st.query_params.from_dict({**rest, **short})
        self.written = short

    def words(self) -> dict[str, str]:
        """What is looked at, as the address has it."""
        words = words_of_settings(self.settings) if self.settings is not None else {}
        if words and self.begin:
            words[BEGIN] = self.begin
        for name, key in (("colour", self.colour_key), ("size", self.size_key)):
            if (chosen := st.session_state.get(key)) and chosen != NONE[name]:
                words[name] = chosen
        if st.session_state.get(self.history_key):
            words["history"] = SHOWN
        if self.focus is not None:
            words["focus"] = self.space.labels[self.focus]
        if self.drawn:
            words[SELECT] = word_of_drawn(self.drawn)
        return words

    def follow_address(self) -> list[str]:
        """Takes over what the address says, where it is not what was written there: a link that was opened, a step in
        the browser's own history. Sentences about what could not be taken over."""
        words = _in_address()
        if not words or words == self.written:
            return []
        self.written = words
        for step, steps in (("undo", self.past), ("redo", self.future)):
            if steps and steps[-1].words == words:
                self.take(step)
                return []
        return self.load(words)

    def load(self, words: dict[str, str]) -> list[str]:
        """Looks at what the words say, as far as it is there. Sentences about what is not."""
        said = []
        try:
            self.settings = settings_of_words(words)
            self.begin = words.get(BEGIN, "") if words.get(BEGIN, "").isalnum() else ""
            self.loaded, self.loads = self.settings or {}, self.loads + 1
        except EmbedvizError as error:
            said.append(str(error))
        self._load_menu(self.colour_key, words.get("colour", NONE["colour"]), colour_columns(self.space))
        self._load_menu(self.size_key, words.get("size", NONE["size"]), size_columns(self.space))
        st.session_state[self.history_key] = words.get("history") == SHOWN
        label = words.get("focus")
        self.focus = None
        if label in self.space:
            self.fly_to(self.space.index(label))
        elif label:
            said.append(f"{label!r} is not in this space.")
        try:
            self.select(drawn_of_word(words.get(SELECT, "")))
        except (EmbedvizError, FileNotFoundError):
            self.select([])
            said.append("The selection was drawn on a map that is not here any more.")
        return said

    def _load_menu(self, key: str, word: str, options: list[str]) -> None:
        if word in options:
            st.session_state[key] = word


SHOWN = "shown"
MOVED = ("umap", "tsne")  # methods whose maps can be gone on from
NONE = {"colour": CLUSTER, "size": ALIKE}  # what the menus begin with, which the address leaves out


def _in_address() -> dict[str, str]:
    return {name: word for name, word in st.query_params.to_dict().items() if name in WORDS}


def wanted_map(looking: Looking) -> Map:
    """The map asked for, under way or done; handed to a worker once when it is new or was interrupted."""
    found = map_of(looking.run, looking.space.name, ProjectionSettings.of(**looking.settings), looking.begin)
    if found.state.is_final and found.status != "done" and looking.submitted != found.id:
        looking.submitted = found.id
        session.supervisor().submit(found)
    return found


def shown_map(asked: Map, looking: Looking) -> Map:
    """What is drawn: the map asked for, until it is there the one it goes on from, or else the same points by PCA."""
    if asked.has_coords:
        return open_finished_map(looking.run, asked.id)
    if asked.begin:
        try:
            before = open_finished_map(looking.run, asked.begin)
        except EmbedvizError:
            before = None
        if before is not None and before.has_coords:
            return before
    return draw_pca(looking.run, looking.space, asked.settings)
