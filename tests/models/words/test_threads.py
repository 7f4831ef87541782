"""Threads without locks: two learn as much as one."""

from __future__ import annotations

import pytest

from embedviz.models import model_spec
from tests.models.words.fitting import finish, learner, prepare

EPOCHS = {"skipgram": 3, "cbow": 4, "fasttext": 2}  # at which much is learned, and more would be


@pytest.mark.parametrize(("model", "epochs"), EPOCHS.items())
def test_two_threads_learn_as_much_as_one(model, epochs, many_topics):
    """Repeated ten times, the losses were at most 3 % apart; with one of two threads idle they are 50 % apart and more."""
    corpus = prepare(model, many_topics, epochs=epochs, buckets=2000)
    one, two = (finish(learner(corpus, threads)) for threads in (1, 2))
    assert len(two.engine._slices) == 2
    assert two.engine.done == one.engine.done
    losses = [model_spec(model).evaluate(fitted.best(), corpus).metrics["test/loss"] for fitted in (one, two)]
    assert losses[0] < 2  # of 4.16 without any learning
    assert losses[1] == pytest.approx(losses[0], rel=0.06)
