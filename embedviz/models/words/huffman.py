"""Huffman tree of a vocabulary, for hierarchical softmax: a word's probability is that of the turns on its path.

Morin and Bengio 2005, "Hierarchical probabilistic neural network language model" (AISTATS); with a Huffman tree Mikolov,
Sutskever, Chen, Corrado and Dean 2013 (NIPS), section 2.1. Letters: V words.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


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
        weight = np.concatenate([counts[order].astype(np.int64), np.full(V - 1, np.iinfo(np.int64).max)])
        parent, turn = np.zeros(2 * V - 1, np.int64), np.zeros(2 * V - 1, np.int8)
        leaf, inner = V - 1, V  # next of the words, the rarest first, and of the nodes, which are made in their order
        for node in range(V, 2 * V - 1):
            total = 0
            for side in (0, 1):
                if leaf >= 0 and weight[leaf] < weight[inner]:
                    child, leaf = leaf, leaf - 1
                else:
                    child, inner = inner, inner + 1
                total += weight[child]
                parent[child], turn[child] = node, side
            weight[node] = total
        return cls._paths(order, parent, turn)

    @classmethod
    def _paths(cls, order: np.ndarray, parent: np.ndarray, turn: np.ndarray) -> HuffmanTree:
        V = len(order)
        at = np.arange(V)  # all words climb at once
        levels = list[tuple[np.ndarray, np.ndarray, np.ndarray]]()
        climbing = np.arange(V)
        root = 2 * V - 2  # the last that was made
        while len(climbing):
            levels.append((order[climbing], root - parent[at[climbing]], turn[at[climbing]]))
            at[climbing] = parent[at[climbing]]
            climbing = climbing[at[climbing] != root]
        word, node, side = (np.concatenate(parts) for parts in zip(*reversed(levels), strict=True))
        by_word = np.argsort(word, kind="stable")  # of each word the highest level first
        starts = np.concatenate([[0], np.cumsum(np.bincount(word, minlength=V))])
        return cls(starts, node[by_word].astype(np.int32), side[by_word].astype(np.float32))

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
