"""Vectors of texts from those of their words: smooth inverse frequency (SIF).

Arora, Liang and Ma 2017, "A simple but tough-to-beat baseline for sentence embeddings" (ICLR), algorithm 1: the mean of a
text's word vectors, each weighted by a / (a + p), p the word's share of the text that was trained on; then the part along the
first principal component of all texts, which common words share, is taken out.

Letters: N texts, T tokens, V words, D dimensions.
"""

from __future__ import annotations

import numpy as np

from embedviz.text.word_table import END

SMOOTHING = 1e-3  # a, as in the paper


def sif_weights(counts: np.ndarray) -> np.ndarray:
    """Return the weight of each word from its count in the training set: (V,) -> (V,) float32."""
    return (SMOOTHING / (SMOOTHING + counts / max(1, counts.sum()))).astype(np.float32)


def sif_vectors(tokens: np.ndarray, vectors: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Return the vectors of texts.

    Parameters
    ----------
    tokens
        (T,) int32 places of words, END after each text. A text without words gets zeros.
    vectors, counts
        (V, D) float32 of the words, and (V,) how often each occurs in the training set.

    Returns
    -------
    numpy.ndarray
        (N, D) float32.
    """
    means = text_means(tokens, vectors, sif_weights(counts))
    return without_component(means, first_component(means))


def text_means(tokens: np.ndarray, vectors: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the sums of each text's weighted word vectors, divided by its number of words.

    Parameters
    ----------
    tokens
        (T,) int32 places of words, END after each text. A text without words gets zeros.
    vectors, weights
        (V, D) and (V,) float32 of the words.

    Returns
    -------
    numpy.ndarray
        (N, D) float32.
    """
    from scipy.sparse import csr_array

    is_word = tokens != END
    words = tokens[is_word]
    ends = np.flatnonzero(~is_word) - np.arange(np.count_nonzero(~is_word))  # (N,) words up to the end of each text
    lengths = np.diff(ends, prepend=0)
    shares = weights[words] / np.repeat(lengths, lengths)
    texts = csr_array((shares.astype(np.float32), words, np.concatenate([[0], ends])), (len(ends), len(vectors)))
    return np.asarray(texts @ np.asarray(vectors, np.float32), np.float32)


def first_component(vectors: np.ndarray) -> np.ndarray:
    """Return the first principal component of vectors about zero, of length 1: (N, D) -> (D,) float64; zeros where N is 0."""
    if not len(vectors):
        return np.zeros(vectors.shape[1])
    wide = vectors.astype(np.float64)
    return np.linalg.eigh(wide.T @ wide)[1][:, -1]  # of the largest eigenvalue


def without_component(vectors: np.ndarray, component: np.ndarray) -> np.ndarray:
    """Take out of vectors the part along a direction of length 1: (N, D), (D,) -> (N, D) float32."""
    wide = vectors.astype(np.float64)
    return (wide - np.outer(wide @ component, component)).astype(np.float32)
