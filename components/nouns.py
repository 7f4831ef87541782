"""What the labels of a space are called on a page."""

from __future__ import annotations

from typing import NamedTuple

from embedviz.space import EmbeddingSpace


class Noun(NamedTuple):
    """One of them, several of them, and one with its article."""

    one: str
    many: str
    a: str

    def counted(self, n: int) -> str:
        """1 word, 20,000 words."""
        return f"{n:,} {self.one if n == 1 else self.many}"


_WORD = Noun("word", "words", "a word")
_NOUNS = {
    "word": _WORD,
    "before": _WORD,
    "user": Noun("user", "users", "a user"),
    "item": Noun("item", "items", "an item"),
}
_OTHER = Noun("value", "values", "a value")  # of a column of categories


def noun_of(space: EmbeddingSpace) -> Noun:
    """By the space's name: a model names its spaces after what lies in them."""
    return _NOUNS.get(space.name, _OTHER)
