"""Vectors in the columns of Parquet and Arrow files, with the Arrow types that pandas, polars and datasets write."""

import gzip
import json
import struct

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from embedviz.core.errors import SeveralTensorsError, VectorFormatError
from embedviz.formats import is_vectors, load_vectors
from tests.formats.written import VECTORS, WORDS, arrow, arrow_stream, parquet

WRITERS = [parquet, arrow, arrow_stream]
LISTS = {
    "list": pa.array(VECTORS.tolist(), pa.list_(pa.float32())),
    "large_list of double": pa.array(VECTORS.tolist(), pa.large_list(pa.float64())),
    "fixed_size_list": pa.array(VECTORS.tolist(), pa.list_(pa.float32(), 3)),
    "list of half": pa.array([row.astype(np.float16).tolist() for row in VECTORS], pa.list_(pa.float16())),
}
TEXTS = {
    "string": pa.array(WORDS, pa.string()),
    "large_string": pa.array(WORDS, pa.large_string()),  # polars, pandas 3
    "string_view": pa.array(WORDS, pa.string_view()),  # polars
    "dictionary": pa.array(WORDS).dictionary_encode(),  # pandas' categories
}


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("lists", LISTS)
@pytest.mark.parametrize("texts", TEXTS)
def test_a_column_of_lists_is_the_vectors_and_the_others_stay(write, lists, texts):
    table = pa.table({"n": [5, 3, 1], "emb": LISTS[lists], "word": TEXTS[texts], "kind": ["a", "b", "a"]})
    space = load_vectors(write(table))
    np.testing.assert_array_equal(space.vectors, VECTORS)
    assert space.labels == WORDS
    assert space.columns.to_dict("list") == {"n": [5, 3, 1], "kind": ["a", "b", "a"]}
    assert space.notes == ()


def test_list_views_as_polars_may_write_them():
    lists = pa.array(VECTORS.tolist(), pa.list_view(pa.float32()))
    np.testing.assert_array_equal(load_vectors(arrow(pa.table({"emb": lists}))).vectors, VECTORS)


@pytest.mark.parametrize("write", WRITERS)
def test_a_column_a_dimension_in_the_order_of_its_number(write):
    frame = pd.DataFrame(VECTORS[:, [2, 0, 1]], columns=["dim_10", "dim_0", "dim_1"]).assign(word=WORDS, year=[1, 2, 3])
    space = load_vectors(write(pa.Table.from_pandas(frame)))
    np.testing.assert_array_equal(space.vectors, VECTORS)
    assert (space.labels, space.columns["year"].tolist()) == (WORDS, [1, 2, 3])


def test_columns_of_fractions_without_numbers_in_their_names():
    frame = pd.DataFrame(VECTORS, columns=["sweet", "sour", "bitter"]).assign(
        word=WORDS, x=[0.5, 1.5, 2.5], y=[1.0, 2, 3]
    )
    space = load_vectors(parquet(pa.Table.from_pandas(frame)))
    np.testing.assert_array_equal(space.vectors, VECTORS)
    assert list(space.columns) == ["x", "y"]


def test_dates_booleans_missing_cells_and_structures_are_kept():
    table = pa.table(
        {
            "emb": LISTS["list"],
            "word": WORDS,
            "day": pa.array([0, 1, None], pa.date32()),
            "seen": [True, None, False],
            "count": pa.array([1, None, 3], pa.int64()),
            "tags": [["a", "b"], None, []],
            "x": [0.5, None, 1.5],
        }
    )
    columns = load_vectors(parquet(table)).columns
    assert columns["day"].dt.year.tolist()[:2] == [1970, 1970]
    assert columns["seen"].tolist()[::2] == [True, False]
    assert str(columns["count"].dtype) == "Int64"
    assert json.loads(columns["tags"][0]) == ["a", "b"]
    assert columns.isna().sum().to_dict() == {"day": 1, "seen": 1, "count": 1, "tags": 1, "x": 1}


def test_a_missing_vector_is_left_out_and_one_of_another_length_refused():
    lists = pa.array([[1.0, 2.0], None, [3.0, 4.0]])
    space = load_vectors(parquet(pa.table({"emb": lists, "word": WORDS})))
    assert space.labels == ["king", "Toy Story 2"]
    assert "2 of 3 vectors were read; vector 2, of 'queen'" in space.notes[0]
    for bad in ([[1.0, 2.0], [1.0]], [[1.0], [1.0], [1.0, 2.0]]):
        with pytest.raises(VectorFormatError, match=r"the column 'emb' have different lengths \(1 and 2\)"):
            load_vectors(parquet(pa.table({"emb": bad})))


