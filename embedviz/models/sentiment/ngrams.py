"""Features of the linear term: n-grams of one to three words, and character n-grams.

A mark before the first word is part of the n-grams, so that "what is" at the beginning of a question differs from the same
words inside it.

Character n-grams are the runs of 3 to 5 characters of a word between marks for its begin and end (Bojanowski, Grave,
Joulin and Mikolov 2017, "Enriching word vectors with subword information", TACL), so that a rare or misspelt word has
features too. A tab in front tells them from words.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Self

import numpy as np

from embedviz.core.progress import Progress

if TYPE_CHECKING:
    from scipy.sparse import csr_array

WORD_NGRAMS = (1, 2, 3)
BEGIN = "\n"  # the mark before the first word
CHARACTER_NGRAMS = (3, 4, 5)
MAX_WORD_LENGTH = 40  # characters: a URL is no word
MAX_NGRAMS = 300_000  # those in the most texts first
MIN_TEXTS = 2
BLOCK = 20_000  # words between two progress events


def word_ngrams(words: Sequence[str]) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Yield the n-grams of one to three neighbours, the mark before the first word among them, with the places of their words.

    The mark has no place among the words, and is no n-gram by itself.
    """
    marked = [BEGIN, *words]
    for n in WORD_NGRAMS:
        for i in range(n == 1, len(marked) - n + 1):
            yield " ".join(marked[i : i + n]), tuple(range(max(0, i - 1), i + n - 1))


def character_ngrams(word: str) -> list[str]:
    """Return the character n-grams of a word."""
    marked = f"<{word[:MAX_WORD_LENGTH]}>"
    return [f"\t{marked[i : i + n]}" for n in CHARACTER_NGRAMS for i in range(len(marked) - n + 1)]


@dataclass(frozen=True)
class Ngrams:
    """The n-grams that have a feature.

    Attributes
    ----------
    labels
        (F) n-grams that occur in two training texts or more.
    """

    labels: list[str]

    @classmethod
    def learn(cls, texts: Sequence[Sequence[str]]) -> Generator[Progress, None, Self]:
        """Choose the n-grams of training texts, given as words."""
        frequency: Counter[str] = Counter()
        of_word: dict[str, list[str]] = {}
        for block in _blocks(texts):
            for words in texts[block]:
                found = {key for key, _ in word_ngrams(words)}
                for word in set(words):
                    if word not in of_word:
                        of_word[word] = character_ngrams(word)
                    found.update(of_word[word])
                frequency.update(found)
            yield Progress(step=block.stop, total_steps=len(texts), message="Counting n-grams")
        kept = [key for key, count in frequency.items() if count >= MIN_TEXTS]
        return cls(sorted(kept, key=lambda key: (-frequency[key], key))[:MAX_NGRAMS])

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {label: i for i, label in enumerate(self.labels)}

    def features_in_blocks(self, texts: Sequence[Sequence[str]]) -> Generator[Progress, None, csr_array]:
        """Return `features` of many texts."""
        from scipy.sparse import csr_array, vstack

        parts = [self.features([])]
        for block in _blocks(texts):
            parts.append(self.features(texts[block]))
            yield Progress(step=block.stop, total_steps=len(texts), message="Computing n-gram features")
        return csr_array(vstack(parts))

    def features(self, texts: Sequence[Sequence[str]]) -> csr_array:
        """Return the features of texts, given as words.

        Returns
        -------
        scipy.sparse.csr_array
            Entry [t, f] is 1/√n where text t holds n-gram f among n of its kind (of words, or of characters),
            (N, F) float32.
        """
        from scipy.sparse import csr_array

        columns, values, ends = [], [], [0]
        of_word: dict[str, set[int]] = {}
        numbers = self._numbers
        for words in texts:
            of_words = {numbers[key] for key, _ in word_ngrams(words) if key in numbers}
            of_characters: set[int] = set()
            for word in set(words):
                if word not in of_word:
                    of_word[word] = {numbers[key] for key in character_ngrams(word) if key in numbers}
                of_characters |= of_word[word]
            for kind in (of_words, of_characters):
                columns.extend(sorted(kind))
                values.extend([1 / math.sqrt(len(kind))] * len(kind) if kind else ())
            ends.append(len(columns))
        shape = (len(texts), len(self.labels))
        return csr_array((np.array(values, np.float32), np.array(columns, np.int32), np.array(ends, np.int32)), shape)

    def contributions(self, words: Sequence[str], weights: np.ndarray) -> np.ndarray:
        """Share ``features([words]) @ weights`` out among the words.

        Parameters
        ----------
        words
            (L) of one text.
        weights
            (F,), one column of a linear term's.

        Returns
        -------
        numpy.ndarray
            (L,) float64. A pair counts half for each of its words, and an n-gram that occurs more than once in equal
            parts for each place.
        """
        of_characters = ((key, (i,)) for i, word in enumerate(words) for key in set(character_ngrams(word)))
        contributions = np.zeros(len(words))
        for ngrams in (word_ngrams(words), of_characters):
            occurrences: defaultdict[int, list[tuple[int, ...]]] = defaultdict(list)
            for key, places in ngrams:
                if key in self._numbers:
                    occurrences[self._numbers[key]].append(places)
            for number, found in occurrences.items():
                part = float(weights[number]) / math.sqrt(len(occurrences)) / len(found)
                for places in found:
                    contributions[list(places)] += part / len(places)
        return contributions


def _blocks(texts: Sequence[Sequence[str]]) -> Iterator[slice]:
    """Yield slices of the texts, of about BLOCK words each."""
    start = n_words = 0
    for i, text in enumerate(texts, 1):
        n_words += len(text)
        if n_words >= BLOCK or i == len(texts):
            yield slice(start, i)
            start, n_words = i, 0
