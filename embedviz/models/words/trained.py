"""Trained word vectors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from embedviz.core.archive import Archived
from embedviz.models.words.huffman import HuffmanTree
from embedviz.space import EmbeddingSpace
from embedviz.space.subwords import Subwords
from embedviz.training.architecture import Architecture, Layer, Network, Shape, lookup_branch

EXAMPLE_ROW = 100  # of a word in the lookup table


@dataclass(frozen=True, eq=False)
class WordVectors(Archived):
    """The vectors of a vocabulary (embedviz.training.protocols.Trained).

    Every algorithm estimates how probable a word is among those around another:

        log P(context j | word i)  =  centre[i]·context[j] + centre_bias[i] + context_bias[j]

    Attributes
    ----------
    labels
        (V) words, the most frequent first.
    counts
        (V,) int64, how often each was seen in the training set.
    centre, context
        (V, D) float32: vectors of words, and of words as contexts. With a tree, context holds its (V - 1) inner nodes.
    centre_bias, context_bias
        (V,) float32; None for zeros.
    is_sum
        The space's vectors are centre + context, as those of GloVe; otherwise they are the centre vectors.
    has_tree
        centre[i]·context[j] stands for the logarithm of j's probability by hierarchical softmax.
    subwords
        Vectors of character n-grams, for words that are not in the vocabulary.
    """

    labels: list[str]
    counts: np.ndarray
    centre: np.ndarray
    context: np.ndarray
    centre_bias: np.ndarray | None = None
    context_bias: np.ndarray | None = None
    is_sum: bool = False
    has_tree: bool = False
    subwords: Subwords | None = None

    @cached_property
    def vectors(self) -> np.ndarray:
        """(V, D) float32, the vectors of the space."""
        return self.first_vectors(len(self.centre))

    def first_vectors(self, n: int) -> np.ndarray:
        """Return the vectors of the n most frequent words, (n, D) float32."""
        return self.centre[:n] + self.context[:n] if self.is_sum else self.centre[:n]

    def spaces(self) -> Mapping[str, EmbeddingSpace]:
        """Return "word": the vectors, with the count of each word in the training set."""
        columns = pd.DataFrame({"count": self.counts})
        return {"word": EmbeddingSpace(self.labels, self.vectors, columns, "word", subwords=self.subwords)}

    def architecture(self) -> Architecture:
        """Return the layers of this model: the lookup tables of words and of contexts, and the product of their rows."""
        n, dim = self.centre.shape
        row = min(EXAMPLE_ROW, n - 1)
        more: dict[str, Shape] = {} if self.centre_bias is None else {"centre_bias": self.centre_bias.shape}
        word = lookup_branch("word", self.labels[row], row, "centre", (n, dim), **more)
        more = {} if self.context_bias is None else {"context_bias": self.context_bias.shape}
        n_contexts = len(self.context)
        if self.has_tree:
            nodes = Layer("context word", "its path of inner nodes in the Huffman tree")
            context = [nodes, Layer("lookup table", f"rows of {dim:,} numbers", {"context": (n_contexts, dim)})]
        else:
            context = lookup_branch("context", self.labels[row], row, "context", (n_contexts, dim), **more)
        branches = [word, context]
        if self.subwords is not None:
            shape = self.subwords.vectors.shape
            table = Layer(
                "lookup table", f"mean row of {dim:,} numbers, for unknown words", {"subwords.vectors": shape}
            )
            branches.append([Layer("character n-grams", f"hashes, {len(self.subwords):,} buckets"), table])
        return Architecture([Network("", branches, [Layer("dot product", "log probability of the context")])])

    def log_probabilities(self, words: np.ndarray, contexts: np.ndarray) -> np.ndarray:
        """Return log P(context | word): words (P,), contexts (P, K) -> (P, K). It need not be normalised.

        Of several words, (P, M) with -1 for none, the mean vector is taken, as CBOW does.
        """
        centre = self.centre[words] if words.ndim == 1 else _means(self.centre, words)
        if self.has_tree:
            log_p = self._tree.log_probabilities(centre, self.context, contexts)
        else:
            log_p = np.matmul(self.context[contexts], centre[:, :, None])[..., 0]
        if self.centre_bias is not None:
            log_p += self.centre_bias[words][:, None]
        if self.context_bias is not None:
            log_p += self.context_bias[contexts]
        return log_p

    @cached_property
    def _tree(self) -> HuffmanTree:
        return HuffmanTree.of(self.counts)


def _means(vectors: np.ndarray, words: np.ndarray) -> np.ndarray:
    """The mean vector of each row of words (P, M), those below 0 left out: (P, D) float32."""
    there = (words >= 0).astype(np.float32)
    share = there / there.sum(axis=1, keepdims=True).clip(1)
    return np.einsum("pm,pmd->pd", share, vectors[words.clip(0)])
