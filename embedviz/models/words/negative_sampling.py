"""Engine that skip-gram, CBOW and fastText share: threads that run the kernel of negative sampling over the text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from embedviz.core.compiled import compiled
from embedviz.models.words.engine import WordEngine
from embedviz.models.words.held_out import HeldOut
from embedviz.models.words.huffman import HuffmanTree
from embedviz.models.words.lock_free import LockFreeEngine, slices_between_units
from embedviz.models.words.noise import noise_table
from embedviz.models.words.private_rows import MIN_WORDS, SETTLED, Table
from embedviz.models.words.sampling_kernel import sigmoid_table, train_span
from embedviz.models.words.settings import SamplingSettings
from embedviz.models.words.start_vectors import StartVectors
from embedviz.models.words.trained import WordVectors
from embedviz.models.words.training_text import TrainingText
from embedviz.space.subwords import Subwords
from embedviz.text.corpus import Corpus
from embedviz.text.id_array import release
from embedviz.training.learner import Advance
from embedviz.training.protocols import Weights
from embedviz.training.schedules import linear_decay


@dataclass(frozen=True)
class Inputs:
    """What an algorithm's input vectors are the mean of.

    Attributes
    ----------
    from_contexts
        Whether the words of a window predict the centre word, or it predicts them.
    divides
        Whether each of m rows of an input gets an m-th of its gradient, or the whole.
    starts, rows
        (V + 1,) int64 and (P,) int32: word w is the mean of rows[starts[w]:starts[w + 1]]; without rows it is row w.
    buckets
        (U,) int64, ascending: the buckets of n-grams whose vectors are the rows beyond those of the words.
    n_buckets, min_n, max_n
        See `embedviz.space.subwords.Subwords`.
    """

    from_contexts: bool = False
    divides: bool = False
    starts: np.ndarray = field(default_factory=lambda: np.zeros(1, np.int64))
    rows: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int32))
    buckets: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    n_buckets: int = 0
    min_n: int = 0
    max_n: int = 0

    @property
    def n_parts(self) -> int:
        """U, rows beyond those of the words."""
        return len(self.buckets)

    def means(self, parts: np.ndarray) -> np.ndarray:
        """Return the vectors of words, each the mean of its rows: (R, D) -> (V, D) float32."""
        vectors = np.zeros((len(self.starts) - 1, parts.shape[1]), np.float32)
        add_means(parts, self.starts, self.rows, vectors)
        return vectors

    def subwords(self, parts: np.ndarray) -> Subwords:
        """Return the vectors of n-grams among the rows (R, D)."""
        return Subwords(np.asarray(parts[-self.n_parts :]), self.min_n, self.max_n, self.buckets, self.n_buckets)


class SamplingArrays(WordEngine):
    """The text, the vectors and the measurement of an engine of negative sampling, whatever the device.

    Attributes
    ----------
    W, C
        (R, D) input vectors and (V, D) vectors of contexts, or of the inner nodes of the tree. Only training needs C. R is V, and
        more where words have parts.
    squares_W, squares_C
        (R,) and (V,) float32: Adagrad's sums, one for each row.
    """

    def __init__(self, corpus: Corpus, settings: SamplingSettings, inputs: Inputs, threads: int = 1):
        self.settings, self.vocabulary, self.inputs = settings, corpus.vocabulary, inputs
        self.text = TrainingText.of(corpus, settings)
        self.held_out = HeldOut.of(corpus, self.text.tokens, settings)
        self.examples = self.steps = self.text.words_per_token
        V, dim = len(self.vocabulary), settings.dim
        self.tree = HuffmanTree.of(self.vocabulary.counts) if settings.has_tree else None
        uses_W, uses_C = self._uses()
        if len(self.text.tokens) < threads * MIN_WORDS:
            threads = 1  # no private rows: all threads update the shared ones
        # CBOW's updates are so small that no row converges between two exchanges
        settled = np.inf if inputs.from_contexts else SETTLED
        self.table_W = Table.of(V + inputs.n_parts, dim, uses_W, threads, settled)
        self.table_C = Table.of(V, dim, uses_C, threads, settled)
        self.W, self.C = self.table_W.shared, self.table_C.shared
        self.squares_W, self.squares_C = self.table_W.shared_squares, self.table_C.shared_squares
        fill_at_random(self.W[:, :dim], settings.seed)

    def start_from(self, start: StartVectors) -> None:
        """Set the input vectors of known words; where they are known their context vectors, and n-grams of the same kind.

        A word that is the mean of n parts gets n times what it lacks. A tree has no context vectors.
        """
        W, C = self.W[:, : self.settings.dim], self.C[:, : self.settings.dim]
        inputs, ngrams = self.inputs, start.subwords
        if inputs.n_parts:
            kind = (inputs.n_buckets, inputs.min_n, inputs.max_n)
            if ngrams is not None and kind == (len(ngrams), ngrams.min_n, ngrams.max_n):
                W[len(C) :] = ngrams.of_buckets(inputs.buckets)
            n_parts = np.diff(inputs.starts)[start.rows, None]
            W[start.rows] += n_parts * (start.vectors - inputs.means(W)[start.rows])
        else:
            W[start.rows] = start.vectors
        if start.contexts is not None and not self.settings.has_tree:
            C[start.rows] = start.contexts

    def arrays(self) -> dict[str, np.ndarray]:
        """Return the vectors and Adagrad's sums."""
        return {"W": self.W, "C": self.C, "squares_W": self.squares_W, "squares_C": self.squares_C}

    def vectors(self) -> Weights:
        """Return "centre" and "context"; where words have parts "parts", of which the centre vectors are the means."""
        dim, contexts = self.settings.dim, len(self.C) - self.settings.has_tree
        context = self.C[:contexts, :dim]
        if self.inputs.n_parts:
            return {"parts": self.W[:, :dim], "context": context}
        return {"centre": self.W[:, :dim], "context": context}

    def trained(self, weights: Weights) -> WordVectors:
        """Make word vectors of `vectors`."""
        centre, subwords = weights.get("centre"), None
        if centre is None:
            centre, subwords = self.inputs.means(weights["parts"]), self.inputs.subwords(weights["parts"])
        biases = sampling_biases(self.text, self.vocabulary.counts, self.settings)
        labels, counts, context = self.vocabulary.labels, self.vocabulary.counts, np.asarray(weights["context"])
        return WordVectors(labels, counts, np.asarray(centre), context, subwords=subwords, **biases)

    def rate(self, share: float) -> float:
        """Return the learning rate when a share of the training is done. Adagrad has a decay of its own."""
        rate = self.settings.initial_rate
        return rate if self.settings.optimizer == "adagrad" else rate * linear_decay(share)

    def _uses(self) -> tuple[np.ndarray, np.ndarray]:
        """Return how often rows of W and C are updated for each word that sub-sampling has left, for `Table`."""
        s, counts = self.settings, self.vocabulary.counts
        words = counts * self.text.keep / (counts * self.text.keep).sum()
        around = s.window + 1.0  # words in a window of random reach
        as_input, as_target = (around, 1.0) if self.inputs.from_contexts else (1.0, around)
        uses_W = np.zeros(0) if self.inputs.n_parts else as_input * words
        if self.tree is not None:
            below = np.repeat(words, np.diff(self.tree.starts))
            return uses_W, as_target * np.bincount(self.tree.nodes, below)
        return uses_W, as_target * words + s.negative_samples * self.text.noise


