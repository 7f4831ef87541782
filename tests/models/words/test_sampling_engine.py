"""The engine of negative sampling and the text that it reads: rates, biases, noise, beginnings, trees, large steps."""

from __future__ import annotations

import numpy as np
import pytest

from embedviz.models.words.fasttext import FasttextSettings, inputs_of
from embedviz.models.words.negative_sampling import fill_at_random, sampling_biases
from embedviz.models.words.noise import noise_table
from embedviz.models.words.skipgram import SkipgramSettings
from embedviz.models.words.training_text import TrainingText, noise_probabilities
from embedviz.text.corpus import Corpus
from tests.models.words.fitting import SAMPLING_MODELS, finish, learner, prepare

TREE = {"loss": "hierarchical_softmax"}


def engine_of(text, model="skipgram", threads=1, **settings):
    return learner(prepare(model, text, **settings), threads).engine


def test_the_rate_falls_to_almost_nothing_and_adagrads_stays(two_topics):
    sgd, adagrad = (engine_of(two_topics, optimizer=name, learning_rate=0.04) for name in ("sgd", "adagrad"))
    assert [sgd.rate(share) for share in (0, 0.5)] == pytest.approx([0.04, 0.02], rel=1e-3)
    assert 0 < sgd.rate(1) < 0.01 * 0.04
    assert [adagrad.rate(share) for share in (0, 0.5, 1)] == [0.04] * 3


def test_each_thread_begins_its_slice_at_the_rate_of_the_epoch(two_topics):
    """Of the second slice the first unit moves as much as if the rate did not fall, the last hardly."""
    moved = []
    engine = engine_of(two_topics, threads=2, window=1, negative_samples=1)
    begin, end = engine._slices[1]
    tokens = engine.text.tokens
    last = int(np.flatnonzero(tokens[begin : end - 1] < 0)[-1]) + begin + 1
    for place, rates in ((begin, (1e-3, 0)), (begin, (1e-3, 1e-3)), (last, (1e-3, 0))):
        engine = engine_of(two_topics, threads=2, window=1, negative_samples=1)
        before = engine.C.copy()
        engine.run_kernel(1, np.array([place, place + 1]), np.array([begin, end]), np.array(rates), np.array([1], np.uint64), np.zeros(2))  # fmt: skip
        moved.append(float(np.abs(engine.C - before).sum()))
    assert moved[0] == pytest.approx(moved[1], rel=1e-3)
    assert 0 < moved[2] < 0.02 * moved[0]


@pytest.mark.parametrize("subsample", [0, 1e-2])
def test_the_biases_make_the_optimum_the_share_of_a_word_in_the_whole_text(subsample):
    """Where contexts are independent, products become log P_left(c) - log k P_noise(c), P_left of what sub-sampling left."""
    counts = np.array([600, 250, 100, 50])
    settings = SkipgramSettings.of(subsample=subsample, negative_samples=7)
    keep = np.minimum(1, 0.05 / (counts / 1000)).astype(np.float32) if subsample else np.ones(4, np.float32)
    text = TrainingText(np.zeros(1, np.int32), noise_probabilities(counts, 0.75), keep, 1, 1.0)
    left = counts * keep / (counts * keep).sum()
    log_p = np.log(counts / counts.sum())
    bias = sampling_biases(text, counts, settings)["context_bias"]
    assert np.log(left) - np.log(7 * text.noise) + bias == pytest.approx(log_p, abs=1e-5)
    of_tree = sampling_biases(text, counts, SkipgramSettings.of(subsample=subsample, **TREE))
    assert of_tree["has_tree"]
    assert np.log(left) + of_tree["context_bias"] == pytest.approx(log_p, abs=1e-5)


@pytest.mark.parametrize("model", SAMPLING_MODELS)
def test_a_tree_is_trained_and_its_probabilities_add_up_to_one(two_topics, model):
    corpus = prepare(model, two_topics, epochs=20, buckets=200, **TREE)
    fitted = finish(learner(corpus))
    trained = fitted.best()
    V = len(trained.labels)
    assert trained.has_tree
    assert trained.context.shape == (V - 1, 16)  # a vector for each inner node
    words = np.arange(V)
    assert np.exp(trained.log_probabilities(words, np.tile(words, (V, 1)))).sum(axis=1) == pytest.approx(1, abs=1e-4)
    assert not fitted.engine.C[V - 1].any()
    assert fitted.engine.measure()["validation/loss"] < 3.5


def test_all_vectors_begin_at_random_between_fixed_bounds_by_the_seed():
    rows, again, other = (np.zeros((25_000, 5), np.float32) for _ in range(3))
    for array, seed in ((rows, 1), (again, 1), (other, 2)):
        fill_at_random(array, seed)
    assert np.array_equal(rows, again)
    assert not np.isclose(rows, other).all(axis=1).any()
    assert rows.std(axis=1).min() > 0
    assert [float(rows.min()), float(rows.max())] == pytest.approx([-1 / 5, 1 / 5], rel=1e-3)
    assert abs(float(rows.mean())) < 1e-3
    assert not np.isclose(rows[:10_000], rows[10_000:20_000]).all(axis=1).any()  # no block repeats another


