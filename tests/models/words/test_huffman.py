import heapq
import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embedviz.models.words.huffman import HuffmanTree

counts_of_words = st.lists(st.integers(1, 1000), min_size=2, max_size=60).map(np.array)


def total_length(counts):
    """Bits of the whole text under an optimal code: the sum of all inner nodes, which a heap merges two by two."""
    heap, total = counts.tolist(), 0
    heapq.heapify(heap)
    while len(heap) > 1:
        merged = heapq.heappop(heap) + heapq.heappop(heap)
        total += merged
        heapq.heappush(heap, merged)
    return total


@given(counts_of_words)
def test_the_code_is_as_short_as_any(counts):
    tree = HuffmanTree.of(counts)
    assert (np.diff(tree.starts) * counts).sum() == total_length(counts)


@given(counts_of_words)
def test_frequent_words_have_short_paths_and_no_path_begins_another(counts):
    tree = HuffmanTree.of(counts)
    lengths = np.diff(tree.starts)
    by_count = lengths[np.argsort(-counts, kind="stable")]
    assert (np.diff(by_count) >= 0).all()
    codes = [tuple(tree.turns[a:b]) for a, b in itertools.pairwise(tree.starts)]
    assert len(set(codes)) == len(codes)
    assert sum(0.5 ** len(code) for code in codes) == 1  # Kraft: with equality no end is left unused
    assert (tree.nodes[tree.starts[:-1]] == 0).all()  # each path begins at the root
    assert sorted(set(tree.nodes.tolist())) == list(range(len(counts) - 1))


@given(counts_of_words, st.integers(0, 100))
def test_the_probabilities_of_all_words_add_up_to_one(counts, seed):
    rng = np.random.default_rng(seed)
    V = len(counts)
    centre, inner = rng.normal(size=(3, 4)).astype(np.float32), rng.normal(size=(V - 1, 4)).astype(np.float32)
    log_p = HuffmanTree.of(counts).log_probabilities(centre, inner, np.tile(np.arange(V), (3, 1)))
    assert log_p.shape == (3, V)
    assert np.exp(log_p).sum(axis=1) == pytest.approx(1, abs=1e-6)


def test_a_path_by_hand():
    tree = HuffmanTree.of(np.array([4, 1, 2]))
    assert tree.starts.tolist() == [0, 1, 3, 5]
    assert tree.nodes.tolist() == [0, 0, 1, 0, 1]
    assert tree.turns[0] != tree.turns[1]
    assert tree.turns[2] != tree.turns[4]
    x, y = 0.3, -1.2  # products with the root and with the node of the two rare words
    log_p = tree.log_probabilities(np.ones((1, 1), np.float32), np.array([[x], [y]], np.float32), np.array([[1]]))
    turn = lambda product, side: 1 / (1 + np.exp(product if side else -product))  # noqa: E731
    assert np.exp(log_p[0, 0]) == pytest.approx(turn(x, tree.turns[1]) * turn(y, tree.turns[2]))


def test_the_order_of_the_counts_does_not_matter_and_equal_counts_give_equal_trees():
    counts = np.array([5, 5, 1, 9, 5])
    one, two = HuffmanTree.of(counts), HuffmanTree.of(counts.copy())
    assert all(np.array_equal(getattr(one, name), getattr(two, name)) for name in ("starts", "nodes", "turns"))
    assert np.diff(HuffmanTree.of(counts[::-1]).starts).sum() == np.diff(one.starts).sum()
