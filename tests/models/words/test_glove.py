"""GloVe: its kernel against autograd, its weights, and what its vectors say of counts."""

import numpy as np
import pytest
import torch

from embedviz.core.compiled import aligned_rows
from embedviz.core.errors import DataError
from embedviz.models.words.glove import MAX_STEP, SPEC, train_span
from tests.models.words.fitting import finish, learner, prepare

V, DIM, RATE = 4, 5, 1e-3
FIRST, SECOND = np.array([0, 1, 2], np.int32), np.array([1, 3, 2], np.int32)  # the last pair is a word beside itself
COUNTS, PAIR_WEIGHTS = np.array([0.5, 30.0, 4.0]), np.array([0.2, 1.0, 0.7])


def arrays(seed=3):
    rng = np.random.default_rng(seed)
    W, C = aligned_rows(V, DIM), aligned_rows(V, DIM)
    W[:, :DIM], C[:, :DIM] = rng.normal(0, 0.7, (V, DIM)), rng.normal(0, 0.7, (V, DIM))
    return W, C, rng.normal(0, 0.5, (2, V)).astype(np.float32), rng.uniform(0.5, 2, (4, V)).astype(np.float32)


def run(W, C, biases, squares, rate=RATE, counts=COUNTS):
    tally = np.zeros(2)
    log_counts, weights = np.log(counts).astype(np.float32), PAIR_WEIGHTS.astype(np.float32)
    span = np.array([0, len(FIRST)])
    end = train_span(FIRST, SECOND, log_counts, weights, span, W, C, biases, squares, np.float32(rate), DIM, tally)
    return end, tally


def step_by_autograd(W, C, biases, squares):
    """Descend equation 8 a pair and a direction at a time, by AdaGrad with one sum for a vector; in place."""
    total, seen = 0.0, 0
    for i, j, x, f in zip(FIRST, SECOND, COUNTS, PAIR_WEIGHTS, strict=True):
        for a, b in dict.fromkeys([(i, j), (j, i)]):
            w, c, bias = (torch.from_numpy(array.copy()).requires_grad_() for array in (W[:, :DIM], C[:, :DIM], biases))
            loss = f * (w[a] @ c[b] + bias[0, a] + bias[1, b] - float(np.log(x))) ** 2 / 2
            loss.backward()
            gradients = w.grad[a].numpy(), c.grad[b].numpy(), bias.grad[0, a].numpy(), bias.grad[1, b].numpy()
            places = (W[a, :DIM], a), (C[b, :DIM], b), (biases[0, a : a + 1], a), (biases[1, b : b + 1], b)
            for row, ((weights, at), gradient) in enumerate(zip(places, gradients, strict=True)):
                weights -= RATE * gradient / np.sqrt(squares[row, at])
                squares[row, at] += RATE**2 * np.mean(gradient**2)
            total, seen = total + loss.item(), seen + 1
    return total, seen


def test_a_step_is_the_gradient_of_the_weighted_squares():
    before, ours, theirs = arrays(), arrays(), arrays()
    end, tally = run(*ours)
    assert end == 3
    assert tally == pytest.approx(step_by_autograd(*theirs), rel=1e-4)
    for was, one, two in zip(before[:3], ours, theirs, strict=False):
        assert np.abs(two - was).max() > RATE / 10
        assert one - was == pytest.approx(two - was, abs=2e-3 * float(np.abs(two - was).max()))
    sums, expected = ours[3] - before[3], theirs[3] - before[3]
    assert sums == pytest.approx(expected, abs=0.05 * float(expected.max()) + 2e-7)


def test_adagrads_sums_hold_the_steps_as_in_the_original():
    """At a rate of 1 they are large enough to be seen in full: squares of gradients, the mean over a vector's numbers."""
    W, C, biases, _ = arrays()
    squares = np.full((4, V), 1e6, np.float32)  # so that nothing moves and each step is that of the beginning
    big = squares.astype(np.float64)
    run(W, C, biases, squares, rate=1.0)
    error = W[2] @ C[2] + biases[0, 2] + biases[1, 2] - np.log(COUNTS[2])
    g = PAIR_WEIGHTS[2] * error  # word 2 is in one pair only, with itself
    assert squares[:, 2] - big[:, 2] == pytest.approx([g**2 * np.mean(C[2, :DIM] ** 2), g**2 * np.mean(W[2, :DIM] ** 2), g**2, g**2], abs=0.07)  # fmt: skip


def test_a_step_is_held_to_its_limit():
    W, C, biases, squares = arrays()
    squares[:] = 1
    biases[0, 2], before = 1e6, biases[1, 2]
    run(W, C, biases, squares)
    assert before - biases[1, 2] == pytest.approx(RATE * MAX_STEP, rel=1e-3)


def test_the_weights_of_pairs_rise_with_their_count_to_one(two_topics):
    corpus = prepare("glove", two_topics, x_max=200, weighting_power=0.5, epochs=1)
    engine = learner(corpus).engine
    x = np.exp(engine._log_counts)
    assert engine._pair_weights == pytest.approx(np.minimum(1, np.sqrt(x / 200)), rel=1e-5)
    assert 0 < (engine._pair_weights == 1).sum() < len(x)
    pairs = set(zip(engine._first.tolist(), engine._second.tolist(), strict=True))
    assert pairs == set(zip(corpus.pairs.first.tolist(), corpus.pairs.second.tolist(), strict=True))


def test_the_products_become_the_logarithms_of_the_counts(two_topics):
    corpus = prepare("glove", two_topics, epochs=200, x_max=1)
    trained = finish(learner(corpus)).current()
    counts = np.zeros((12, 12))
    counts[corpus.pairs.first, corpus.pairs.second] = counts[corpus.pairs.second, corpus.pairs.first] = (
        corpus.pairs.counts
    )
    probabilities = counts / counts.sum(axis=1, keepdims=True)
    words = np.arange(12)
    estimated = np.exp(trained.log_probabilities(words, np.tile(words, (12, 1))))
    seen = counts > 0
    assert estimated[seen] == pytest.approx(probabilities[seen], rel=0.1)


def test_the_vectors_of_the_space_are_the_sums_of_both(two_topics):
    trained = finish(learner(prepare("glove", two_topics, epochs=3))).best()
    assert np.array_equal(trained.spaces()["word"].vectors, trained.centre + trained.context)


def test_words_of_one_topic_end_up_nearer_than_words_of_two(two_topics):
    """By less than in the other algorithms: pairs that are never seen teach GloVe nothing."""
    space = finish(learner(prepare("glove", two_topics, epochs=40))).best().spaces()["word"]
    animals, tools = ["cat", "dog", "horse", "cow"], ["saw", "hammer", "nail", "drill"]
    assert min(space.similarity("sheep", a) for a in animals) > max(space.similarity("sheep", t) for t in tools)
    assert min(space.similarity("screw", t) for t in tools) > max(space.similarity("screw", a) for a in animals)


@pytest.mark.parametrize("model", ["glove", "ppmi_svd"])
def test_a_text_of_single_words_is_refused_with_a_sentence(model):
    corpus = prepare(model, "\n".join(["salt", "pepper", "flour"] * 40))
    with pytest.raises(DataError, match=r"^No two words of the vocabulary stand side by side.*Lower the minimum count"):
        learner(corpus)


def test_the_original_preset_is_that_of_its_defaults():
    original = SPEC.Settings.of(preset="original")
    assert (original.epochs, original.x_max, original.dim, original.window) == (25, 100, 50, 15)
