"""The words of the page's address that belong to the map: what is there, and whether the page wrote it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import streamlit as st

from embedviz.projection.settings import ProjectionSettings

INIT = "init"
COLOR = "colour"
SIZE = "size"
FOCUS = "focus"
HISTORY = "history"
SELECT = "select"
NAMES = (*ProjectionSettings.model_fields, INIT, COLOR, SIZE, FOCUS, HISTORY, SELECT)
MAX_WORD_LENGTH = 4_000  # characters; a longer selection is kept by the session alone


def read_address() -> dict[str, str]:
    """Return the map's words in the address."""
    return {name: word for name, word in st.query_params.to_dict().items() if name in NAMES}


@dataclass
class UrlState:
    """The words last written to the address, or taken from it."""

    written: dict[str, str] = field(default_factory=dict)

    def take_new(self) -> dict[str, str] | None:
        """Return the address's words when the page did not write them: a link was opened, or the browser went back."""
        words = read_address()
        if not words or words == self.written:
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
