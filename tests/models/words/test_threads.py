"""Threads without locks: two learn as much as one."""

from __future__ import annotations

import pytest

from embedviz.models import model_spec
from tests.models.words.fitting import SAMPLING_MODELS, finish, learner, prepare


def losses(model, text, epochs):
    """The test loss after a training on one thread, and on two."""
    corpus = prepare(model, text, epochs=epochs, buckets=2000)
    one, two = (finish(learner(corpus, threads)) for threads in (1, 2))
    assert len(two.engine._slices) == 2
    assert two.engine.done == one.engine.done
    return [model_spec(model).evaluate(fitted.best(), corpus).metrics["test/loss"] for fitted in (one, two)]


@pytest.mark.parametrize("model", SAMPLING_MODELS)
def test_two_threads_learn_as_much_as_one(model, many_topics):
    """Repeated ten times, the losses were at most 2 % apart."""
    one, two = losses(model, many_topics, epochs=10)
    assert one < 0.8  # of 4.16 without any learning
    assert two == pytest.approx(one, rel=0.05)


@pytest.mark.parametrize(("model", "epochs"), [("skipgram", 3), ("cbow", 4), ("fasttext", 2)])
def test_two_threads_learn_as_fast_as_one(model, epochs, many_topics):
    """At passes where much is learned and more would be: with one of two threads idle the loss is 50 % higher and more."""
    one, two = losses(model, many_topics, epochs)
    assert one < 2
    assert two == pytest.approx(one, rel=0.06)


@pytest.mark.parametrize("model", SAMPLING_MODELS)
def test_threads_have_copies_of_rows_where_the_text_is_long_enough_and_learn_as_much(model, many_topics, monkeypatch):
    assert len(learner(prepare(model, many_topics, epochs=10), 2).engine.table_C.weights) == 0
    monkeypatch.setattr("embedviz.models.words.negative_sampling.MIN_WORDS", 2000)
    corpus = prepare(model, many_topics, epochs=10, buckets=2000)
    one, two = (finish(learner(corpus, threads)) for threads in (1, 2))
    assert len(two.engine.table_C.weights) == 400
    assert len(one.engine.table_C.weights) == 0
    one, two = (model_spec(model).evaluate(fitted.best(), corpus).metrics["test/loss"] for fitted in (one, two))
    assert two == pytest.approx(one, rel=0.1)
