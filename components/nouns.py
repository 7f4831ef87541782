"""Nouns for the labels of a space: word, user, item, value."""

from __future__ import annotations

from typing import NamedTuple

from embedviz.space import EmbeddingSpace
from embedviz.space.kinds import PLURALS


class Noun(NamedTuple):
    """A noun in the singular, in the plural, and with its article."""

    one: str
    many: str
    a: str

    def counted(self, n: int) -> str:
        """Return the number with the noun: 1 word, 20,000 words."""
        return f"{n:,} {self.one if n == 1 else self.many}"


def noun_of(space: EmbeddingSpace) -> Noun:
    """Return the noun for the space's labels."""
    return Noun(space.kind, PLURALS[space.kind], f"{'an' if space.kind == 'item' else 'a'} {space.kind}")
