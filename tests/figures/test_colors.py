import numpy as np
import pandas as pd
import pytest

from embedviz.figures.colors import (
    NO_VALUE,
    OKABE_ITO,
    OTHERS_COLOR,
    color_by,
    color_categories,
    color_numbers,
)


def test_the_smallest_number_is_0_and_the_largest_254():
    colours = color_numbers(pd.Series([3.0, 1.0, 2.0]))
    assert colours.codes.tolist() == [254, 0, 127]
    assert colours.codes.dtype == np.uint8
    assert colours.legend == (1, 3)
    assert colours.scale == "linear"


def test_counts_over_many_magnitudes_are_coloured_by_their_logarithm():
    colours = color_numbers(pd.Series([1, 100, 10_000]))
    assert colours.codes.tolist() == [0, 127, 254]
    assert colours.scale == "logarithmic"


def test_a_missing_number_has_no_colour():
    assert color_numbers(pd.Series([1.0, np.nan, np.inf, 2.0])).codes.tolist() == [0, NO_VALUE, NO_VALUE, 254]
    assert color_numbers(pd.Series([np.nan])).codes.tolist() == [NO_VALUE]
    assert color_numbers(pd.Series([1, None], dtype="Int64")).codes.tolist() == [127, NO_VALUE]


def test_numbers_all_alike_take_the_middle():
    assert color_numbers(pd.Series([5, 5])).codes.tolist() == [127, 127]


def test_categories_are_numbered_by_frequency_and_named_in_the_legend():
    colours = color_categories(pd.Series(["b", "a", "b", None]))
    assert colours.codes.tolist() == [0, 1, 0, NO_VALUE]
    assert [name for name, *_ in colours.legend] == ["b", "a"]


@pytest.mark.parametrize("n", [1, 8, 9, 12])
def test_up_to_twelve_categories_have_a_colour_each(n):
    colours = color_categories(pd.Series(list("abcdefghijkl"[:n])))
    assert len({colour for _, colour, _ in colours.legend}) == n
    assert {shape for *_, shape in colours.legend} == {"disc"}


def test_past_twelve_categories_the_rest_are_the_others():
    values = pd.Series([letter for i, letter in enumerate("abcdefghijklmn") for _ in range(20 - i)])
    colours = color_categories(values)
    assert len(colours.legend) == 13
    assert colours.legend[-1] == ("2 others", OTHERS_COLOR, "disc")
    assert set(colours.codes[values.isin(["m", "n"])]) == {12}
    assert set(colours.codes) == set(range(13))


def test_what_a_column_is_coloured_as_follows_from_its_values():
    assert color_by(pd.Series([1.5, 2.5])).kind == "number"
    assert color_by(pd.Series(range(9))).kind == "number"
    assert color_by(pd.Series([5, 1, 3, 5])).legend[0][0] == "1"
    assert color_by(pd.Series([True, False])).kind == "category"
    assert color_by(pd.Series(["x", "y"])).kind == "category"


def test_points_in_no_cluster_are_grey_and_last_however_many_they_are():
    groups = pd.Series(["no cluster"] * 5 + ["1: a"] * 3 + ["2: b"], dtype="category")
    colours = color_categories(groups)
    assert colours.legend[0] == ("1: a", OKABE_ITO[0], "disc")
    assert colours.legend[-1] == ("no cluster", OTHERS_COLOR, "ring")
    assert colours.codes.tolist() == [2] * 5 + [0] * 3 + [1]


def test_of_many_clusters_the_largest_have_colours_and_the_rest_are_the_others():
    sizes = {f"{i + 1}: name": 40 - i for i in range(20)} | {"no cluster": 100}
    colours = color_categories(pd.Series([name for name, size in sizes.items() for _ in range(size)]))
    assert [name for name, *_ in colours.legend] == [*list(sizes)[:12], "8 others", "no cluster"]
    assert np.bincount(colours.codes)[-1] == 100


def test_when_nothing_is_clustered_everything_is_grey():
    colours = color_categories(pd.Series(["no cluster"] * 3))
    assert colours.legend == [("no cluster", OTHERS_COLOR, "ring")]
    assert colours.codes.tolist() == [0, 0, 0]


def test_a_category_that_does_not_occur_is_not_counted():
    values = pd.Series(pd.Categorical(["a", "b"], categories=[*"abcdefghijk", "no cluster"]))
    assert [name for name, *_ in color_categories(values).legend] == ["a", "b"]
