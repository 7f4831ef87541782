"""What is measured while words are trained, and what word vectors say of probabilities."""

from __future__ import annotations

import numpy as np
import pytest

from embedviz.evaluation.quality_curve import QualityCurve
from embedviz.evaluation.small_word_sets import small_word_set
from embedviz.models.words import held_out
from embedviz.models.words.held_out import CURVE_PAIRS, TRAIN_PAIRS, HeldOut, draw_pairs
from embedviz.models.words.trained import WordVectors
from tests.models.words.fitting import WORD_MODELS, learner, prepare

# 3 words of 2 dimensions, by hand
CENTRE, CONTEXT = np.array([[1, 0], [0, 2], [1, 1]], np.float32), np.array([[1, 1], [2, 0], [0, 3]], np.float32)
PRODUCTS = CENTRE @ CONTEXT.T
EVERY = np.arange(3), np.tile(np.arange(3), (3, 1))


def vectors(**more):
    return WordVectors(["a", "b", "c"], np.array([5, 3, 2]), CENTRE, CONTEXT, **more)


def test_estimates_are_products_with_both_biases():
    own, other = np.array([0.1, 0.2, 0.3], np.float32), np.array([-1, -2, -3], np.float32)
    assert vectors().log_probabilities(*EVERY) == pytest.approx(PRODUCTS)
    assert vectors(centre_bias=own).log_probabilities(*EVERY) == pytest.approx(PRODUCTS + own[:, None])
    assert vectors(context_bias=other).log_probabilities(*EVERY) == pytest.approx(PRODUCTS + other)
    both = vectors(centre_bias=own, context_bias=other, is_sum=True)
    assert both.log_probabilities(*EVERY) == pytest.approx(PRODUCTS + own[:, None] + other)
    assert np.array_equal(both.spaces()["word"].vectors, CENTRE + CONTEXT)
    assert np.array_equal(vectors().spaces()["word"].vectors, CENTRE)
    assert vectors().spaces()["word"].columns["count"].tolist() == [5, 3, 2]


def test_several_words_predict_by_their_mean_and_missing_ones_do_not_count():
    words, contexts = np.array([[0, 1, -1], [-1, 2, -1], [2, 2, 0]]), np.array([[0, 1], [2, 0], [1, 1]])
    means = np.array([[0.5, 1], [1, 1], [1, 2 / 3]])
    expected = np.take_along_axis(means @ CONTEXT.T, contexts, axis=1)
    assert vectors().log_probabilities(words, contexts) == pytest.approx(expected)


def test_curves_are_measured_on_the_validation_part_and_on_the_training_part(two_topics):
    corpus = prepare("skipgram", two_topics)
    text, chosen = corpus.corpus, corpus.settings
    found = HeldOut.of(text, text.train, chosen)
    expected = draw_pairs(text, text.validation, chosen, chosen.seed, CURVE_PAIRS)
    assert not np.array_equal(text.validation, text.test)
    for name in ("centre", "context", "noise"):
        assert np.array_equal(getattr(found.validation, name), getattr(expected, name))
    assert len(found.train) == TRAIN_PAIRS
    assert len(found.validation) > 100
    begun = learner(corpus).current()
    scores = found.measure(begun)
    for part, pairs in (("train", found.train), ("validation", found.validation)):
        assert scores[f"{part}/loss"] == pytest.approx(pairs.measure(begun.log_probabilities).loss)
        assert scores[f"{part}/auc"] == pytest.approx(pairs.measure(begun.log_probabilities).auc)


def test_a_part_without_pairs_is_left_out():
    corpus = prepare("skipgram", "\n".join(["salt pepper"] * 40))
    text = corpus.corpus
    alone = HeldOut(draw_pairs(text, np.array([0, -1, 1, -1], np.int32), corpus.settings, 0, 9), HeldOut.of(text, text.train, corpus.settings).train)  # fmt: skip
    assert set(alone.measure(learner(corpus).current())) == {"train/loss", "train/auc"}


@pytest.mark.parametrize("model", WORD_MODELS)
def test_words_are_predicted_from_whole_windows_in_cbow_alone(two_topics, model):
    pairs = learner(prepare(model, two_topics, window=3)).engine.held_out.validation
    if model == "cbow":
        assert pairs.centre.shape == (len(pairs), 6)
        assert (pairs.centre >= 0).any(axis=1).all()
    else:
        assert pairs.centre.shape == (len(pairs),)


def test_of_a_large_part_pairs_are_drawn_from_all_over_it(two_topics, monkeypatch):
    corpus = prepare("skipgram", two_topics)
    tokens = np.concatenate([np.append(np.full(8, word), -1) for word in range(12) for _ in range(20)]).astype(np.int32)
    monkeypatch.setattr(held_out, "MAX_TOKENS", 400)
    pairs = draw_pairs(corpus.corpus, tokens, corpus.settings, 0, 5000)
    assert len(set(pairs.centre.tolist())) > 8
    assert len(pairs) < 400 * corpus.settings.window


def test_quality_is_measured_where_the_language_has_a_set():
    labels = [
        "man",
        "woman",
        "king",
        "queen",
        "father",
        "mother",
        "son",
        "daughter",
        "good",
        "evil",
        "day",
        "night",
        "sea",
        "ocean",
        "path",
        "way",
    ]
    numbers = np.random.default_rng(0).normal(size=(len(labels), 8)).astype(np.float32)
    trained = WordVectors(labels, np.arange(len(labels), 0, -1), numbers, 2 * numbers, is_sum=True)
    curve = QualityCurve.of(labels, small_word_set("en"))
    assert HeldOut(None, None, curve).measure_quality(trained) == curve.measure(3 * numbers) != {}
    assert HeldOut(None, None).measure_quality(trained) == {}
