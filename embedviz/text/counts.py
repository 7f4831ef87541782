"""Word counts of a text, small enough for a page to derive any vocabulary and any cost from them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from embedviz.text.tokens import Tokens

TOP_WORDS = 1000  # most frequent words kept by name


@dataclass(frozen=True)
class CorpusCounts:
    """Counts of a text.

    Parameters
    ----------
    n_tokens, n_types : int
        Words, and distinct words.
    histogram : list of (int, int)
        Pairs of a count and the number of words that occur so often, the highest count first.
    top : list of (str, int)
        The most frequent words with their counts.
    script_note : str
        A sentence about scripts without spaces; empty where there is nothing to note.
    """

    n_tokens: int
    n_types: int
    histogram: list[tuple[int, int]]
    top: list[tuple[str, int]]
    script_note: str = ""

    def kept(self, min_count: int, max_vocabulary: int | None) -> tuple[int, int]:
        """Return the size of the vocabulary and the words of text it covers, for these settings."""
        words = tokens = 0
        for count, n_words in self.histogram:
            if count < min_count:
                break
            kept = n_words if max_vocabulary is None else min(n_words, max_vocabulary - words)
            words, tokens = words + kept, tokens + kept * count
        return words, tokens


def count_tokens(tokens: Tokens) -> CorpusCounts:
    """Count the words of tokenised texts."""
    values, n_words = np.unique(tokens.counts, return_counts=True)
    histogram = [(int(value), int(n)) for value, n in zip(values[::-1], n_words[::-1], strict=True)]
    most = np.argsort(-tokens.counts, kind="stable")[:TOP_WORDS]
    top = [(tokens.labels[i], int(tokens.counts[i])) for i in most]
    return CorpusCounts(tokens.n_tokens, len(tokens.labels), histogram, top, tokens.script_note)
