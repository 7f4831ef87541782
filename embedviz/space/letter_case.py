"""The letter case in which a space has a word."""

from __future__ import annotations

from collections.abc import Container


def in_space_case(space: Container[object], word: str) -> str:
    """Return the word, in lower case if the space has it only so."""
    return word if word in space or word.lower() not in space else word.lower()