class SamplingEngine(SamplingArrays, LockFreeEngine):
    """Runs the kernel of skip-gram, CBOW or fastText on threads. Items are tokens."""

    def __init__(self, corpus: Corpus, settings: SamplingSettings, threads: int, inputs: Inputs):
        SamplingArrays.__init__(self, corpus, settings, inputs, threads)
        slices = slices_between_units(self.text.tokens, threads)
        LockFreeEngine.__init__(self, slices, self.text.epochs, settings.seed)
        self._noise, self._curve = noise_table(self.text.noise), sigmoid_table()
        tree = self.tree or _NO_TREE
        self._tree = (tree.starts, tree.nodes, tree.turns)

    def advance(self) -> Advance:
        """Train for a while, and let go of the text that was read where it is mapped from a file."""
        advance = super().advance()
        release(self.text.tokens)
        return advance

    def run_kernel(
        self, thread: int, span: np.ndarray, whole: np.ndarray, rates: np.ndarray, random: np.ndarray, tally: np.ndarray
    ) -> int:
        """Train on a span of the text; see `LockFreeEngine.run_kernel`."""
        s, inputs, W, C = self.settings, self.inputs, self.table_W, self.table_C
        return train_span(
            self.text.tokens, span, whole, W.rows, C.rows, W.squares, C.squares, self.text.keep, self._noise, self._curve,
            *self._tree, inputs.starts, inputs.rows, inputs.from_contexts, inputs.divides, s.window, s.negative_samples, rates,
            s.optimizer == "adagrad", s.dim, W.copies_of(thread), W.weights, W.due, C.copies_of(thread), C.weights, C.due, random,
            tally,
        )  # fmt: skip


@compiled
def add_means(parts: np.ndarray, starts: np.ndarray, rows: np.ndarray, vectors: np.ndarray) -> None:
    """Add to each vector (V, D) the mean of its rows of parts (R, D): rows[starts[w]:starts[w + 1]]."""
    for word in range(len(vectors)):
        begin, end = starts[word], starts[word + 1]
        share = np.float32(1) / np.float32(end - begin)
        for p in range(begin, end):
            row = rows[p]
            for d in range(parts.shape[1]):
                vectors[word, d] += share * parts[row, d]


def sampling_biases(text: TrainingText, counts: np.ndarray, settings: SamplingSettings) -> Mapping[str, Any]:
    """Return the fields of `WordVectors` by which products of vectors are log-probabilities.

    A classifier of true pairs against k noise words has learned log P(context | word) - log k P_noise(context)
    (Levy and Goldberg 2014, "Neural word embedding as implicit matrix factorization", NIPS, section 3.1), of the text that
    sub-sampling left: there a context is rarer by the share of it that was kept.

    Parameters
    ----------
    counts
        (V,) of the training set.
    """
    kept = np.log(text.keep) - np.log((counts * text.keep).sum() / counts.sum())
    if settings.has_tree:
        return {"has_tree": True, "context_bias": (-kept).astype(np.float32)}
    odds = settings.negative_samples * text.noise.clip(np.finfo(np.float64).tiny)
    return {"context_bias": (np.log(odds) - kept).astype(np.float32)}


def fill_at_random(rows: np.ndarray, seed: int) -> None:
    """Set rows (R, dim) to numbers between -1 / dim and 1 / dim drawn from the seed, block by block."""
    rng = np.random.default_rng(seed)
    for start in range(0, len(rows), 10_000):
        block = rows[start : start + 10_000]
        block[:] = (rng.random(block.shape, np.float32) - 0.5) * np.float32(2 / rows.shape[1])


_NO_TREE = HuffmanTree(np.zeros(1, np.int64), np.zeros(0, np.int32), np.zeros(0, np.float32))
