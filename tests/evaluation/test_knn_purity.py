import numpy as np
import pandas as pd
import pytest

from embedviz.evaluation.knn_purity import group_columns, knn_purity
from embedviz.space import EmbeddingSpace


def space(vectors, **columns):
    return EmbeddingSpace(
        [f"x{i}" for i in range(len(vectors))], np.asarray(vectors, np.float32), pd.DataFrame(columns)
    )


def test_separate_groups_have_a_purity_of_1():
    rng = np.random.default_rng(0)
    group = np.repeat([0, 1], 30)
    found = knn_purity(space(np.eye(2)[group] + 0.01 * rng.random((60, 2)), g=np.array(["a", "b"])[group]), "g")
    assert found.share == 1
    assert found.chance == pytest.approx(29 / 59)
    assert (found.groups, found.labels) == (2, 60)


def test_random_labels_have_the_purity_of_chance():
    rng = np.random.default_rng(0)
    found = knn_purity(space(rng.normal(size=(1500, 8)), g=rng.choice(list("abcd"), 1500)), "g")
    assert found.share == pytest.approx(found.chance, abs=0.015)


def test_a_label_is_never_its_own_neighbour_though_all_are_equal():
    found = knn_purity(space(np.ones((40, 3)), g=[f"group {i % 20}" for i in range(40)]), "g", k=39)
    assert found.share == pytest.approx(1 / 39)


def test_labels_without_a_group_are_left_out():
    found = knn_purity(space(np.eye(30), g=["a", "b"] * 10 + [None] * 10), "g")
    assert found.labels == 20


def test_columns_of_few_words_are_columns_of_groups():
    s = space(np.eye(40), genre=["x", "y"] * 20, title=[f"t{i}" for i in range(40)], count=[1, 2] * 20, one=["z"] * 40)
    assert group_columns(s) == ["genre"]
