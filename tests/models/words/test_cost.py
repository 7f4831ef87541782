"""What a training will take: proportions that can be worked out, and a size that is plausible."""

import pytest

from embedviz.core.cost import Machine
from embedviz.models.words.cost import (
    LIBRARY_BYTES,
    PLACING_SPEED,
    STARTUP_SECONDS,
    TOKENISING_SPEED,
    WORDS_A_TEXT,
    texts_shown,
    training_cost,
)
from embedviz.models.words.skipgram import SkipgramSettings

ONE = Machine(threads=1, words_per_second=1e6)


def cost(machine=ONE, words=20_000, training=5_000_000, tokens=6_000_000, work=1.0, **settings):
    return training_cost(SkipgramSettings.of(**{"epochs": 10, **settings}), words, training, tokens, work, machine)


def training_seconds(**changed):
    found, tokens = cost(**changed), changed.get("tokens", 6_000_000)
    around = STARTUP_SECONDS + tokens / TOKENISING_SPEED + texts_shown(tokens) * WORDS_A_TEXT / PLACING_SPEED
    return found.seconds - around


def test_a_training_takes_its_words_at_somewhat_less_than_the_measured_speed():
    assert 50 < training_seconds() < 150  # 50 M words at up to 1 M a second
    assert training_seconds(tokens=12_000_000) == pytest.approx(training_seconds())
    assert cost(tokens=12_000_000).seconds > cost().seconds


@pytest.mark.parametrize(
    "changed", [{"epochs": 20}, {"training": 10_000_000}, {"work": 2.0}, {"machine": Machine(1, "cpu", 5e5)}], ids=str
)
def test_twice_the_work_takes_twice_the_time(changed):
    assert training_seconds(**changed) == pytest.approx(2 * training_seconds())


def test_more_dimensions_take_longer_but_not_in_proportion():
    ratio = training_seconds(dim=300) / training_seconds(dim=100)
    assert 2 < ratio < 3
    assert training_seconds(dim=50) > training_seconds(dim=100) / 2


def test_more_threads_are_faster_but_not_in_proportion_and_determinism_takes_one():
    two = Machine(threads=2, words_per_second=1e6)
    assert 1.4 < training_seconds() / training_seconds(machine=two) < 1.9
    assert training_seconds(machine=two, threads=1) == pytest.approx(training_seconds())
    assert training_seconds(machine=two, deterministic=True) == pytest.approx(training_seconds())


def test_memory_grows_with_the_vocabulary_and_with_the_text():
    array = 20_000 * 100 * 4
    assert cost().memory_bytes - LIBRARY_BYTES == pytest.approx(6 * array + 14 * 6_000_000 + 3 * array)
    assert cost(words=40_000).memory_bytes - cost().memory_bytes == pytest.approx(6 * array)
    assert cost(tokens=7_000_000).memory_bytes - cost().memory_bytes > 4 * 1_000_000
    assert cost().detail == "20,000 words are frequent enough for a vector"


def test_at_most_20_000_texts_are_placed():
    assert texts_shown(2_500) == 100
    assert texts_shown(10**9) == 20_000
    few, many = (cost(tokens=tokens) for tokens in (250_000, 500_000))
    assert many.seconds - few.seconds == pytest.approx(250_000 / TOKENISING_SPEED + 250_000 / PLACING_SPEED)


def test_an_unmeasured_machine_is_an_average_one():
    assert training_seconds(machine=Machine(1)) == pytest.approx(training_seconds(machine=Machine(1, "cpu", 1.5e6)))
