import pandas as pd
import pytest

from embedviz.core.errors import DataError
from embedviz.data.category_names import class_name
from embedviz.data.classes import read_classes


def test_classes_of_any_spelling_the_frequent_first():
    found = read_classes(pd.Series([" bad", "good", "good ", "good", "bad", None, "  ", "odd"]))
    assert found.names == ["good", "bad"]
    assert found.codes.tolist() == [1, 0, 0, 0, 1, -1, -1, -1]
    assert found.missing == 2
    assert found.rare == {"odd": 1}
    assert found.sizes() == [("good", 3), ("bad", 2)]
    assert len(found.left_out_sentences()) == 2


def test_numbers_and_truth_values_are_classes_too():
    assert class_name(1.0) == class_name(1) == "1"
    assert class_name(2.5) == "2.5"
    assert read_classes(pd.Series([0.0, 1.0, 1.0, 0.0, None])).names == ["0", "1"]
    assert read_classes(pd.Series([True, False, True, False])).names == ["False", "True"]


@pytest.mark.parametrize(
    ("values", "message"),
    [([None, None], "empty in every row"), (["a"] * 3, "one class, 'a'"), (["a", "a", "b"], "only 'a' has 2"), (["a", "b"], "None of the 2")],
)  # fmt: skip
def test_too_few_classes_are_a_sentence(values, message):
    with pytest.raises(DataError, match=message):
        read_classes(pd.Series(values, name="label", dtype=object))
