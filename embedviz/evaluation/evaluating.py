"""evaluate_vectors: a space and a file of word pairs, analogies or outliers in, scores out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from embedviz.core.errors import DataError
from embedviz.evaluation.small_word_sets import small_word_set, vocabulary_language
from embedviz.evaluation.word_analogies import DEFAULT_MOST_FREQUENT, WordAnalogies
from embedviz.evaluation.word_sets import WordSet, read_word_set
from embedviz.evaluation.word_vector_scores import SetKind, WordVectorScores
from embedviz.space import EmbeddingSpace

SMALL_PAIRS, SMALL_ANALOGIES = "small-pairs", "small-analogies"  # names of the built-in sets


def evaluate_vectors(
    space: EmbeddingSpace,
    source: str | Path | bytes,
    *,
    kind: SetKind | None = None,
    most_frequent: int | None = DEFAULT_MOST_FREQUENT,
) -> WordVectorScores:
    """Score word vectors on a set of word pairs, analogies or outliers.

    Parameters
    ----------
    space : EmbeddingSpace
        Words and their vectors.
    source : str, Path or bytes
        A file such as WordSim-353, SimLex-999, RareWords, Google's analogies or the 8-8-8 outliers, or what is in it; or
        "small-pairs" or "small-analogies" for the small set of embedviz, which there is in English.
    kind : {"similarity", "analogies", "outliers"}, optional
        What the file is, where its content should not tell.
    most_frequent : int, optional
        For analogies, only the words this frequent are known, ask and answer; None for all. gensim takes 300,000 as well.

    Returns
    -------
    WordVectorScores
        `.score` and `.metrics`, `.coverage`, `.interval`, `.random` (what random vectors get), and a frame of all questions
        in `.rows`.

    Raises
    ------
    DataError
        With the line, for a file of another form; for a small set where the language of the vocabulary has none.

    Examples
    --------
    >>> import embedviz as ev
    >>> import numpy as np
    >>> words = ["tiger", "cat", "car", "bus"]
    >>> space = ev.EmbeddingSpace(words, np.array([[9, 1], [8, 2], [1, 7], [2, 9]], np.float32))
    >>> pairs = b"tiger cat 9\\ncar bus 8\\ntiger bus 3\\ncat car 1\\ncat unicorn 2"
    >>> found = ev.evaluate_vectors(space, pairs)
    >>> round(found.score, 3), found.coverage.answered, found.coverage.examples
    (0.6, 4, ('unicorn',))
    """
    evaluator = built_in_set(space, source) or read_word_set(source, kind=kind)
    if isinstance(evaluator, WordAnalogies):
        evaluator = replace(evaluator, most_frequent=most_frequent)
    return evaluator(space)


def built_in_set(space: EmbeddingSpace, name: str | Path | bytes) -> WordSet | None:
    """Return the built-in set of this name; None for another name.

    Raises
    ------
    DataError
        Where the language of the vocabulary has no small set.
    """
    if name not in (SMALL_PAIRS, SMALL_ANALOGIES):
        return None
    small = small_word_set(vocabulary_language(space))
    if small is None:
        raise DataError(
            "These words do not look like the vocabulary of an English text, and there is no small set in another language. "
            "Bring a file of word pairs or analogies."
        )
    return small.similarity if name == SMALL_PAIRS else small.analogies
