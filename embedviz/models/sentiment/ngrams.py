"""What the linear term sees of a text: words, pairs of words, and pieces of words.

Pieces are the runs of 3 to 5 characters of a word between marks for its begin and end (Bojanowski, Grave, Joulin and
Mikolov 2017, "Enriching word vectors with subword information", TACL), so that a rare or misspelt word is no stranger.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from embedviz.core.progress import Progress

if TYPE_CHECKING:
    from scipy.sparse import csr_array

PIECES = (3, 4, 5)  # characters
LONGEST = 40  # characters of a word that pieces are taken of: an address is no word
MOST = 300_000  # n-grams, those in the most texts first
FEWEST_TEXTS = 2
BLOCK = 20_000  # words between two events


def whole(words: Sequence[str]) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Each word and each pair of neighbours, with their places among the words."""
    for i, word in enumerate(words):
        yield word, (i,)
    for i in range(len(words) - 1):
        yield f"{words[i]} {words[i + 1]}", (i, i + 1)


def pieces(word: str) -> list[str]:
    """The word's pieces; a tab in front tells them from words."""
    marked = f"<{word[:LONGEST]}>"
    return [f"\t{marked[i : i + n]}" for n in PIECES for i in range(len(marked) - n + 1)]


@dataclass(frozen=True)
class Ngrams:
    """labels (F): the n-grams of the training part that stand in two texts or more."""

    labels: list[str]

    @classmethod
    def learn(cls, texts: Sequence[Sequence[str]]) -> Iterator[Progress | Ngrams]:
        """Yields progress, the Ngrams last."""
        texts_with: Counter[str] = Counter()
        of_word: dict[str, list[str]] = {}
        for block in _blocks(texts):
            for words in texts[block]:
                found = {key for key, _ in whole(words)}
                for word in set(words):
                    if word not in of_word:
                        of_word[word] = pieces(word)
                    found.update(of_word[word])
                texts_with.update(found)
            yield Progress(step=block.stop, total_steps=len(texts), message="Learning word pairs and pieces of words")
        kept = [key for key, count in texts_with.items() if count >= FEWEST_TEXTS]
        kept.sort(key=lambda key: (-texts_with[key], key))
        yield cls(kept[:MOST])

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {label: i for i, label in enumerate(self.labels)}

    def features_in_blocks(self, texts: Sequence[Sequence[str]]) -> Iterator[Progress | csr_array]:
        """Yields progress, features(texts) last."""
        from scipy.sparse import vstack

        parts = [self.features([])]
        for block in _blocks(texts):
            parts.append(self.features(texts[block]))
            yield Progress(step=block.stop, total_steps=len(texts), message="Finding word pairs and pieces of words")
        yield vstack(parts, format="csr")

    def features(self, texts: Sequence[Sequence[str]]) -> csr_array:
        """Entry [t, f] is 1/√n where text t has n-gram f among n of its kind (words and pairs; pieces), (T, F) float32."""
        from scipy.sparse import csr_array

        columns, values, ends = [], [], [0]
        known_pieces: dict[str, set[int]] = {}
        numbers = self._numbers
        for words in texts:
            of_words = {numbers[key] for key, _ in whole(words) if key in numbers}
            of_pieces: set[int] = set()
            for word in set(words):
                if word not in known_pieces:
                    known_pieces[word] = {numbers[piece] for piece in pieces(word) if piece in numbers}
                of_pieces |= known_pieces[word]
            for kind in (of_words, of_pieces):
                columns.extend(sorted(kind))
                values.extend([1 / math.sqrt(len(kind))] * len(kind) if kind else ())
            ends.append(len(columns))
        shape = (len(texts), len(self.labels))
        return csr_array((np.array(values, np.float32), np.array(columns, np.int32), np.array(ends)), shape)

    def by_word(self, words: Sequence[str], weights: np.ndarray) -> np.ndarray:
        """What each word adds to features(words) @ weights, for one column of weights (F,): (T,). A pair counts half
        for each of its words; an n-gram that stands in a text more than once, in equal parts for each place."""
        places: tuple[dict[int, list[tuple[int, ...]]], dict[int, list[tuple[int, ...]]]] = ({}, {})
        numbers = self._numbers
        for key, at in whole(words):
            if key in numbers:
                places[0].setdefault(numbers[key], []).append(at)
        for i, word in enumerate(words):
            for piece in set(pieces(word)):
                if piece in numbers:
                    places[1].setdefault(numbers[piece], []).append((i,))
        added = np.zeros(len(words))
        for kind in places:
            for number, found in kind.items():
                part = float(weights[number]) / math.sqrt(len(kind)) / len(found)
                for at in found:
                    added[list(at)] += part / len(at)
        return added


def _blocks(texts: Sequence[Sequence[str]]) -> Iterator[slice]:
    """Slices of the texts, of about BLOCK words each."""
    start = words = 0
    for i, text in enumerate(texts, 1):
        words += len(text)
        if words >= BLOCK or i == len(texts):
            yield slice(start, i)
            start, words = i, 0
