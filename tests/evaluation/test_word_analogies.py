from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from embedviz.core.errors import DataError, SettingsError
from embedviz.evaluation.word_analogies import AnalogySection, WordAnalogies
from embedviz.space import EmbeddingSpace
from embedviz.space.subwords import Subwords

LABELS = ["king", "queen", "man", "woman", "table", "chair"]
FAMILY = AnalogySection(
    "family",
    (
        ("man", "king", "woman", "queen"),
        ("man", "woman", "king", "queen"),
        ("Man", "King", "Woman", "Table"),
        ("man", "king", "woman", "duchess"),
    ),
)
PLURAL = AnalogySection("gram8-plural", (("king", "queen", "man", "woman"),))


@pytest.fixture
def court():
    """Axes: royal, male, female, wood."""
    vectors = np.array(
        [[2, 2, 0, 0], [3, 0, 3, 0], [0, 1, 0, 0], [0, 0, 5, 0], [-1, 0, 0, 4], [0, 0, 1, 3]], np.float32
    )
    return EmbeddingSpace(LABELS, vectors)


@pytest.fixture
def evaluator():
    return WordAnalogies((FAMILY, PLURAL))


def random_set(n_words, n_questions, seed=0):
    """A space of random vectors with a few equal ones, and random questions."""
    rng = np.random.default_rng(seed)
    labels = [f"w{i}" for i in range(n_words)]
    space = EmbeddingSpace(labels, rng.normal(size=(n_words, 6)).astype(np.float32))
    questions = tuple(tuple(labels[i] for i in rng.choice(n_words, 4, replace=False)) for _ in range(n_questions))
    return space, WordAnalogies((AnalogySection("", questions),))


def test_accuracy_is_the_share_of_expected_words_that_come_first(court, evaluator):
    found = evaluator(court)
    assert found.rows["rank"].tolist()[:3] == [1, 1, 3]
    assert found.rows["answer"].tolist()[:3] == ["queen", "queen", "queen"]
    assert found.metrics["accuracy"] == found.score == 3 / 4
    assert found.metrics["mrr"] == pytest.approx((1 + 1 + 1 / 3 + 1) / 4)


def test_questions_with_unknown_words_are_counted_and_keep_their_rows(court, evaluator):
    found = evaluator(court)
    assert (found.coverage.asked, found.coverage.answered, found.coverage.unanswered) == (5, 4, 1)
    assert found.coverage.examples == ("duchess",)
    unanswered = found.rows.iloc[3]
    assert (unanswered["status"], unanswered["answer"], unanswered["rank"]) == ("unknown word", "", pd.NA)


def test_each_section_and_each_group_has_its_accuracy(court, evaluator):
    found = evaluator(court)
    assert found.metrics["semantic_accuracy"] == pytest.approx(2 / 3)
    assert found.metrics["syntactic_accuracy"] == 1
    assert found.sections[["section", "group", "asked", "answered"]].values.tolist() == [
        ["family", "semantic", 4, 3], ["gram8-plural", "syntactic", 1, 1],
    ]  # fmt: skip
    assert found.sections["accuracy"].tolist() == pytest.approx([2 / 3, 1])


@pytest.mark.parametrize(("method", "ending"), [("3cosadd", ""), ("3cosmul", " 3CosMul")])
def test_ranks_and_answers_are_those_of_one_analogy_at_a_time(method, ending):
    space, evaluator = random_set(300, 150)
    rows = evaluator(space).rows
    for row in rows.to_dict("records"):
        answers = space.analogy([row["b"], row["c"]], [row["a"]], 300, method)["label"].tolist()
        assert len(answers) == 297
        assert row[f"rank{ending}"] == answers.index(row["expected"]) + 1
        assert row[f"answer{ending}"] == answers[0]


def test_many_candidates_in_blocks_give_the_ranks_of_one_block(monkeypatch):
    space, evaluator = random_set(300, 150)
    whole = evaluator(space).rows
    monkeypatch.setattr("embedviz.evaluation.analogy_ranks.MAX_CANDIDATES", 37)
    monkeypatch.setattr("embedviz.evaluation.analogy_ranks.MIN_CANDIDATES", 37)
    monkeypatch.setattr("embedviz.evaluation.analogy_ranks.QUESTIONS", 11)
    pd.testing.assert_frame_equal(evaluator(space).rows, whole)


