"""The job that scores a run's word vectors, done in this process."""

import pandas as pd
import pytest

import embedviz as ev
from embedviz.core.errors import DataError, RunError
from embedviz.jobs.inline import run_inline
from embedviz.jobs.word_scores import FOLDER, MAX_KEPT, WordScores, word_scores_of
from embedviz.store.dataset import Dataset
from embedviz.store.store import Store

VECTORS = b"tiger 9 1\ncat 8 2\ncar 1 7\nbus 2 9\n"
PAIRS = b"tiger\tcat\t9\ncar\tbus\t8\ntiger\tbus\t3\ncat\tcar\t1\ncat\tunicorn\t2\n"
QUESTIONS = b": all\ntiger cat car bus\ntiger cat car lorry\n"


@pytest.fixture
def run():
    store = Store()
    return run_inline(store.create_vectors(Dataset.upload(store.uploads_folder, "v.txt", [VECTORS])))


@pytest.mark.parametrize("content", [PAIRS, QUESTIONS, b"tiger\ncat\ncar\n\nbus\nlorry\n"])
def test_the_scores_that_are_kept_are_those_of_the_space(run, content):
    found = run_inline(word_scores_of(run, "word", "set.txt", content)).scores
    expected = ev.evaluate_vectors(run.space, content)
    assert found.coverage == expected.coverage
    assert found.coverage.unanswered == 1
    for name in ("kind", "metrics", "interval", "random", "random_interval", "most_frequent"):
        assert getattr(found, name) == getattr(expected, name), name
    pd.testing.assert_frame_equal(found.rows, expected.rows, check_dtype=False)
    assert found.sections.values.tolist() == expected.sections.values.tolist()


def test_the_same_file_is_scored_once_and_another_content_again(run):
    first = word_scores_of(run, "word", "set.txt", PAIRS)
    assert word_scores_of(run, "word", "set.txt", PAIRS).id == first.id
    assert word_scores_of(run, "word", "set.txt", QUESTIONS).id != first.id
    assert word_scores_of(run, "word", "set.txt", QUESTIONS, "analogies").id != first.id


def test_a_file_of_another_form_fails_with_its_line(run):
    asked = word_scores_of(run, "word", "pairs.tsv", PAIRS, "analogies")
    with pytest.raises(RunError, match=r"pairs\.tsv, line 1: expected four words"):
        run_inline(asked)


def test_a_small_set_of_a_language_that_is_not_known_fails_with_the_next_step(run):
    with pytest.raises(RunError, match="do not look like the vocabulary of an English text"):
        run_inline(word_scores_of(run, "word", "small-pairs"))


def test_a_file_past_the_limit_is_not_kept(run):
    with pytest.raises(DataError, match="larger than 8 MB"):
        word_scores_of(run, "word", "set.txt", b"a" * 8_000_001)
    assert not (run.folder / FOLDER).exists()


def test_the_oldest_scores_of_a_run_are_deleted(run):
    made = [word_scores_of(run, "word", f"{i}.txt", PAIRS) for i in range(MAX_KEPT + 2)]
    left = [each.id for each in made if WordScores.exists(each.folder)]
    assert left == [each.id for each in made[2:]]