def test_two_columns_of_vectors_are_offered_and_the_other_is_left_out_with_a_note():
    table = pa.table({"text_emb": LISTS["list"], "image_emb": pa.array([[1.0, 2.0]] * 3), "word": WORDS})
    with pytest.raises(SeveralTensorsError, match=r"text_emb \(3 x 3\), image_emb \(3 x 2\)"):
        load_vectors(parquet(table))
    space = load_vectors(parquet(table), tensor="image_emb")
    assert (space.dim, list(space.columns)) == (2, [])
    assert space.notes == ("The column 'text_emb' holds further vectors, which were left out.",)


@pytest.mark.parametrize("write", WRITERS)
def test_only_tables_with_vectors_are_taken_for_them(write, tmp_path):
    numbered = pd.DataFrame(np.random.default_rng(0).random((9, 20)), columns=[f"V{i}" for i in range(1, 21)])
    tables = {
        True: [pa.table({"emb": LISTS["list"]}), pa.Table.from_pandas(numbered.assign(word=list("abcdefghi")))],
        False: [
            pa.table({"user": [1, 2], "item": [3, 4], "stars": [3.5, 4.0]}),
            pa.Table.from_pandas(numbered.assign(Class=[0, 1, 0] * 3)),
            pa.table({"word": WORDS, "tags": [["a"], ["b"], []]}),
        ],
    }
    for expected, several in tables.items():
        for table in several:
            assert is_vectors(write(table)) is expected
            assert is_vectors(gzip.compress(write(table))) is expected


def test_a_table_without_vectors_says_so():
    with pytest.raises(VectorFormatError, match=r"^r\.parquet has no column of lists of numbers.*Open it as a table"):
        load_vectors(parquet(pa.table({"user": [1, 2], "stars": [3.5, 4.0]})), name="r.parquet")
    with pytest.raises(VectorFormatError, match="holds no rows"):
        load_vectors(parquet(pa.table({"emb": pa.array([], pa.list_(pa.float32()))})))


def test_a_limit_reads_the_first_rows_of_several_row_groups():
    table = pa.table({"emb": LISTS["list"], "word": WORDS})
    space = load_vectors(parquet(table, row_group_size=1), limit=2)
    assert space.labels == WORDS[:2]
    np.testing.assert_array_equal(load_vectors(parquet(table, row_group_size=1)).vectors, VECTORS)


@pytest.mark.parametrize("compression", [None, "lz4", "zstd"])
def test_compressed_arrow_files_open(compression):
    table = pa.table({"emb": LISTS["list"], "word": WORDS})
    np.testing.assert_array_equal(load_vectors(arrow(table, compression)).vectors, VECTORS)


@pytest.mark.parametrize("write", WRITERS)
def test_a_cut_file_is_refused_in_a_sentence(write):
    data = write(pa.table({"emb": LISTS["list"], "word": WORDS}))
    for part in range(2, 9):
        with pytest.raises(VectorFormatError) as caught:
            load_vectors(data[: len(data) * part // 10], name="v.bin")
        assert str(caught.value).startswith("v.bin")
        assert "\n" not in str(caught.value)


def test_an_arrow_file_is_read_by_what_its_end_lists_as_polars_writes_it():
    data = arrow(pa.table({"word": WORDS, "v": VECTORS.tolist()}))
    space = load_vectors(data[:8] + bytes(8) + data[16:])  # no message begins where the first one of a stream would
    assert space.labels == WORDS
    np.testing.assert_array_equal(space.vectors, VECTORS)


def test_an_arrow_file_whose_end_lists_more_than_it_holds_is_refused_before_it_is_read():
    data = arrow(pa.table({"word": WORDS, "v": VECTORS.tolist()}))
    (length,) = struct.unpack("<i", data[-10:-6])
    footer = data[-10 - length : -10]
    [block] = [  # the only record batch: where it begins, and the bytes of its metadata and body
        place
        for place in range(len(footer) - 24)
        if all(0 < number < len(data) for number in struct.unpack_from("<qi4xq", footer, place))
    ]
    start, metadata, body = struct.unpack_from("<qi4xq", footer, block)
    swollen = footer[:block] + struct.pack("<qi4xq", start, metadata, body + len(data)) + footer[block + 24 :]
    swollen = data[: -10 - length] + swollen + data[-10:]
    with pytest.raises(VectorFormatError, match="its end lists more than the file holds"):
        load_vectors(swollen)


def test_few_columns_are_vectors_where_their_names_say_dimensions():
    named = {f"dim_{i}": VECTORS[:, i] for i in range(3)}
    other = {f"x{i}": VECTORS[:, i] for i in range(3)}
    for write in (arrow, parquet):
        assert is_vectors(write(pa.table({"word": WORDS, **named})))
        assert not is_vectors(write(pa.table({"word": WORDS, **other})))