@pytest.mark.parametrize("width", [2, 4096])
def test_where_all_vectors_are_zero_ties_go_in_the_given_order(monkeypatch, width):
    monkeypatch.setattr("embedviz.evaluation.analogy_ranks.MAX_CANDIDATES", width)
    monkeypatch.setattr("embedviz.evaluation.analogy_ranks.MIN_CANDIDATES", width)
    space = EmbeddingSpace(LABELS, np.zeros((6, 3), np.float32))
    questions = (("king", "queen", "man", "chair"), ("queen", "man", "woman", "king"))
    found = WordAnalogies((AnalogySection("", questions),))(space)
    assert found.rows["rank"].tolist() == [3, 1]  # woman and table stand before chair
    assert found.rows["answer"].tolist() == ["woman", "king"]


def test_an_expected_word_that_is_an_input_comes_last(court):
    found = WordAnalogies((AnalogySection("", (("man", "king", "woman", "king"),)),))(court)
    assert found.rows["rank"].tolist() == [6]
    assert found.rows["answer"].tolist() == ["queen"]
    assert found.score == 0


def test_only_the_most_frequent_words_are_known_and_answer(court):
    counts = pd.DataFrame({"count": [50, 2, 40, 30, 20, 10]})
    space = EmbeddingSpace(LABELS, court.vectors, counts)
    found = WordAnalogies((FAMILY,), most_frequent=5)(space)
    assert found.most_frequent == 5
    assert found.rows["status"].tolist() == ["unknown word", "unknown word", "known", "unknown word"]
    assert found.rows["answer"].tolist()[2] == "chair"  # queen may not answer
    assert found.rows["rank"].tolist()[2] == 2
    assert WordAnalogies((FAMILY,), most_frequent=6)(space).most_frequent is None


def test_a_restriction_gives_the_ranks_of_the_space_of_those_words():
    space, evaluator = random_set(200, 100)
    counts = np.random.default_rng(5).permutation(200)
    counted = EmbeddingSpace(space.labels, space.vectors, pd.DataFrame({"count": counts}))
    restricted = replace(evaluator, most_frequent=120)(counted)
    smaller = evaluator(counted.take(np.argsort(-counts)[:120]))
    assert smaller.coverage.answered > 5
    pd.testing.assert_frame_equal(restricted.rows, smaller.rows)


def test_composed_inputs_answer_apart_and_an_expected_word_has_to_be_known(court):
    subwords = Subwords(np.random.default_rng(0).normal(size=(50, 4)).astype(np.float32), 3, 4)
    space = EmbeddingSpace(LABELS, court.vectors, subwords=subwords)
    questions = (
        ("man", "king", "woman", "queen"),
        ("man", "kingly", "woman", "queen"),
        ("man", "king", "woman", "duke"),
    )
    found = WordAnalogies((AnalogySection("", questions),))(space)
    assert found.rows["status"].tolist() == ["known", "composed", "unknown word"]
    assert (found.coverage.answered, found.coverage.composed, found.coverage.unanswered) == (1, 1, 1)
    assert found.score == 1
    answers = space.analogy(["kingly", "woman"], ["man"], 6)["label"].tolist()
    assert found.rows["rank"][1] == answers.index("queen") + 1


def test_what_random_vectors_get_is_what_is_said():
    space, evaluator = random_set(40, 4000)
    found = evaluator(space)
    assert found.random["accuracy"] == pytest.approx(1 / 37)
    assert found.score == pytest.approx(1 / 37, abs=0.02)
    assert found.metrics["mrr"] == pytest.approx(found.random["mrr"], abs=0.03)


def test_the_interval_holds_the_accuracy_and_is_left_out_unasked():
    space, evaluator = random_set(30, 400)
    found = evaluator(space)
    low, high = found.interval
    assert low < found.score < high
    assert evaluator(space, intervals=False).interval is None


def test_no_known_question_has_no_score(court):
    found = WordAnalogies((AnalogySection("", (("a", "b", "c", "d"),)),))(court)
    assert (found.score, found.metrics, found.random) == (None, {}, {})


def test_a_set_without_questions_and_a_senseless_restriction_are_refused():
    with pytest.raises(DataError, match="no analogies"):
        WordAnalogies((AnalogySection("family", ()),))
    with pytest.raises(SettingsError, match="1 or more"):
        WordAnalogies((FAMILY,), most_frequent=0)
