"""Kinds of labels."""

from __future__ import annotations

from typing import Literal, get_args

SpaceKind = Literal["word", "user", "item", "value", "text", "row"]
SPACE_KINDS: tuple[SpaceKind, ...] = get_args(SpaceKind)
EXAMPLE_KINDS: tuple[SpaceKind, ...] = ("text", "row")  # of examples, not of what examples are made of
PLURALS: dict[SpaceKind, str] = {
    "word": "words",
    "user": "users",
    "item": "items",
    "value": "values",
    "text": "texts",
    "row": "rows",
}
TEXT = "text"  # the column of a space of texts that holds them in full; a label is the beginning of one
_BY_NAME: dict[str, SpaceKind] = {"word": "word", "before": "word", "user": "user", "item": "item"}


def kind_of_name(name: str) -> SpaceKind:
    """Return the kind of a space that was written without one, by the name that models gave such spaces."""
    return _BY_NAME.get(name, "value")
