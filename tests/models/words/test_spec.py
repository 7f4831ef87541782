"""The spec that all word algorithms share: what the settings make of a text, its parts, and filtered texts."""

from __future__ import annotations

import math

import numpy as np
import pytest

from embedviz.core.cost import Machine
from embedviz.core.generators import result_of
from embedviz.data.folds import Fold
from embedviz.data.reading import read_table
from embedviz.models import model_spec
from embedviz.models.words.skipgram import SPEC, SkipgramSettings
from embedviz.models.words.spec import TEST_PAIRS, draw_pairs
from embedviz.text.cooccurrence import count_cooccurrences
from tests.models.words.fitting import finish, learner, prepare


def test_rare_words_and_words_beyond_the_largest_vocabulary_have_no_vector():
    text = "\n".join([" ".join(["a"] * 9 + ["b"] * 6 + ["c"] * 3 + ["d"])] * 30)
    assert prepare("skipgram", text).corpus.vocabulary.labels == ["a", "b", "c", "d"]
    assert prepare("skipgram", text, min_count=60).corpus.vocabulary.labels == ["a", "b", "c"]
    assert prepare("skipgram", text, max_vocabulary=2).corpus.vocabulary.labels == ["a", "b"]


def test_the_seed_draws_the_parts_and_a_fold_is_the_test_part(two_topics):
    one, again, other = (prepare("skipgram", two_topics, seed=seed).corpus.split for seed in (1, 1, 2))
    assert np.array_equal(one.test, again.test)
    assert not np.array_equal(one.test, other.test)
    table = read_table(two_topics.encode(), name="t.txt", unit="line")
    chosen = SkipgramSettings.of(min_count=1)
    folds = [result_of(SPEC.prepare(table, table.roles, chosen, fold=Fold(n, 4))).corpus.split.test for n in range(4)]
    assert sorted(np.concatenate(folds).tolist()) == list(range(600))


@pytest.mark.parametrize(("model", "weighting"), [("glove", "harmonic"), ("ppmi_svd", "linear")])
def test_pairs_are_counted_in_the_window_of_the_settings(two_topics, model, weighting):
    corpus = prepare(model, two_topics, window=2)
    expected = result_of(count_cooccurrences(corpus.corpus.train, 12, 2, weighting))
    assert corpus.pairs.counts == pytest.approx(expected.counts)
    assert prepare("skipgram", two_topics).pairs is None


def test_scores_are_those_of_each_part_beside_vectors_that_tell_nothing(two_topics):
    corpus = prepare("skipgram", two_topics, epochs=5)
    trained = finish(learner(corpus)).best()
    found = SPEC.evaluate(trained, corpus)
    test = draw_pairs(corpus.corpus, corpus.corpus.test, corpus.settings, corpus.settings.seed + 1, TEST_PAIRS)
    scores = test.measure(trained.log_probabilities)
    assert found.metrics["test/loss"] == pytest.approx(scores.loss)
    assert found.metrics["test/auc"] == pytest.approx(scores.auc)
    assert {f"{part}/{name}" for part in ("train", "validation", "test", "baseline") for name in ("loss", "auc")} == set(found.metrics)  # fmt: skip
    nothing = test.measure(lambda words, contexts: test.noise_odds[contexts])
    assert found.metrics["baseline/loss"] == pytest.approx(nothing.loss) == pytest.approx(6 * math.log(2))
    assert found.metrics["baseline/auc"] == nothing.auc == 0.5
    assert found.protocol.details["epochs"] == 5
    assert found.protocol.details["vocabulary"] == 12


def test_texts_are_filtered_by_words_as_the_settings_split_them():
    frame = read_table(b"The cat sat\nA dog ran\nthe end\n", name="t.txt", unit="line").frame
    column = {"text": frame.columns[0]}
    kept = {lower: SPEC.filter_rows(frame, column, SkipgramSettings.of(lowercase=lower), "word", ["the", "cat"], True).iloc[:, 0].tolist() for lower in (True, False)}  # fmt: skip
    assert kept == {True: ["the cat", "the"], False: ["cat", "the"]}
    left = SPEC.filter_rows(frame, column, SkipgramSettings.of(), "word", ["the", "cat"], False)
    assert left.iloc[:, 0].tolist() == ["sat", "a dog ran", "end"]
    assert SPEC.filters_by("word")
    assert not SPEC.filters_by("phrase")


def test_well_known_words_are_offered_once_and_no_numbers():
    survey = result_of(SPEC.survey(read_table(b"king king water queens 12345 the the the a a\n" * 30, name="t.txt"), {"text": "text"}, SkipgramSettings()))  # fmt: skip
    assert survey.examples == ["king", "water", "queens"]


def test_the_cost_ahead_is_that_of_the_training_part_and_of_the_algorithm(two_topics):
    machine = Machine(threads=1, words_per_second=1e4)
    light, heavy = (prepare("skipgram", two_topics, negative_samples=n) for n in (1, 50))
    assert light.n_training_words == light.corpus.sizes["train"] == 8 * 540
    costs = [corpus.cost(corpus.settings, machine).seconds for corpus in (light, heavy)]
    work = [model_spec("skipgram").relative_work(corpus.settings) for corpus in (light, heavy)]
    assert (costs[1] - 0.5) / (costs[0] - 0.5) == pytest.approx(work[1] / work[0], rel=0.01)


def test_the_best_vectors_are_chosen_on_the_validation_part(two_topics):
    fitted = learner(prepare("skipgram", two_topics, epochs=60, learning_rate=0.2))
    events = [event for event in fitted.run() if event.metrics]
    best = min(event.metrics["validation/loss"] for event in events)
    assert [event.metrics["validation/loss"] for event in events if event.best][-1] == best
    assert fitted.engine.held_out.measure(fitted.best())["validation/loss"] == pytest.approx(best)
