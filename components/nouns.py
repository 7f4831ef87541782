"""Nouns for the labels of a space: word, user, item or value."""

from __future__ import annotations

from typing import NamedTuple

from embedviz.space import EmbeddingSpace


class Noun(NamedTuple):
    """A noun in the singular, in the plural, and with its article."""

    one: str
    many: str
    a: str

    def counted(self, n: int) -> str:
        """Return the number with the noun: 1 word, 20,000 words."""
        return f"{n:,} {self.one if n == 1 else self.many}"


_WORD = Noun("word", "words", "a word")
_NOUNS = {
    "word": _WORD,
    "before": _WORD,
    "user": Noun("user", "users", "a user"),
    "item": Noun("item", "items", "an item"),
}
_VALUE = Noun("value", "values", "a value")  # of a categorical column


def noun_of(space: EmbeddingSpace) -> Noun:
    """Return the noun for the space's labels, by the name of the space."""
    return _NOUNS.get(space.name, _VALUE)
