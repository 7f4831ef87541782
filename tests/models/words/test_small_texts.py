"""Texts with little or nothing to learn from: numbers that are finite, or one sentence."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from embedviz.core.errors import DataError
from embedviz.models import model_spec
from tests.models.words.fitting import WORD_MODELS, finish, learner, prepare

LEARNED = {
    "50 words of 8": "\n".join(" ".join(f"w{(3 * i + j * j) % 8}" for j in range(5)) for i in range(10)),
    "one word beside others": " ".join(f"the w{i}" for i in range(30)),
    "one word among lines of others": "\n".join(f"the w{i}" for i in range(30)),
    "two words": " ".join(["salt", "pepper"] * 30),
    "the same line": "\n".join(["salt pepper"] * 30),
    "one long unit": " ".join(f"w{i * i % 17}" for i in range(3000)),
    "20 words": " ".join(f"w{i % 3}" for i in range(20)),
}
REFUSED = {
    "50 words, each once": ("\n".join(f"salt{i} pepper{i}" for i in range(25)), "fewer than two words of the vocabulary"),
    "50 words of one unit, each once": (" ".join(f"w{i}" for i in range(50)), "fewer than two words of the vocabulary"),
    "one word": ("\n".join(["the the the"] * 20), "The text is one word, 'the', over and over"),
    "19 words": (" ".join(f"w{i % 3}" for i in range(19)), "This text has 19 words. Vectors need at least 20"),
}  # fmt: skip
WAYS = [
    {},
    {"loss": "hierarchical_softmax", "dim": 100},
    {"optimizer": "adagrad", "learning_rate": 1.0},
    {"subsample": 1e-4},
]


def ways_of(model):
    fields = model_spec(model).Settings.model_fields
    return [way for way in WAYS if set(way) <= set(fields)]


@pytest.mark.parametrize("text", LEARNED.values(), ids=LEARNED)
@pytest.mark.parametrize("model", WORD_MODELS)
def test_little_text_gives_finite_vectors_and_scores(model, text):
    for way in ways_of(model):
        corpus = prepare(model, text, epochs=10, buckets=100, **way)
        best = finish(learner(corpus, threads=1 if way else 3)).best()
        assert best.vectors.shape[0] == len(corpus.corpus.vocabulary)
        assert np.isfinite(best.vectors).all(), way
        assert np.abs(best.vectors).max() > 1e-3, way
        assert all(np.isfinite(value) for value in model_spec(model).evaluate(best, corpus).metrics.values()), way


@pytest.mark.parametrize(("text", "sentence"), REFUSED.values(), ids=REFUSED)
@pytest.mark.parametrize("model", WORD_MODELS)
def test_too_little_text_is_refused_in_a_sentence(model, text, sentence):
    with pytest.raises(DataError, match=sentence):
        prepare(model, text)


def test_words_that_stand_together_by_chance_alone_teach_counts_nothing():
    text = "\n".join(["the the the the"] * 20 + [f"w{i}" for i in range(10)])
    for way in ({}, {"shift": 50.0}):
        with pytest.raises(DataError, match=r"^No two words stand together more often than by chance.*lower the shift"):
            learner(prepare("ppmi_svd", text if not way else LEARNED["50 words of 8"], **way))


units = st.lists(st.lists(st.integers(0, 4).map(lambda i: f"w{i}"), min_size=1, max_size=9), min_size=8, max_size=30)


@settings(max_examples=40)
@given(units, st.sampled_from([0.05, 1.0]), st.sampled_from([1e-3, 10.0, 1e6]), st.sampled_from([0.01, 2.0]))
@example([["w0"] * 9] * 8 + [["w0", "w1"]] * 9, 1.0, 1e-3, 2.0)
def test_glove_has_finite_vectors_on_any_text(units, rate, x_max, power):
    text = "\n".join(" ".join(unit) for unit in units)
    try:
        corpus = prepare("glove", text, epochs=15, dim=3, learning_rate=rate, x_max=x_max, weighting_power=power)
        fitted = finish(learner(corpus))
    except DataError as error:
        assert str(error).endswith(".")
        return
    assert all(np.isfinite(array).all() for array in fitted.engine.arrays().values())
    assert all(np.isfinite(value) for value in model_spec("glove").evaluate(fitted.best(), corpus).metrics.values())
