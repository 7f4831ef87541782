"""What the labels of a space are called on a page."""

from __future__ import annotations

from typing import NamedTuple

from embedviz.space import EmbeddingSpace


class Noun(NamedTuple):
    """One of them, several of them."""

    one: str
    many: str

    def counted(self, n: int) -> str:
        """1 word, 20,000 words."""
        return f"{n:,} {self.one if n == 1 else self.many}"


_WORD = Noun("word", "words")
_NOUNS = {"word": _WORD, "before": _WORD, "user": Noun("user", "users"), "item": Noun("item", "items")}
_OTHER = Noun("value", "values")  # of a column of categories


def noun_of(space: EmbeddingSpace) -> Noun:
    """By the space's name: a model names its spaces after what lies in them."""
    return _NOUNS.get(space.name, _OTHER)
