"""What all engines measure, and when; vectors that are no numbers."""

from __future__ import annotations

import dataclasses
import random

import numpy as np
import pytest

from embedviz.core.errors import SettingsError
from embedviz.evaluation.quality_curve import QualityCurve
from embedviz.evaluation.small_word_sets import small_word_set
from tests.models.words.fitting import STEPWISE_MODELS, learner, prepare

WORDS = "man woman king queen father mother son daughter brother sister good evil day night sea ocean path way road war battle"


@pytest.fixture(scope="module")
def english():
    """1,000 units of 5 to 15 words that the small set asks for."""
    rng = random.Random(0)
    return "\n".join(" ".join(rng.choice(WORDS.split()) for _ in range(rng.randint(5, 15))) for _ in range(1000))


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("model", ["skipgram", "glove"])
def test_a_third_of_the_measurements_ask_for_analogies_the_last_among_them(model, threads, english):
    fitted = learner(prepare(model, english, epochs=3), threads)
    labels = fitted.engine.vocabulary.labels
    fitted.engine.held_out = dataclasses.replace(
        fitted.engine.held_out, quality=QualityCurve.of(labels, small_word_set("en"))
    )
    measured = [event.metrics for event in fitted.run() if event.metrics]
    asked = [place for place, metrics in enumerate(measured, 1) if "words/similarity" in metrics]
    assert asked in ([3, 6, 9, 12], [3, 6, 9, 12, 13])  # the rest of a division is measured too
    assert asked[-1] == len(measured)
    assert all("validation/loss" in metrics for metrics in measured)


@pytest.mark.parametrize("number", [np.nan, np.inf])
@pytest.mark.parametrize("model", STEPWISE_MODELS)
def test_vectors_that_are_no_numbers_are_refused_with_the_rate(two_topics, model, number):
    engine = learner(prepare(model, two_topics, learning_rate=0.03, buckets=50)).engine
    engine.C[2, 1] = number
    with pytest.raises(SettingsError, match=r"^Training diverged: .* at a learning rate of 0\.03\. Take a lower one"):
        engine.weights()
    with pytest.raises(SettingsError, match="Training diverged"):
        engine.measure()


@pytest.mark.parametrize("model", STEPWISE_MODELS)
def test_everything_that_changes_while_training_is_in_the_state(two_topics, model):
    fitted = learner(prepare(model, two_topics, epochs=2, optimizer="adagrad", buckets=50))
    engine = fitted.engine
    before = {name: array.copy() for name, array in vars(engine).items() if isinstance(array, np.ndarray)}
    for _ in fitted.run():
        pass
    changed = {name for name, array in before.items() if not np.array_equal(array, getattr(engine, name))}
    kept = engine.state().arrays
    assert len(changed) == 4
    assert all(any(array is getattr(engine, name) for array in kept.values()) for name in changed), changed
