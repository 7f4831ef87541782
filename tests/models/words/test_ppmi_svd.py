"""PPMI-SVD against its definition: the matrix entry by entry, the singular vectors of NumPy."""

import numpy as np
import pytest

from embedviz.core.generators import result_of
from embedviz.models.words.ppmi_svd import PpmiEngine, ppmi_matrix
from embedviz.text.cooccurrence import count_cooccurrences
from tests.models.words.fitting import finish, learner, prepare

TEXT = "\n".join(["the cat sat on the mat", "a dog sat by the cat", "the dog ran", "one mat one cat one dog"] * 15)


def dense(counts):
    matrix = np.zeros((counts.n_words, counts.n_words))
    matrix[counts.first, counts.second] = matrix[counts.second, counts.first] = counts.counts
    return matrix


def expected_ppmi(X, smoothing, shift):
    """max(0, log(P(i, j) / (P(i) P_smooth(j))) - log shift) as the paper writes it."""
    p_i = X.sum(axis=1) / X.sum()
    p_j = X.sum(axis=0) ** smoothing / (X.sum(axis=0) ** smoothing).sum()
    with np.errstate(divide="ignore"):
        pmi = np.log(X / X.sum()) - np.log(p_i)[:, None] - np.log(p_j)[None]
    return np.maximum(0, pmi - np.log(shift))


@pytest.mark.parametrize(("smoothing", "shift"), [(1.0, 1.0), (0.75, 1.0), (0.75, 1.4), (1.0, 5.0)])
def test_the_matrix_is_that_of_its_definition(smoothing, shift):
    tokens = np.random.default_rng(0).zipf(1.4, 800).clip(1, 30).astype(np.int32) - 1
    tokens[::9] = -1
    counts = result_of(count_cooccurrences(tokens, 31, 3, "linear"))  # word 30 never occurs
    occurs = counts.sums() > 0
    assert 15 < occurs.sum() < 31
    matrix = ppmi_matrix(counts, smoothing, shift).toarray()
    expected = expected_ppmi(dense(counts)[np.ix_(occurs, occurs)], smoothing, shift)
    assert matrix[np.ix_(occurs, occurs)] == pytest.approx(expected, abs=1e-5)
    assert not matrix[~occurs].any()
    assert not matrix[:, ~occurs].any()
    assert 0 < (expected > 0).sum() < expected.size


@pytest.mark.parametrize("power", [0.0, 0.5, 1.0])
def test_the_vectors_are_the_leading_singular_vectors_with_their_values(power):
    corpus = prepare("ppmi_svd", TEXT, dim=3, singular_power=power)
    trained = finish(learner(corpus)).current()
    M = expected_ppmi(dense(corpus.pairs), 0.75, 1.0)
    u, values, vt = np.linalg.svd(M)
    assert values[2] > 1.01 * values[3]
    signs = np.sign((trained.centre * u[:, :3]).sum(axis=0))
    assert trained.centre * signs == pytest.approx(u[:, :3] * values[:3] ** power, abs=1e-3)
    assert trained.context * signs == pytest.approx(vt[:3].T * values[:3] ** (1 - power), abs=1e-3)


def test_the_iteration_finds_the_main_directions_of_a_matrix_much_larger_than_its_subspace():
    """500 words in 10 groups that stand together: ten large singular values, then many small ones."""
    rng = np.random.default_rng(1)
    lines = []
    for i in range(3000):
        lines.append(" ".join(f"w{50 * (i % 10) + k}" for k in rng.integers(50, size=8)))
    corpus = prepare("ppmi_svd", "\n".join(lines), dim=10)
    trained = finish(learner(corpus)).current()
    u, values, vt = np.linalg.svd(expected_ppmi(dense(corpus.pairs), 0.75, 1.0))
    best = (u[:, :10] * values[:10]) @ vt[:10]
    assert trained.centre @ trained.context.T == pytest.approx(best, abs=0.01 * float(np.abs(best).max()))


def test_a_vocabulary_smaller_than_the_vectors_leaves_the_rest_zero():
    trained = finish(learner(prepare("ppmi_svd", TEXT, dim=40))).best()
    V = len(trained.labels)
    assert trained.centre.shape == (V, 40)
    assert not trained.centre[:, V:].any()
    assert np.linalg.matrix_rank(trained.centre) > 3


def test_the_estimates_are_the_probabilities_where_pairs_count(two_topics):
    corpus = prepare("ppmi_svd", two_topics)
    trained = finish(learner(corpus)).current()
    X = dense(corpus.pairs)
    M = expected_ppmi(X, 0.75, 1.0)
    words = np.arange(len(X))
    estimated = np.exp(trained.log_probabilities(words, np.tile(words, (len(X), 1))))
    positive = M > 0
    assert positive.any()
    assert estimated[positive] == pytest.approx((X / X.sum(axis=1, keepdims=True))[positive], rel=1e-3)


def test_it_goes_on_from_any_block_to_the_same_vectors(two_topics):
    corpus = prepare("ppmi_svd", two_topics, dim=30)
    whole = finish(learner(corpus)).current()
    engine = PpmiEngine(corpus, corpus.counted_pairs(), corpus.settings)
    engine.advance()
    state = engine.state()
    again = learner(corpus)
    again.engine.restore(type(state)({n: a.copy() for n, a in state.arrays.items()}, state.values))
    assert again.engine.done == 1
    assert np.array_equal(finish(again).current().centre, whole.centre)


def test_words_of_one_topic_end_up_nearer_than_words_of_two(two_topics):
    space = finish(learner(prepare("ppmi_svd", two_topics))).best().spaces()["word"]
    assert space.similarity("cat", "dog") > space.similarity("cat", "hammer") + 0.3
