"""Huffman tree of a vocabulary, for hierarchical softmax: a word's probability is that of the turns on its path.

Morin and Bengio 2005, "Hierarchical probabilistic neural network language model" (AISTATS); with a Huffman tree Mikolov,
Sutskever, Chen, Corrado and Dean 2013 (NIPS), section 2.1. Letters: V words.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from embedviz.core.compiled import compiled


@dataclass(frozen=True)
class HuffmanTree:
    """Paths from the root to the words.

    Attributes
    ----------
    starts
        (V + 1,) int64: the path of word w is entries starts[w] to starts[w + 1] of the other two.
    nodes
        (L,) int32, inner nodes 0 to V - 2, the more frequent first: the root, 0, begins each path.
    turns
        (L,) float32: 1 where the path turns to the rarer side, else 0.
    """

    starts: np.ndarray
    nodes: np.ndarray
    turns: np.ndarray

    @classmethod
    def of(cls, counts: np.ndarray) -> HuffmanTree:
        """Build the tree of words with these counts, (V,). Equal counts give equal trees."""
        V = len(counts)
        order = np.argsort(-counts, kind="stable")
        weights = np.concatenate([counts[order].astype(np.int64), np.full(V - 1, np.iinfo(np.int64).max)])
        parents, sides, lengths = np.zeros(2 * V - 1, np.int64), np.zeros(2 * V - 1, np.float32), np.zeros(V, np.int64)
        _join(weights, parents, sides)
        _measure(order, parents, lengths)
        starts = np.concatenate([[0], np.cumsum(lengths)])
        nodes, turns = np.zeros(starts[-1], np.int32), np.zeros(starts[-1], np.float32)
        _climb(order, parents, sides, starts, nodes, turns)
        return cls(starts, nodes, turns)

    def log_probabilities(self, centre: np.ndarray, inner: np.ndarray, words: np.ndarray) -> np.ndarray:
        """Return log P(word | centre).

        Parameters
        ----------
        centre
            (P, D) float32, vectors of centre words.
        inner
            (V - 1, D) float32, vectors of the inner nodes.
        words
            (P, K) words.

        Returns
        -------
        (P, K) float64
        """
        flat = words.reshape(-1)
        lengths = self.starts[flat + 1] - self.starts[flat]
        owner = np.repeat(np.arange(len(flat)), lengths)
        first = np.cumsum(lengths) - lengths
        at = self.starts[flat][owner] + np.arange(len(owner)) - first[owner]
        turned = np.einsum("ld,ld->l", centre[owner // words.shape[1]], inner[self.nodes[at]])
        log_p = -np.logaddexp(0.0, np.where(self.turns[at] > 0, turned, -turned).astype(np.float64))
        return np.bincount(owner, log_p, len(flat)).reshape(words.shape)


@compiled
def _join(weights: np.ndarray, parents: np.ndarray, sides: np.ndarray) -> None:
    """Join the two lightest trees until one is left.

    Parameters
    ----------
    weights
        (2V - 1,) int64: of the words, the most frequent first, then room for those of the nodes that join them.
    parents, sides
        (2V - 1,) int64 and float32, filled with the node above each, and which of its two sides it is on.
    """
    V = (len(weights) + 1) // 2
    leaf, inner = V - 1, V  # next of the words, the rarest first, and of the nodes, which are made in their order
    for node in range(V, 2 * V - 1):
        total = 0
        for side in range(2):
            if leaf >= 0 and weights[leaf] < weights[inner]:
                child, leaf = leaf, leaf - 1
            else:
                child, inner = inner, inner + 1
            total += weights[child]
            parents[child], sides[child] = node, side
        weights[node] = total


@compiled
def _measure(order: np.ndarray, parents: np.ndarray, lengths: np.ndarray) -> None:
    """Count the nodes above each word into lengths (V,)."""
    root = len(parents) - 1  # the last that was made
    for leaf in range(len(order)):
        at = leaf
        while at != root:
            at = parents[at]
            lengths[order[leaf]] += 1


@compiled
def _climb(
    order: np.ndarray, parents: np.ndarray, sides: np.ndarray, starts: np.ndarray, nodes: np.ndarray, turns: np.ndarray
) -> None:
    """Write each word's path, from the root down, to nodes and turns; see `HuffmanTree`."""
    root = len(parents) - 1
    for leaf in range(len(order)):
        at, p = leaf, starts[order[leaf] + 1]
        while at != root:
            p -= 1
            nodes[p], turns[p] = root - parents[at], sides[at]
            at = parents[at]
