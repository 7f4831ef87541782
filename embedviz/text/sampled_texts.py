"""Some units of a corpus, kept as texts of their own."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from embedviz.text.token_units import unit_lengths, units_of
from embedviz.text.tokens import Tokens
from embedviz.text.word_table import END

MAX_TEXT_CHARACTERS = 5_000  # that are kept of a text


@dataclass(frozen=True, eq=False)
class ChosenUnits:
    """Some of the units of a tokenised text.

    Attributes
    ----------
    ids
        (T,) int32, END after each unit.
    starts
        (N,) int64, how many words of the text come before each.
    """

    ids: np.ndarray
    starts: np.ndarray

    @classmethod
    def of(cls, ids: np.ndarray, size: int, numbers: np.ndarray) -> ChosenUnits:
        """Return the units of these rising numbers (N,) of a text (T,) in units of at most `size` words."""
        found, starts = [np.empty(0, np.int32)], [np.empty(0, np.int64)]
        n_units = n_words = 0
        for units in units_of(ids, size):
            lengths = unit_lengths(units)
            first, last = np.searchsorted(numbers, [n_units, n_units + len(lengths)])
            is_chosen = np.zeros(len(lengths), bool)
            is_chosen[numbers[first:last] - n_units] = True
            found.append(units[np.repeat(is_chosen, lengths + 1)])
            starts.append(n_words + (np.cumsum(lengths) - lengths)[is_chosen])
            n_units, n_words = n_units + len(lengths), n_words + int(lengths.sum())
        return cls(np.concatenate(found), np.concatenate(starts))

    def wording(self, labels: list[str], max_characters: int) -> list[str]:
        """Return each unit as its words with blanks between them, cut at a length."""
        ends = np.flatnonzero(self.ids == END).tolist()
        bounds = pairwise([-1, *ends])
        return [
            " ".join(labels[i] for i in self.ids[before + 1 : end][:max_characters].tolist())[:max_characters]
            for before, end in bounds
        ]


@dataclass(frozen=True, eq=False)
class SampledTexts:
    """Units of a corpus that stand for all of them.

    Attributes
    ----------
    units
        (N,) int64, their numbers among the units of the split.
    n_units
        How many units there are.
    tokens
        (T,) int32, the words by their places in the vocabulary, END after each unit; unknown words are left out.
    wording
        (N) the words with blanks between them, the unknown ones as well.
    texts
        (N,) int64, the text that each is of, by its number among those that were tokenised.
    is_whole
        (N,) bool: False for a block of a longer text.
    """

    units: np.ndarray
    n_units: int
    tokens: np.ndarray
    wording: list[str]
    texts: np.ndarray
    is_whole: np.ndarray

    def __len__(self) -> int:
        return len(self.units)


def text_of_units(tokens: Tokens, starts: np.ndarray) -> np.ndarray:
    """Return the text (N,) int64 that a unit is of, from the number of words that come before the unit (N,).

    By bisection of where texts end, so that no further array of all texts is made: there may be millions.
    """
    low, high = np.zeros(len(starts), np.int64), np.full(len(starts), len(tokens) - 1)
    while (low < high).any():
        middle = (low + high) // 2
        is_before = tokens.ends[middle] - middle <= starts  # the words up to the end of the text in the middle
        low, high = np.where(is_before, np.minimum(middle + 1, high), low), np.where(is_before, high, middle)
    return low


def text_lengths(tokens: Tokens, texts: np.ndarray) -> np.ndarray:
    """Return how many words each of some texts (N,) has: (N,) int64."""
    return tokens.ends[texts] - np.where(texts > 0, tokens.ends[texts - 1], -1) - 1
