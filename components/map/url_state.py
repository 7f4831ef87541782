"""The words of the page's address that belong to the map: what is there, and whether the page wrote it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from components.navigation import is_history_step
from embedviz.projection.settings import ProjectionSettings

INIT = "init"
COLOR = "colour"
SIZE = "size"
FOCUS = "focus"
HISTORY = "history"
SELECT = "select"
FILTER = "filter"
NAMES = (*ProjectionSettings.model_fields, INIT, COLOR, SIZE, FOCUS, HISTORY, SELECT, FILTER)
MAX_WORD_LENGTH = 4_000  # characters; a longer selection is kept by the session alone


def read_address() -> dict[str, str]:
    """Return the map's words in the address."""
    return {name: word for name, word in st.query_params.to_dict().items() if name in NAMES}


@dataclass
class UrlState:
    """The words last written to the address, or taken from it; None before either."""

    written: dict[str, str] | None = None

    def take_new(self) -> dict[str, str] | None:
        """Return the address's words when a link was opened, or the browser went back or forward; otherwise None."""
        words = read_address()
        if not words or words == self.written or (self.written is not None and not is_history_step()):
            return None
        self.written = words
        return words

    def write(self, words: Mapping[str, str]) -> None:
        """Put the words into the address, and leave those of others there."""
        short = {name: word for name, word in words.items() if len(word) <= MAX_WORD_LENGTH}
        if short != read_address():
            others = {name: word for name, word in st.query_params.to_dict().items() if name not in NAMES}
            st.query_params.from_dict({**others, **short})
        self.written = short
