import numpy as np
import pytest

from embedviz.core.errors import DataError
from embedviz.evaluation.word_similarity import WordSimilarity
from embedviz.space import EmbeddingSpace
from embedviz.space.subwords import Subwords

PAIRS = (("king", "queen"), ("king", "car"), ("queen", "car"), ("King", "unicorn"), ("king", "prince"))
EXPECTED = (9.0, 1.0, 2.0, 5.0, 7.0)


@pytest.fixture
def space():
    """Angles from king: queen 10, prince 20, car 90 degrees."""
    angles = np.radians([0, 10, 90, 20])
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    return EmbeddingSpace(["king", "queen", "car", "prince"], vectors)


def test_the_score_is_of_the_known_pairs_and_unknown_words_are_counted(space):
    found = WordSimilarity(PAIRS, EXPECTED)(space)
    # expected orders the four known pairs as the cosines do: car-king, car-queen, king-prince, king-queen
    assert found.score == pytest.approx(1)
    assert found.metrics == {"spearman": found.score}
    coverage = found.coverage
    assert (coverage.asked, coverage.answered, coverage.composed, coverage.unanswered) == (5, 4, 0, 1)
    assert (coverage.unknown_words, coverage.examples) == (1, ("unicorn",))
    assert coverage.share == 0.8


def test_a_pair_in_the_wrong_order_costs_what_spearman_says(space):
    found = WordSimilarity(PAIRS, (7.0, 1.0, 2.0, 5.0, 9.0))(space)  # the two nearest swapped: 1 - 6 * 2 / (4 * 15)
    assert found.score == pytest.approx(0.8)


def test_each_pair_has_a_row_in_the_given_order(space):
    rows = WordSimilarity(PAIRS, EXPECTED)(space).rows
    assert list(rows.columns) == ["word 1", "word 2", "expected", "similarity", "status"]
    assert rows["status"].tolist() == ["known", "known", "known", "unknown word", "known"]
    assert rows["similarity"][0] == pytest.approx(np.cos(np.radians(10)), abs=1e-6)
    assert np.isnan(rows["similarity"][3])
    assert rows["expected"].tolist() == list(EXPECTED)


def test_a_word_is_found_in_lower_case_where_the_space_has_it_so(space):
    found = WordSimilarity((("KING", "Queen"), ("king", "car"), ("Car", "queen")), (3, 1, 2))(space)
    assert found.coverage.answered == 3


def test_composed_vectors_answer_apart(space):
    rng = np.random.default_rng(0)
    subwords = Subwords(rng.normal(size=(50, 2)).astype(np.float32), 3, 4)
    with_subwords = EmbeddingSpace(space.labels, space.vectors, subwords=subwords)
    found = WordSimilarity(PAIRS, EXPECTED)(with_subwords)
    assert found.score == pytest.approx(1)  # of the four pairs as before
    assert (found.coverage.answered, found.coverage.composed, found.coverage.unanswered) == (4, 1, 0)
    assert found.rows["status"].tolist().count("composed") == 1
    assert found.rows["similarity"][3] == pytest.approx(with_subwords.similarity("king", "unicorn"), abs=1e-6)
    low, high = (WordSimilarity(PAIRS, (9, 1, 2, judged, 7))(with_subwords).metrics for judged in (0, 5))
    assert low["spearman"] == high["spearman"] == pytest.approx(1)
    assert low["spearman_with_composed"] != pytest.approx(high["spearman_with_composed"])


def test_too_few_known_pairs_have_no_score_but_their_coverage(space):
    found = WordSimilarity((("king", "queen"), ("unicorn", "dragon"), ("king", "car")), (3, 2, 1))(space)
    assert found.score is None
    assert found.metrics == {}
    assert found.interval is None
    assert (found.coverage.answered, found.coverage.unknown_words) == (2, 2)


def test_a_random_space_scores_as_random_spaces_are_said_to():
    rng = np.random.default_rng(3)
    labels = [f"w{i}" for i in range(200)]
    pairs = tuple((f"w{a}", f"w{b}") for a, b in rng.permutation(200).reshape(100, 2))
    evaluator = WordSimilarity(pairs, tuple(rng.normal(size=100)))
    found = [evaluator(EmbeddingSpace(labels, rng.normal(size=(200, 20)).astype(np.float32))) for _ in range(20)]
    low, high = found[0].random_interval
    assert abs(found[0].random["spearman"]) < 0.05
    assert 0.15 < high < 0.25  # about 2 / sqrt(100)
    assert sum(low < each.score < high for each in found) >= 17


def test_the_same_seed_gives_the_same_interval_and_none_is_given_unasked(space):
    evaluator = WordSimilarity(PAIRS, EXPECTED)
    assert evaluator(space).interval == evaluator(space).interval
    quick = evaluator(space, intervals=False)
    assert (quick.interval, quick.random_interval) == (None, None)
    assert quick.score == evaluator(space).score


def test_a_set_without_pairs_is_refused():
    with pytest.raises(DataError, match="0 word pairs"):
        WordSimilarity((), ())
