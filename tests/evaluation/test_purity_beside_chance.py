"""Purity beside shuffled groups, with its interval."""

import numpy as np
import pandas as pd
import pytest

from embedviz.evaluation.purity_beside_chance import comparable_groups, purity_beside_chance
from embedviz.space import EmbeddingSpace


def space(vectors, **columns):
    labels = [f"x{i}" for i in range(len(vectors))]
    return EmbeddingSpace(labels, np.asarray(vectors, np.float32), pd.DataFrame(columns, index=range(len(vectors))))


def test_separate_groups_are_above_chance_and_random_ones_are_not():
    rng = np.random.default_rng(0)
    group = np.repeat([0, 1, 2], 40)
    planted = space(np.eye(3)[group] + 0.3 * rng.normal(size=(120, 3)))
    found = purity_beside_chance(planted, pd.Series(group), 5, 0)
    assert found.lower < found.purity < found.upper
    assert found.lower > found.shuffled > found.chance
    assert found.chance == pytest.approx(39 / 119, abs=0.01)
    assert (found.groups, found.labels) == (3, 120)
    apart = purity_beside_chance(planted, pd.Series(rng.permutation(group)), 5, 0)
    assert apart.purity < apart.shuffled + 0.03
    assert apart.lower < apart.chance + 0.03


def test_about_one_random_column_in_twenty_exceeds_its_shuffles():
    rng = np.random.default_rng(1)
    vectors = space(rng.normal(size=(100, 6)))
    above = [
        (found := purity_beside_chance(vectors, pd.Series(rng.choice(list("abcd"), 100)), 5, seed)).purity
        > found.shuffled
        for seed in range(60)
    ]
    assert sum(above) <= 7  # 1.5 are expected


def test_labels_without_a_group_are_left_out():
    group = pd.Series(["a"] * 12 + ["b"] * 12 + [None] * 6)
    found = purity_beside_chance(space(np.random.default_rng(0).normal(size=(30, 4))), group, 3, 0)
    assert (found.groups, found.labels) == (2, 24)


def test_columns_of_text_and_of_numbers_give_groups():
    n = 100
    groups = comparable_groups(
        space(
            np.ones((n, 2)),
            genre=["a", "b"] * 50,
            name=[f"n{i}" for i in range(n)],
            count=np.arange(n, dtype=float),
            stars=[1, 2, 3, 4] * 25,
            same=["x"] * n,
        )
    )
    assert list(groups) == ["genre", "count", "stars"]
    assert groups["count"].value_counts().tolist() == [20] * 5
    assert groups["stars"].nunique() == 4
    assert list(comparable_groups(space(np.ones((n, 2)), a=["a", "b"] * 50, b=["a", "b"] * 50), ["b"])) == ["b"]
