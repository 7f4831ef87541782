import pandas as pd
import pytest

from embedviz.core.errors import ColumnError, DataError
from embedviz.data.filtering import filter_numbers, filter_rows, filter_texts

FRAME = pd.DataFrame({"film": [1.0, 2, 1, None], "text": ["a b c", "b", "c c", None]})


def test_rows_are_kept_or_left_out_by_what_people_read_in_their_cells():
    assert filter_rows(FRAME, "film", ["1"], keep=True).index.tolist() == [0, 1]
    assert filter_rows(FRAME, "film", ["1"], keep=True)["text"].tolist() == ["a b c", "c c"]
    assert filter_rows(FRAME, "film", ["1"], keep=False)["film"].tolist()[0] == 2
    assert len(filter_rows(FRAME, "film", ["(missing)"], keep=False)) == 3


def test_words_are_kept_or_taken_out_of_texts_and_empty_texts_go():
    assert filter_texts(FRAME, "text", str.split, ["b"], keep=False)["text"].tolist() == ["a c", "c c"]
    assert filter_texts(FRAME, "text", str.split, ["b", "a"], keep=True)["text"].tolist() == ["a b", "b"]
    assert filter_texts(FRAME, "text", str.split, ["b"], keep=False)["film"].tolist() == [1, 1]


def test_rows_are_kept_or_left_out_by_their_numbers_from_one():
    assert filter_numbers(FRAME, ["1", "3"], keep=True)["text"].tolist() == ["a b c", "c c"]
    assert filter_numbers(FRAME, ["1", "3"], keep=False)["film"].tolist()[0] == 2
    assert filter_numbers(FRAME, ["4"], keep=True).index.tolist() == [0]


def test_nothing_left_is_reported():
    with pytest.raises(DataError, match=r"No row would be left of 4\. Choose more values"):
        filter_rows(FRAME, "film", ["3"], keep=True)
    with pytest.raises(DataError, match=r"Nothing would be left of the texts\. Choose fewer words"):
        filter_texts(FRAME, "text", str.split, ["a", "b", "c"], keep=False)
    with pytest.raises(DataError, match=r"No row would be left of 4\. Choose fewer rows"):
        filter_numbers(FRAME, ["1", "2", "3", "4"], keep=False)
    with pytest.raises(ColumnError, match="no column 'year'"):
        filter_rows(FRAME, "year", ["3"], keep=True)
