"""Verdicts on generated data sets whose truth is known: mostly right, hardly ever wrong. benchmarks/verdicts.py has the full table."""

from collections import Counter

import pytest

from embedviz.experiments.question import Verdict
from tests.experiments.known_truth import FAMILIES, judge, judged, rank_family

SETS = 3  # of each family of ratings, which are quick
FEW_SETS = 1  # of the others


def test_a_verdict_that_decides_nothing_is_neither_right_nor_wrong():
    family = rank_family(4)
    assert judge(family, Verdict(["4 dimensions are the best choice: …"], True)) == "right"
    assert judge(family, Verdict(["16 dimensions are enough: …"], True)) == "wrong"
    assert judge(family, Verdict(["The dimension makes no difference …"], False)) == "undecided"


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.parametrize("name", ["ratings of rank 4", "ratings of rank 16"])
def test_the_dimensions_of_generated_ratings_are_found(executor, name):
    found = list(judged({name: FAMILIES[name]}, range(SETS)))
    counts = Counter(one.outcome for one in found)
    assert counts["wrong"] == 0, [one for one in found if one.outcome == "wrong"]
    assert counts["right"] >= 2, [one for one in found if one.outcome != "right"]


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_no_dimensions_are_named_where_vectors_explain_nothing(executor):
    name = "ratings of biases alone"
    found = list(judged({name: FAMILIES[name]}, range(SETS)))
    assert sum(one.outcome == "wrong" for one in found) == 0, [one for one in found if one.outcome == "wrong"]


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.parametrize(
    "name",
    [
        "embeddings too small for their values",
        "pre-trained vectors with synonyms near",
        "noisy ratings of rank 4, folds",
    ],
)
def test_what_is_true_by_far_is_found(executor, name):
    found = list(judged({name: FAMILIES[name]}, range(FEW_SETS)))
    assert [one.outcome for one in found] == ["right"] * FEW_SETS, found


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.parametrize("name", ["embeddings as good as one-hot"])
def test_no_difference_is_named_where_there_is_none(executor, name):
    found = list(judged({name: FAMILIES[name]}, range(FEW_SETS)))
    assert "wrong" not in {one.outcome for one in found}, found
