import numpy as np
import pandas as pd
import pytest

from embedviz.data.category_names import Names
from embedviz.data.category_values import OTHER, CategoryValues


def learned(cells, min_count=2):
    return CategoryValues.learn(Names.of(pd.Series(cells)), min_count)


def test_rare_values_are_pooled_and_the_rest_go_by_frequency():
    values = learned(["b", "a", "a", "a", "b", "c", "d"])
    assert values.labels == ["(other)", "a", "b"]
    assert values.counts.tolist() == [2, 3, 2]
    assert values.pooled == 2


def test_a_value_never_seen_is_other():
    values = learned(["a", "a", "b", "b"])
    assert values.encode(Names.of(pd.Series(["b", "z", "a"]))).tolist() == [2, OTHER, 1]


def test_missing_is_a_value_of_its_own():
    values = learned(["a", "a", None, "", np.nan])
    assert values.labels == ["(other)", "(missing)", "a"]
    assert values.encode(Names.of(pd.Series(["a", None]))).tolist() == [2, 1]


def test_missing_is_other_where_hardly_any_was():
    values = learned(["a", "a", "a", None])
    assert values.encode(Names.of(pd.Series([None], dtype=object))).tolist() == [OTHER]


def test_the_pooled_label_is_none_of_the_values():
    values = learned(["(other)", "(other)", "(missing)", "(missing)", None, None])
    assert values.labels[OTHER] == "((other))"
    assert values.missing == "((missing))"
    assert len(set(values.labels)) == len(values)
    assert values.encode(Names.of(pd.Series(["(missing)", None, "(other)", "new"]))).tolist() == [
        values.labels.index("(missing)"),
        values.labels.index("((missing))"),
        values.labels.index("(other)"),
        OTHER,
    ]


@pytest.mark.parametrize("cells", [[1, 1.0, "1", " 1 "], [True, "True", "True ", True]])
def test_spellings_of_one_value_are_one(cells):
    assert len(Names.of(pd.Series(cells, dtype=object)).distinct) == 1
