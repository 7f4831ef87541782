from pathlib import Path

import numpy as np
import pytest

import embedviz as ev
from embedviz.core.errors import DataError
from embedviz.evaluation.word_vector_scores import coverage_sentence, scores_frame
from embedviz.evaluation.word_vector_sentences import protocol_sentences
from embedviz.space.subwords import Subwords

SAMPLES = Path(ev.__file__).parents[1] / "sample_data"
PAIRS = b"tiger cat 9\ncar bus 8\ntiger bus 3\ncat car 1\ncat unicorn 2\n"


@pytest.fixture
def space():
    vectors = np.array([[9, 1], [8, 2], [1, 7], [2, 9]], np.float32)
    subwords = Subwords(np.random.default_rng(0).normal(size=(20, 2)).astype(np.float32), 3, 4)
    return ev.EmbeddingSpace(["tiger", "cat", "car", "bus"], vectors, subwords=subwords)


def test_a_small_set_goes_by_its_name_where_the_words_are_english(space):
    glove = ev.load_vectors(SAMPLES / "glove.6B.100d.20k.txt.gz")
    assert ev.evaluate_vectors(glove, "small-analogies", most_frequent=5000).most_frequent == 5000
    assert ev.evaluate_vectors(glove, "small-pairs").kind == "similarity"
    with pytest.raises(DataError, match="do not look like the vocabulary of an English text"):
        ev.evaluate_vectors(space, "small-pairs")


def test_the_most_frequent_words_can_be_all(space):
    questions = b": all\ntiger cat car bus\n"
    assert ev.evaluate_vectors(space, questions, most_frequent=None).score == 1
    assert ev.evaluate_vectors(space, questions, most_frequent=3).coverage.answered == 0


def test_the_table_has_a_row_for_each_score_with_interval_and_random_vectors(space):
    scores = ev.evaluate_vectors(space, PAIRS)
    frame = scores_frame(scores)
    assert frame["score"].tolist() == ["Spearman", "Spearman, composed words too"]
    assert frame["value"][0] == pytest.approx(scores.score)
    assert frame[["95% from", "95% to"]].loc[0].tolist() == list(scores.interval)
    assert frame["95% from"].isna().tolist() == [False, True]
    assert frame["random vectors"].tolist() == [scores.random["spearman"]] * 2


def test_the_coverage_is_a_sentence_that_names_unknown_words(space):
    assert coverage_sentence(ev.evaluate_vectors(space, PAIRS)) == (
        "4 of 5 pairs answered (80%), 1 more with vectors composed from character n-grams, which are scored apart. 1 word is "
        "not in the vocabulary: unicorn."
    )
    many = b"\n".join(b"tiger w%d %d" % (i, i) for i in range(12))
    without = ev.EmbeddingSpace(space.labels, space.vectors)
    sentence = coverage_sentence(ev.evaluate_vectors(without, many))
    assert sentence.startswith(
        "0 of 12 pairs answered (0%), 12 left out of the score. 12 words are not in the vocabulary: w0, "
    )
    assert sentence.endswith("w9, …")
    assert protocol_sentences(ev.evaluate_vectors(without, many)) == [
        "Too few words of this set are in the vocabulary for a score."
    ]
