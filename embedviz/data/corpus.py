"""Text to numbers: units split into training, validation and test parts first, then counted on the training part alone."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from embedviz.data.tokenizers import tokenizer
from embedviz.data.vocabulary import Vocabulary
from embedviz.errors import DataError
from embedviz.training.progress import Progress

BLOCK = 1000  # tokens: a longer unit is cut into blocks of so many, so that a one-line corpus splits too
REPORT_EVERY = 2000  # units
FEWEST = 20  # tokens: below that no part can be kept aside


@dataclass(frozen=True)
class Corpus:
    """train, validation, test: (T,) int32, a word's number in the vocabulary, -1 after each unit.

    n_tokens counts the words of all three parts before the vocabulary was applied.
    """

    vocabulary: Vocabulary
    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray
    n_units: int
    n_tokens: int


def build_corpus(
    texts: Iterable[str],
    *,
    tokenizer_name: str = "words",
    lowercase: bool = True,
    min_count: int = 5,
    max_vocabulary: int | None = 200_000,
    validation_share: float = 0.05,
    test_share: float = 0.05,
    seed: int = 0,
) -> Iterator[Progress | Corpus]:
    """Yields progress while it reads, and the Corpus last.

    A unit's part is drawn by a generator of its own from the seed, before anything is counted. A text with fewer
    than 20 units is cut into smaller blocks, so that every part gets some of it.
    """
    ids = _Numbers()
    tokens = array("i")  # every word by the order of its first occurrence, -1 after each unit: 4 bytes a token
    n_units = 0
    split = tokenizer(tokenizer_name, lowercase)
    number = ids.__getitem__
    for n, text in enumerate(texts, 1):
        found = split(text)
        for start in range(0, len(found), BLOCK):
            tokens.extend(map(number, found[start : start + BLOCK]))
            tokens.append(-1)
            n_units += 1
        if n % REPORT_EVERY == 0:
            yield Progress(message=f"Splitting words: {len(tokens) - n_units:,} so far")
    coded = np.frombuffer(tokens, np.int32) if tokens else np.empty(0, np.int32)
    n_tokens = len(coded) - n_units
    yield Progress(message=f"Counting {n_tokens:,} words")
    if len(ids) < 2:
        Vocabulary.from_counter(Counter(dict.fromkeys(ids, n_tokens)))  # says what is wrong with no word, or only one
    if n_tokens < FEWEST:
        raise DataError(f"This text has {n_tokens} words. Vectors need at least {FEWEST}, and better thousands.")
    coded, n_units = _enough_units(coded, n_units)
    part = _parts(n_units, validation_share, test_share, seed)
    unit_of_token = np.cumsum(np.r_[0, coded[:-1] == -1]) if len(coded) else np.empty(0, int)
    part_of_token = part[unit_of_token]
    if n_tokens and not (part_of_token[coded >= 0] == 0).any():
        raise DataError(f"The text has only {n_tokens:,} words: too few to learn from and to measure with. Bring more.")
    labels = list(ids)
    in_training = coded[(part_of_token == 0) & (coded >= 0)]
    counts = np.bincount(in_training, minlength=len(labels))
    counter = Counter({labels[i]: int(counts[i]) for i in np.flatnonzero(counts)})
    vocabulary = Vocabulary.from_counter(counter, min_count, max_vocabulary)
    renumbered = np.full(len(labels) + 1, -2, np.int32)  # -2: not in the vocabulary; the last entry is for -1
    renumbered[[ids[label] for label in vocabulary.labels]] = np.arange(len(vocabulary), dtype=np.int32)
    renumbered[-1] = -1
    final = renumbered[coded]
    known = final != -2
    parts = [final[known & (part_of_token == number)] for number in range(3)]
    if validation_share and (parts[1] >= 0).sum() < 2:
        raise DataError(
            "There is too little text to keep a part aside for measuring. Bring more, or lower the minimum count."
        )
    yield Corpus(vocabulary, *parts, n_units=n_units, n_tokens=n_tokens)


class _Numbers(dict[str, int]):
    """Gives a word that it has not seen the next number. Five words in a thousand are new, so the others stay in C."""

    def __missing__(self, word: str) -> int:
        number = self[word] = len(self)
        return number


def _enough_units(coded: np.ndarray, n_units: int, wanted: int = 20) -> tuple[np.ndarray, int]:
    """The same words in at least `wanted` units, when there are words enough for units of five."""
    words = coded[coded >= 0]
    if n_units >= wanted or len(words) < 5:
        return coded, n_units
    size = max(5, len(words) // wanted)
    blocks = [np.append(words[start : start + size], -1) for start in range(0, len(words), size)]
    return np.concatenate(blocks).astype(np.int32), len(blocks)


def _parts(n_units: int, validation_share: float, test_share: float, seed: int) -> np.ndarray:
    """0 training, 1 validation, 2 test for each unit, (n_units,) int8; at least one unit of each that has a share."""
    order = np.random.default_rng(seed).permutation(n_units)
    n_validation = max(1, round(validation_share * n_units)) if validation_share else 0
    n_test = max(1, round(test_share * n_units)) if test_share else 0
    part = np.zeros(n_units, np.int8)
    part[order[:n_validation]] = 1
    part[order[n_validation : n_validation + n_test]] = 2
    return part