@pytest.mark.parametrize("model", ["skipgram", "glove"])
def test_an_engine_begins_with_vectors_of_its_seed(two_topics, model):
    one, other = (engine_of(two_topics, model, seed=seed) for seed in (1, 2))
    assert not np.isclose(one.W, other.W)[:, :16].all(axis=1).any()
    assert not np.isclose(one.W, one.C)[:, :16].all(axis=1).any()


def test_adagrad_is_what_is_asked_for_and_its_sums_are_kept(two_topics):
    adagrad, sgd = (finish(learner(prepare("skipgram", two_topics, epochs=2, optimizer=name))).engine for name in ("adagrad", "sgd"))  # fmt: skip
    assert (adagrad.state().arrays["squares_W"] > 0).all()
    assert (adagrad.state().arrays["squares_C"] > 0).all()
    assert not sgd.squares_W.any()


@pytest.mark.parametrize("way", ["whole", "divided"])
def test_the_gradient_of_a_mean_is_shared_as_the_setting_says(two_topics, way):
    assert inputs_of(["king"], FasttextSettings.of(subword_gradient=way)).divides == (way == "divided")
    assert engine_of(two_topics, "cbow", context_gradient=way).inputs.divides == (way == "divided")
    assert engine_of(two_topics, "cbow").inputs.from_contexts
    assert not engine_of(two_topics, "fasttext", buckets=50).inputs.from_contexts


def test_the_text_is_read_in_an_order_of_units_drawn_from_the_seed(two_topics):
    corpora = [prepare("skipgram", two_topics, seed=seed) for seed in (0, 0)]
    text = TrainingText.of(corpora[0].corpus, corpora[0].settings)
    units = np.split(text.tokens, np.flatnonzero(text.tokens < 0) + 1)
    original = np.split(corpora[0].corpus.train, np.flatnonzero(corpora[0].corpus.train < 0) + 1)
    assert not np.array_equal(text.tokens, corpora[0].corpus.train)
    assert sorted(map(tuple, units)) == sorted(map(tuple, original))
    assert np.array_equal(text.tokens, TrainingText.of(corpora[1].corpus, corpora[1].settings).tokens)
    assert text.words_per_token == pytest.approx(8 / 9)


def test_the_pairs_of_glove_are_read_in_an_order_drawn_from_the_seed(two_topics):
    one, again, other = (engine_of(two_topics, "glove", seed=seed) for seed in (1, 1, 2))
    pairs = [list(zip(engine._first.tolist(), engine._second.tolist(), strict=True)) for engine in (one, again, other)]
    assert pairs[0] == pairs[1]
    assert pairs[0] != sorted(pairs[0])
    assert pairs[0] != pairs[2]


def test_noise_words_are_drawn_by_their_count_to_a_power():
    counts = np.array([16, 81, 0])
    assert noise_probabilities(counts, 0.75) == pytest.approx(np.array([8, 27, 0]) / 35)
    assert noise_probabilities(counts, 0.5) == pytest.approx(np.array([4, 9, 0]) / 13)
    corpus = prepare("skipgram", "\n".join(["a a a b"] * 40), noise_power=0.5)
    text = TrainingText.of(corpus.corpus, corpus.settings)
    assert text.noise == pytest.approx(np.sqrt(corpus.corpus.vocabulary.counts) / np.sqrt(corpus.corpus.vocabulary.counts).sum())  # fmt: skip


def test_kept_words_that_never_occur_are_neither_thinned_nor_noise(two_topics):
    corpus = prepare("skipgram", two_topics, subsample=1e-3)
    counts = np.array([*corpus.corpus.vocabulary.counts, 0, 0])
    vocabulary = type(corpus.corpus.vocabulary)([*corpus.corpus.vocabulary.labels, "x", "y"], counts)
    grown = Corpus(vocabulary, corpus.corpus.train, corpus.corpus.validation, corpus.corpus.test, corpus.corpus.split, corpus.corpus.n_tokens)  # fmt: skip
    text = TrainingText.of(grown, corpus.settings)
    assert text.keep[-2:].tolist() == [1, 1]
    assert text.noise[-2:].tolist() == [0, 0]


# One pair, h·c = x, a rate that is far too high: what a step may at most do. Only C is looked at, which h moves.


def product_after(x: float, rate: float) -> float:
    """h·C of a true pair after one step, h as it was; |h|² is 1."""
    engine = engine_of("\n".join(["salt pepper"] * 40), window=1, negative_samples=1)
    engine._noise = noise_table(
        np.array([0.0, 1.0])
    )  # the other word is always noise: left out where it is the true one
    engine.text.tokens[:3] = [0, 1, -1]
    engine.W[:], engine.C[:] = 0, 0
    engine.W[0, 0], engine.C[1, 0] = 1, x
    engine.run_kernel(0, np.array([0, 1]), np.array([0, 1000]), np.array([rate, rate]), np.array([1], np.uint64), np.zeros(2))  # fmt: skip
    return float(engine.C[1, 0])


def test_a_step_is_implicit():
    """At a product of 0 the error of 1/2 is divided by 1 + rate · 1/4 (Toulis and Airoldi 2017)."""
    assert product_after(0.0, 0.01) == pytest.approx(0.005, rel=0.01)
    assert product_after(0.0, 3.0) == pytest.approx(3 * 0.5 / (1 + 3 / 4), rel=0.01)


def test_a_step_goes_at_most_2_past_0():
    assert product_after(-5.0, 1000.0) == pytest.approx(2, abs=0.02)
    assert 1 < product_after(1.0, 1000.0) < 3
