import numpy as np
import pytest

from embedviz.space.search.top_k import top_k


@pytest.mark.parametrize("k", [1, 10, 100])
def test_the_greatest_of_many_are_those_of_a_full_sort_ties_in_order(k):
    rng = np.random.default_rng(k)
    n = 30_011
    for scores in (rng.normal(size=n), rng.integers(0, 50, n), np.zeros(n), np.arange(n), -np.arange(n)):
        scores = scores.astype(np.float32)
        assert top_k(scores, k).tolist() == np.argsort(-scores, kind="stable")[:k].tolist()
