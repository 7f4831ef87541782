"""Vectors that a training starts from: those of another space for the words that it knows."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from embedviz.core.errors import SettingsError
from embedviz.models.words.settings import EpochSettings, WordSettings
from embedviz.space import EmbeddingSpace
from embedviz.space.subwords import Subwords
from embedviz.text.corpus import Corpus
from embedviz.text.vocabulary import Vocabulary


@dataclass(frozen=True, eq=False)
class StartVectors:
    """Known vectors of some words of a vocabulary.

    Attributes
    ----------
    rows
        (K,) int64, places in the vocabulary.
    vectors
        (K, D) float32.
    contexts
        (K, D) float32, vectors of the same words as contexts; None where the space came without.
    subwords
        Vectors of character n-grams; None where the space came without.
    """

    rows: np.ndarray
    vectors: np.ndarray
    contexts: np.ndarray | None = None
    subwords: Subwords | None = None

    @classmethod
    def of(cls, vocabulary: Vocabulary, space: EmbeddingSpace, settings: WordSettings) -> StartVectors:
        """Look the words of a vocabulary up in a space.

        Raises
        ------
        SettingsError
            When the dimensions differ, or no word is known.
        """
        if space.dim != settings.dim:
            raise SettingsError(
                f"The vectors to start from have {space.dim} dimensions and {settings.dim} are asked for. Set dim to {space.dim}."
            )
        known = [(row, space.index(label)) for row, label in enumerate(vocabulary.labels) if label in space]
        if not known:
            raise SettingsError(
                "No word of the text has a vector among those to start from. Are they of the same language? Or start from none."
            )
        rows, places = np.array(known, np.int64).T
        contexts = None if space.contexts is None else np.array(space.contexts[places], np.float32)
        return cls(rows, np.array(space.vectors[places], np.float32), contexts, space.subwords)


def with_words_of(corpus: Corpus, space: EmbeddingSpace | None, settings: WordSettings) -> Corpus:
    """Return the corpus with the words of a space added to its vocabulary, where the settings keep them; they count 0."""
    if space is None or not (isinstance(settings, EpochSettings) and settings.keep_vocabulary):
        return corpus
    vocabulary = corpus.vocabulary
    added = [label for label in space.labels if label not in vocabulary]
    counts = np.concatenate([vocabulary.counts, np.zeros(len(added), np.int64)])
    return replace(corpus, vocabulary=Vocabulary([*vocabulary.labels, *added], counts))
