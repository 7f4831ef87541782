"""The words a sentiment network reads: those of the training part, which learn, and further ones that came with vectors.

Numbers: 0 is padding, 1 the unknown word, then the V words that learn, then the R words that stay as they came.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from embedviz.core.errors import DataError
from embedviz.formats.character_ngrams import composed, holds_character_ngrams
from embedviz.space import EmbeddingSpace

PADDING, UNKNOWN, FIRST = 0, 1, 2
MOST_LEARNING = 200_000  # words of the training part, the frequent first


@dataclass(frozen=True)
class SentimentVocabulary:
    """labels (V) with counts (V,) in the training part, the most frequent first; rest (R): words known by their ready
    vectors alone."""

    labels: list[str]
    counts: np.ndarray
    rest: list[str]

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {label: i for i, label in enumerate([*self.labels, *self.rest], FIRST)}

    def __contains__(self, word: str) -> bool:
        return word in self._numbers

    def encode(self, words: Sequence[str]) -> np.ndarray:
        """The words' numbers, (T,) int32; UNKNOWN stands for an unknown word, and for a text without any word."""
        numbers = self._numbers
        return np.array([numbers.get(word, UNKNOWN) for word in words] or [UNKNOWN], np.int32)


class ReadyVectors:
    """Vectors that came from elsewhere, looked up by a word as it stands in a text."""

    def __init__(self, space: EmbeddingSpace, lowercase: bool):
        self.space, self.lowercase = space, lowercase
        self.of_ngrams = holds_character_ngrams(space)

    @property
    def dim(self) -> int:
        return self.space.dim

    def __contains__(self, word: str) -> bool:
        return self._label(word) is not None if not self.of_ngrams else composed(self.space, word) is not None

    def vector(self, word: str) -> np.ndarray | None:
        """The word's vector (D,), or None. Where words were made lower case, one that is known only as Paris or NASA is
        found as that; vectors of character n-grams are put together."""
        if self.of_ngrams:
            return composed(self.space, word)
        label = self._label(word)
        return None if label is None else self.space.vector(label)

    def further(self, learning: Iterable[str], most: int) -> tuple[list[str], np.ndarray]:
        """The `most` first words that are not among those that learn, and their vectors (R, D) float16."""
        taken = set(learning)
        found: dict[str, int] = {}
        if not self.of_ngrams:
            for i, label in enumerate(self.space.labels):
                if len(found) == most:
                    break
                word = label.lower() if self.lowercase else label
                if word not in taken:
                    found.setdefault(word, i)
        rows = np.asarray(self.space.vectors[list(found.values())] if found else np.empty((0, self.dim)), np.float32)
        return list(found), np.clip(rows, -6e4, 6e4).astype(np.float16)

    def _label(self, word: str) -> str | None:
        if word in self.space:
            return word
        if self.lowercase:
            return next((other for other in (word.capitalize(), word.upper()) if other in self.space), None)
        return None


def learn_vocabulary(
    texts: Iterable[Sequence[str]], ready: ReadyVectors | None, min_count: int | None, kept_words: int
) -> tuple[SentimentVocabulary, dict[int, np.ndarray], np.ndarray]:
    """The vocabulary of the training part's texts, its vectors by place in labels, and those of the rest (R, D) float16.

    A word without a ready vector has to be seen min_count times; rarer ones teach what the unknown word means. With None
    it is not kept however often it is seen. DataError when no word is left.
    """
    counter = Counter(word for words in texts for word in words)
    vectors: dict[str, np.ndarray] = {}
    if ready:
        vectors = {word: vector for word in counter if (vector := ready.vector(word)) is not None}
    kept = [word for word, count in counter.items() if word in vectors or (min_count and count >= min_count)]
    if not kept and min_count is None:
        raise DataError(
            "The vectors know none of the training part's words, and nothing can be learned from unknown words alone. "
            "Take other vectors, or let the word vectors learn."
        )
    if not kept:
        raise DataError(
            f"No word is seen {min_count} times or more in the training part, and none has a ready vector. "
            f"Set the minimum count to 1, or bring more text."
        )
    kept.sort(key=lambda word: (-counter[word], word))
    kept = kept[:MOST_LEARNING]
    rest, rest_vectors = ready.further(kept, kept_words) if ready else ([], np.empty((0, 0), np.float16))
    vocabulary = SentimentVocabulary(kept, np.array([counter[word] for word in kept], np.int64), rest)
    return vocabulary, {i: vectors[word] for i, word in enumerate(kept) if word in vectors}, rest_vectors


@dataclass(frozen=True)
class Coverage:
    """tokens and types: words and different words of a corpus; known_…: how many of them have a ready vector."""

    tokens: int
    types: int
    known_tokens: int
    known_types: int

    @classmethod
    def of(cls, texts: Iterable[Sequence[str]], ready: ReadyVectors | None) -> Coverage:
        counter = Counter(word for words in texts for word in words)
        known = {word for word in counter if ready and word in ready}
        return cls(sum(counter.values()), len(counter), sum(counter[word] for word in known), len(known))

    def sentence(self, name: str) -> str:
        return (
            f"The vectors {name!r} know {self.known_tokens / max(1, self.tokens):.1%} of the words as they occur, and "
            f"{self.known_types / max(1, self.types):.1%} of the {self.types:,} different words."
        )
