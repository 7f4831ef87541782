"""A corpus for word vectors: tokens split by unit and encoded with the training set's vocabulary."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np

from embedviz.core.errors import DataError
from embedviz.data.folds import Fold
from embedviz.data.part_names import PART_NAMES, PartName
from embedviz.data.splits import TEST, TRAIN, VALIDATION, Split, SplitMethod, draw_split
from embedviz.text.id_array import empty_ids, folder_of, release
from embedviz.text.phrases import FoundPhrases, PhraseRule, Phrases, find_phrases
from embedviz.text.sampled_texts import MAX_TEXT_CHARACTERS, ChosenUnits, SampledTexts, text_lengths, text_of_units
from embedviz.text.token_units import in_blocks, unit_lengths, units_of
from embedviz.text.tokens import Tokens
from embedviz.text.vocabulary import Vocabulary
from embedviz.text.word_table import END

MAX_UNIT_TOKENS = 1000  # a longer unit is cut into blocks, so that a one-line corpus splits too
MIN_UNITS = 20  # a text of fewer is cut into smaller blocks, so that every part gets some of it
MIN_BLOCK_TOKENS = 5
MIN_TOKENS = 20  # below, no part can be held out
_UNKNOWN = -2


@dataclass(frozen=True, eq=False)
class Corpus:
    """Units of text in three parts.

    Parameters
    ----------
    vocabulary : Vocabulary
        Of the training set.
    train, validation, test : (T,) int32 arrays
        Each word by its place in the vocabulary, END after each unit; unknown words are left out.
    split : Split
        The units of each part, by number; the blocks of a long one are units of their own.
    n_tokens : int
        Words of all three parts before phrases were joined and the vocabulary was applied.
    phrases : Phrases
        Those that were joined.
    texts : SampledTexts, optional
        Some of the units as texts, where they were asked for.
    """

    vocabulary: Vocabulary
    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray
    split: Split
    n_tokens: int
    phrases: Phrases = field(default_factory=Phrases.none)
    texts: SampledTexts | None = None

    @property
    def sizes(self) -> dict[PartName, int]:
        """Words of each part that are in the vocabulary, by the part's name."""
        parts: dict[PartName, np.ndarray] = {"train": self.train, "validation": self.validation, "test": self.test}
        return {name: len(part) - len(self.split.part(name)) for name, part in parts.items()}


