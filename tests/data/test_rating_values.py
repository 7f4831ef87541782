import numpy as np
import pandas as pd
import pytest

from embedviz.data.rating_values import as_flags, as_ratings, flag_names


@pytest.mark.parametrize(
    "cells",
    [["True", "False", None], ["yes", "NO", ""], ["Y", "n", "?"], pd.array([True, False, None], "boolean"), [True, False, None]],
)  # fmt: skip
def test_yes_and_no_are_one_and_nothing(cells):
    np.testing.assert_array_equal(as_ratings(pd.Series(cells)), [1, 0, np.nan])


@pytest.mark.parametrize(
    "cells", [["yes", "yes"], ["yes", "perhaps"], ["yes", "no", "perhaps"], ["true", "no"], [1, 0]]
)
def test_other_words_are_no_flags(cells):
    assert as_flags(pd.Series(cells)) is None


def test_numbers_and_written_numbers_are_ratings_and_words_are_none():
    np.testing.assert_array_equal(as_ratings(pd.Series([1.5, np.inf, np.nan])), [1.5, np.inf, np.nan])
    np.testing.assert_array_equal(as_ratings(pd.Series(["3,5", "1,5", None])), [3.5, 1.5, np.nan])
    assert as_ratings(pd.Series(["good", "bad", "good"])) is None
    assert flag_names(pd.Series(["no", "Yes"])) == ("Yes", "no")
