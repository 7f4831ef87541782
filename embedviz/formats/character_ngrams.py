"""Word vectors composed from those of character n-grams (charNgram.txt).

Hashimoto, Xiong, Tsuruoka and Socher 2017, "A joint many-task model" (EMNLP), section 2.1: a word's vector is the mean
of the vectors of its n-grams, n from 2 to 4, with marks for where it begins and ends.
"""

from __future__ import annotations

import numpy as np

from embedviz.space import EmbeddingSpace

_BEGIN, _END = "#BEGIN#", "#END#"
_SIZES = (2, 3, 4)


def holds_character_ngrams(space: EmbeddingSpace) -> bool:
    """Return whether the labels are n-grams such as "2gram-th", not words."""
    first = space.labels[:100]
    return bool(first) and sum(label[1:6] == "gram-" for label in first) > len(first) // 2


def composed(space: EmbeddingSpace, word: str) -> np.ndarray | None:
    """Return the mean vector (D,) of the word's n-grams that are there, or None when none is.

    An n-gram that occurs twice counts twice, as in torchtext's CharNGram.
    """
    characters = [_BEGIN, *word, _END]
    keys = [
        f"{size}gram-{''.join(characters[start : start + size])}"
        for size in _SIZES
        for start in range(len(characters) - size + 1)
    ]
    places = [space.index(key) for key in keys if key in space]
    return np.asarray(space.vectors[places], np.float32).mean(axis=0) if places else None
