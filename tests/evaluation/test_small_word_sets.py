import gzip
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

import embedviz as ev
from embedviz.evaluation.small_word_sets import small_word_set, vocabulary_language
from embedviz.space import EmbeddingSpace

SAMPLES = Path(ev.__file__).parents[1] / "sample_data"


@pytest.fixture(scope="module")
def bible():
    """The words of the King James Bible that occur five times or more, the most frequent first, with random vectors."""
    with gzip.open(SAMPLES / "kjv.txt.gz", "rt", encoding="utf-8") as file:
        counts = Counter(re.findall(r"\w+", file.read().lower()))
    words = [word for word, count in counts.most_common() if count >= 5]
    return EmbeddingSpace(words, np.random.default_rng(0).normal(size=(len(words), 20)).astype(np.float32))


@pytest.fixture(scope="module")
def glove():
    return ev.load_vectors(SAMPLES / "glove.6B.100d.20k.txt.gz")


def test_the_small_set_is_for_english_alone():
    small = small_word_set("en")
    assert small is not None
    assert small.language == "en"
    assert len(small.similarity.pairs) == len(set(small.similarity.pairs)) == 120
    assert small_word_set("de") is None
    assert small_word_set(None) is None


def test_no_word_stands_with_itself_and_no_pair_is_in_two_levels():
    pairs = small_word_set("en").similarity.pairs
    assert all(a != b for a, b in pairs)
    assert len({frozenset(pair) for pair in pairs}) == len(pairs)


def test_no_analogy_repeats_a_word():
    for section in small_word_set("en").analogies.sections:
        assert len(section.questions) >= 40
        assert len(set(section.questions)) == len(section.questions)
        for question in section.questions:
            assert len(set(question)) == 4, question


@pytest.mark.parametrize("name", ["bible", "glove"])
def test_most_of_it_is_known_to_an_old_and_to_a_modern_text(name, request):
    space = request.getfixturevalue(name)
    small = small_word_set("en")
    assert small.similarity(space, intervals=False).coverage.share > 0.8
    assert small.analogies(space, intervals=False).coverage.share > 0.75


def test_trained_vectors_score_far_above_random_ones(glove, bible):
    small = small_word_set("en")
    assert small.similarity(glove).score > 0.7
    assert small.analogies(glove).score > 0.5
    assert abs(small.similarity(bible).score) < 0.3
    assert small.analogies(bible).score < 0.02


def test_english_is_told_by_its_function_words(glove, bible):
    assert vocabulary_language(glove) == "en"
    assert vocabulary_language(bible) == "en"
    german = [
        "der",
        "die",
        "das",
        "und",
        "in",
        "zu",
        "den",
        "von",
        "mit",
        "ist",
        "auf",
        "für",
        "nicht",
        "ein",
        "eine",
        "als",
        "auch",
        "es",
        "an",
        "war",
        "wie",
        "was",
        "so",
        "über",
    ]
    assert vocabulary_language(EmbeddingSpace(german, np.ones((len(german), 2), np.float32))) is None
    rare = EmbeddingSpace([f"w{i}" for i in range(1000)] + glove.labels[:500], np.ones((1500, 2), np.float32))
    assert vocabulary_language(rare) is None