def build_corpus(
    tokens: Tokens,
    *,
    min_count: int = 5,
    max_vocabulary: int | None = 200_000,
    validation_share: float = 0.05,
    test_share: float = 0.05,
    measure_test: bool = True,
    seed: int = 0,
    fold: Fold | None = None,
    phrases: PhraseRule | None = None,
    draw_texts: Callable[[int], np.ndarray] | None = None,
) -> Corpus:
    """Split tokenised texts by unit and encode them.

    The part of a unit is drawn before anything is counted. Phrases are found in the training set and joined in all three.
    `draw_texts` takes the number of units and returns the numbers of those that are kept as texts, in order.

    Raises
    ------
    DataError
        If the vocabulary would have fewer than two words, or a part that has a share would stay empty.
    """
    n_tokens = tokens.n_tokens
    if len(tokens.labels) < 2:
        Vocabulary.from_counter(dict.fromkeys(tokens.labels, n_tokens))  # raises: no word, or only one
    if n_tokens < MIN_TOKENS:
        raise DataError(f"This text has {n_tokens} words. Vectors need at least {MIN_TOKENS}, and better thousands.")
    ids, size, folder = tokens.ids, MAX_UNIT_TOKENS, folder_of(tokens.ids)
    n_units = sum(int((units == END).sum()) for units in units_of(ids, size))
    if n_units < MIN_UNITS:  # and so few tokens that a copy does not matter
        ids = in_blocks(ids, MAX_UNIT_TOKENS)
        ids = in_blocks(ids, max(MIN_BLOCK_TOKENS, n_tokens // MIN_UNITS))
        n_units = int((ids == END).sum())
    split = draw_split(n_units, validation_share, test_share, seed, fold=fold, method=SplitMethod.BY_UNIT)
    split = split if measure_test else split.untested()
    written, labels, joined = ids, tokens.labels, Phrases.none()
    for _ in range(phrases.passes if phrases else 0):
        assert phrases
        found = find_phrases(partial(_training_units, ids, size, split), labels, phrases)
        if not len(found.phrases):
            break
        ids, labels, joined = _joined(ids, size, found, folder), found.labels, joined + found.phrases
    counts = np.zeros(len(labels) + 1, np.int64)
    for units in _training_units(ids, size, split):
        counts += np.bincount(units + 1, minlength=len(counts))
    vocabulary, places = _vocabulary(labels, counts[1:], min_count, max_vocabulary)
    train = empty_ids(int(vocabulary.counts.sum()) + len(split.train), folder)
    n_train, held_out = 0, ([np.empty(0, np.int32)], [np.empty(0, np.int32)])
    for units, parts in _units_with_parts(ids, size, split):
        encoded = places[units]
        known = encoded != _UNKNOWN
        encoded, parts = encoded[known], parts[known]
        found = encoded[parts == TRAIN]
        train[n_train : n_train + len(found)] = found
        n_train += len(found)
        for code, collected in zip((VALIDATION, TEST), held_out, strict=True):
            collected.append(encoded[parts == code])
        release(train)
    texts = None
    if draw_texts is not None:
        numbers = draw_texts(n_units)
        encoded = places[ChosenUnits.of(ids, size, numbers).ids]
        texts = _sampled(tokens, ChosenUnits.of(written, size, numbers), numbers, n_units, encoded)
    parts = map(np.concatenate, held_out)
    corpus = Corpus(vocabulary, train, *parts, split=split, n_tokens=n_tokens, phrases=joined, texts=texts)
    for name, share in zip(PART_NAMES[1:], (validation_share, test_share * measure_test), strict=True):
        if share and corpus.sizes[name] < 2:
            raise DataError(
                f"There is too little text: its {name} set, {share:.0%}, would hold fewer than two words of the "
                f"vocabulary. Bring more text, or lower the minimum count."
            )
    return corpus


def _sampled(
    tokens: Tokens, written: ChosenUnits, numbers: np.ndarray, n_units: int, encoded: np.ndarray
) -> SampledTexts:
    """Return units as texts. written: before phrases were joined; encoded: by the vocabulary, _UNKNOWN for other words."""
    texts = text_of_units(tokens, written.starts)
    return SampledTexts(
        units=numbers,
        n_units=n_units,
        tokens=encoded[encoded != _UNKNOWN],
        wording=written.wording(tokens.labels, MAX_TEXT_CHARACTERS),
        texts=texts,
        is_whole=unit_lengths(written.ids) == text_lengths(tokens, texts),
    )


def _units_with_parts(ids: np.ndarray, size: int, split: Split) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield parts of the text (T,) int32, and for each token the part of the split that its unit is in: (T,) int8."""
    codes, done = split.parts, 0
    for units in units_of(ids, size):
        lengths = np.diff(np.flatnonzero(units == END), prepend=-1)
        yield units, np.repeat(codes[done : done + len(lengths)], lengths)
        done += len(lengths)


def _training_units(ids: np.ndarray, size: int, split: Split) -> Iterator[np.ndarray]:
    """Yield the units of the training set, (T,) int32 each time."""
    for units, parts in _units_with_parts(ids, size, split):
        yield units[parts == TRAIN]


def _joined(ids: np.ndarray, size: int, found: FoundPhrases, folder: Path | None) -> np.ndarray:
    """The units with the phrases joined, as many units as before: (T,) int32."""
    joined, n = empty_ids(len(ids) + len(ids) // size + 1, folder), 0
    for units in units_of(ids, size):
        part = found.table.join(units)
        joined[n : n + len(part)] = part
        n += len(part)
        release(joined)
    return joined[:n]


def _vocabulary(
    labels: list[str], counts: np.ndarray, min_count: int, max_vocabulary: int | None
) -> tuple[Vocabulary, np.ndarray]:
    """The vocabulary of counts (len(labels),), and (len(labels) + 1,) int32: entry [i] is the place of labels[i] in it,
    _UNKNOWN where it has none; the last entry, which END finds, is END."""
    kept = np.flatnonzero(counts >= min_count)
    ids = {labels[i]: i for i in (kept if len(kept) > 1 else np.flatnonzero(counts))}  # all, to say what is there
    counter = {label: int(counts[i]) for label, i in ids.items()}
    vocabulary = Vocabulary.from_counter(counter, min_count, max_vocabulary)
    places = np.full(len(labels) + 1, _UNKNOWN, np.int32)
    places[[ids[label] for label in vocabulary.labels]] = np.arange(len(vocabulary), dtype=np.int32)
    places[-1] = END
    return vocabulary, places
