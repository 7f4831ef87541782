"""Text to numbers: split by unit into training, validation and test parts first, then counted on training alone."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from embedviz.core.errors import DataError
from embedviz.core.progress import Progress
from embedviz.data.splits import Fold, split_rows
from embedviz.text.tokenizers import pieces, tokenizer
from embedviz.text.vocabulary import Vocabulary

BLOCK = 1000  # tokens: a longer unit is cut into blocks of so many, so that a one-line corpus splits too
FEWEST_UNITS = 20  # a text of fewer is cut into smaller blocks, so that every part gets some of it
SHORTEST_BLOCK = 5  # tokens
FEWEST = 20  # tokens: below that no part can be kept aside
REPORT_EVERY = 1 << 20  # characters between two events
END = -1  # stands after each unit
_UNKNOWN = -2


@dataclass(frozen=True)
class Corpus:
    """train, validation, test: (T,) int32, a word's number in the vocabulary, -1 after each unit.

    n_units counts units, the blocks of a long one separately; n_tokens counts the words of all three parts before the
    vocabulary was applied.
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
    fold: Fold | None = None,
) -> Iterator[Progress | Corpus]:
    """Yields progress while it reads, and the Corpus last. step and total_steps are units.

    A unit's part is drawn by a generator of its own from the seed, before anything is counted. DataError when the
    vocabulary would have fewer than two words, or when a part that was asked for would stay empty.
    """
    ids: defaultdict[str, int] = defaultdict()
    ids.default_factory = ids.__len__  # a new word gets the next number
    tokens = array("i")  # every word by the order of its first occurrence, END after each unit: 4 bytes a token
    yield from _read(texts, tokenizer_name, lowercase, ids, tokens)
    coded = np.frombuffer(tokens, np.int32) if tokens else np.empty(0, np.int32)
    n_units = int((coded == END).sum())
    n_tokens = len(coded) - n_units
    yield Progress(message=f"Counting {n_tokens:,} words")
    if len(ids) < 2:
        Vocabulary.from_counter(dict.fromkeys(ids, n_tokens))  # says what is wrong with no word, or only one
    if n_tokens < FEWEST:
        raise DataError(f"This text has {n_tokens} words. Vectors need at least {FEWEST}, and better thousands.")
    if n_units < FEWEST_UNITS:
        coded = _shorter_units(coded)
        n_units = int((coded == END).sum())
    part = split_rows(n_units, validation_share, test_share, seed, fold=fold)
    part_of_token = np.repeat(part, np.diff(np.flatnonzero(coded == END), prepend=-1))
    vocabulary, renumbered = _vocabulary(ids, coded[part_of_token == 0], min_count, max_vocabulary)
    parts = [_encoded(coded[part_of_token == number], renumbered) for number in range(3)]
    for encoded, name, share in zip(parts[1:], ("validation", "test"), (validation_share, test_share), strict=True):
        if share and (encoded != END).sum() < 2:
            raise DataError(
                f"There is too little text: its {name} part, {share:.0%}, would hold fewer than two words of the "
                f"vocabulary. Bring more text, or lower the minimum count."
            )
    yield Corpus(vocabulary, *parts, n_units=n_units, n_tokens=n_tokens)


def _read(
    texts: Iterable[str], tokenizer_name: str, lowercase: bool, ids: defaultdict[str, int], tokens: array
) -> Iterator[Progress]:
    """Fills ids and tokens."""
    split = tokenizer(tokenizer_name, lowercase)
    number = ids.__getitem__
    total = len(texts) if hasattr(texts, "__len__") else 0
    since = 0
    for n, text in enumerate(texts):
        length = 0  # of the block so far
        for piece in pieces(text):
            found = split(piece)
            start = 0
            while start < len(found):
                block = found[start : start + BLOCK - length]
                tokens.extend(map(number, block))
                start, length = start + len(block), length + len(block)
                if length == BLOCK:
                    tokens.append(END)
                    length = 0
            since += len(piece)
            if since >= REPORT_EVERY:
                since = 0
                yield Progress(step=n, total_steps=total, message=f"Splitting words: {len(tokens):,} so far")
        if length:
            tokens.append(END)


def _shorter_units(coded: np.ndarray) -> np.ndarray:
    """The same units, the long ones cut into blocks, so that there are about FEWEST_UNITS where the words suffice."""
    size = max(SHORTEST_BLOCK, int((coded != END).sum()) // FEWEST_UNITS)
    blocks = [np.empty(0, np.int32)]
    for unit in np.split(coded, np.flatnonzero(coded == END) + 1):
        words = unit[unit != END]
        blocks += [np.append(words[start : start + size], np.int32(END)) for start in range(0, len(words), size)]
    return np.concatenate(blocks)


def _vocabulary(
    ids: dict[str, int], training: np.ndarray, min_count: int, max_vocabulary: int | None
) -> tuple[Vocabulary, np.ndarray]:
    """The training part's vocabulary and renumbered (len(ids) + 1,) int32: entry [i] is the vocabulary's number for
    the word first seen as i, _UNKNOWN when it has none; the last entry, which END finds, is END."""
    labels = list(ids)
    counts = np.bincount(training[training != END], minlength=len(labels))
    seen = np.flatnonzero(counts)
    vocabulary = Vocabulary.from_counter(
        dict(zip((labels[i] for i in seen), counts[seen].tolist(), strict=True)), min_count, max_vocabulary
    )
    renumbered = np.full(len(labels) + 1, _UNKNOWN, np.int32)
    renumbered[[ids[label] for label in vocabulary.labels]] = np.arange(len(vocabulary), dtype=np.int32)
    renumbered[-1] = END
    return vocabulary, renumbered


def _encoded(coded: np.ndarray, renumbered: np.ndarray) -> np.ndarray:
    """The part in the vocabulary's numbers, unknown words left out: (T,) int32."""
    numbers = renumbered[coded]
    return numbers[numbers != _UNKNOWN]
