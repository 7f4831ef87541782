import numpy as np
import pytest
import torch

from embedviz.core.generators import result_of
from embedviz.data.reading import read_table
from embedviz.models.words import lock_free
from embedviz.models.words.cbow import SPEC, train_span
from embedviz.training.devices import choose

CPU = choose("cpu")


def fitted(text, threads=1, **settings):
    table = read_table(text.encode(), name="t.txt")
    chosen = SPEC.Settings.of(**{"min_count": 1, "subsample": 0, "dim": 16, **settings})
    corpus = result_of(SPEC.prepare(table, table.roles, chosen))
    learner = corpus.learner(chosen, CPU, threads)
    for _ in learner.run():
        pass
    return learner, corpus


def test_words_of_one_topic_end_up_nearer_than_words_of_two(two_topics):
    space = fitted(two_topics, epochs=40)[0].best().spaces()["word"]
    assert space.similarity("cat", "dog") > space.similarity("cat", "hammer") + 0.3


def test_one_step_is_the_gradient_of_the_loss():
    """A sentence of three words and window 2; noise is always the fourth word: only the first word's step is compared."""
    rng = np.random.default_rng(3)
    before_W, before_C = rng.normal(0, 0.5, (2, 5, 8)).astype(np.float32)
    W, C = before_W.copy(), before_C.copy()
    rate, squares = 1e-3, np.zeros(5, np.float32)
    noise = np.full(lock_free.NOISE_TABLE_SIZE, 3, np.int32)
    tokens = np.array([0, 1, -1], np.int32)
    train_span(
        tokens, np.array([0, 3]), np.array([0, 3]), W, C, squares, squares.copy(), np.ones(5, np.float32), noise,
        lock_free.sigmoid_table(), 2, 1, np.array([rate, rate]), False, np.array([1], np.uint64), np.zeros(2),
    )  # fmt: skip
    w, c = (torch.from_numpy(x.copy()).requires_grad_() for x in (before_W, before_C))
    loss = sum(
        torch.nn.functional.softplus(-(w[context] @ c[centre])) + torch.nn.functional.softplus(w[context] @ c[3])
        for centre, context in ((0, 1), (1, 0))
    )
    loss.backward()
    assert (W - before_W) / rate == pytest.approx(-w.grad.numpy(), abs=1e-2)
    assert (C - before_C) / rate == pytest.approx(-c.grad.numpy(), abs=1e-2)


@pytest.mark.parametrize("optimizer", ["sgd", "adagrad"])
def test_it_tells_true_pairs_from_noise(two_topics, optimizer):
    learner, corpus = fitted(two_topics, epochs=200, optimizer=optimizer)
    metrics = SPEC.evaluate(learner.best(), corpus).metrics
    assert metrics["test/auc"] > 0.55
    assert metrics["test/loss"] < metrics["baseline/loss"]
