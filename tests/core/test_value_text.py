import numpy as np
import pandas as pd

from embedviz.core.value_text import value_text


def test_numbers_are_written_for_people():
    values = (12345, np.int64(7), 0.123456, np.float32(2.0), True, np.bool_(False), float("inf"), "x")
    assert [value_text(value) for value in values] == ["12,345", "7", "0.1235", "2", "True", "False", "inf", "x"]


def test_missing_values_are_a_dash():
    assert {value_text(value) for value in (None, float("nan"), np.float32("nan"), pd.NA, pd.NaT)} == {"–"}
