"""NumPy, Parquet, Arrow and safetensors: as other tools write them, round trips, and what is refused."""

import gzip
import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from pyarrow import feather, parquet
from safetensors.numpy import save

from embedviz.core.errors import SeveralFilesError, VectorFormatError
from embedviz.formats import load_vectors, write_vectors
from embedviz.space import EmbeddingSpace

VECTORS = np.array([[1, 0.5, 2], [0, 1, 3], [2, 2, 2]], np.float32)
WORDS = ["king", "queen", "Toy Story 2"]
COUNTS = [5, 3, 1]


def npy(array: np.ndarray, **options) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, **options)
    return buffer.getvalue()


def npz(**named) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, **named)
    return buffer.getvalue()


def as_parquet(table: pa.Table) -> bytes:
    buffer = io.BytesIO()
    parquet.write_table(table, buffer)
    return buffer.getvalue()


def as_arrow(table: pa.Table) -> bytes:
    buffer = io.BytesIO()
    feather.write_feather(table, buffer)
    return buffer.getvalue()


LISTS = [
    pa.array(VECTORS.tolist(), pa.list_(pa.float32())),
    pa.array(VECTORS.tolist(), pa.large_list(pa.float64())),
    pa.array(VECTORS.tolist(), pa.list_(pa.float32(), 3)),
]


@pytest.mark.parametrize("lists", LISTS, ids=lambda lists: str(lists.type))
@pytest.mark.parametrize("write", [as_parquet, as_arrow])
@pytest.mark.parametrize(
    "text", [pa.string(), pa.large_string(), pa.string_view(), pa.dictionary(pa.int32(), pa.string())]
)
def test_lists_of_numbers_are_vectors_and_other_columns_stay(lists, write, text):
    if text == pa.dictionary(pa.int32(), pa.string()):
        words = pa.array(WORDS).dictionary_encode()
    else:
        words = pa.array(WORDS, text)
    space = load_vectors(write(pa.table({"text": words, "n": COUNTS, "embedding": lists})))
    assert space.labels == WORDS
    np.testing.assert_array_equal(space.vectors, VECTORS)
    assert space.columns["n"].tolist() == COUNTS


def test_a_column_a_dimension():
    frame = pd.DataFrame(VECTORS, columns=["dim_0", "dim_1", "dim_10"]).assign(word=WORDS, year=[1, 2, 3])
    space = load_vectors(as_parquet(pa.Table.from_pandas(frame)))
    np.testing.assert_array_equal(space.vectors, VECTORS)
    assert (space.labels, space.columns["year"].tolist()) == (WORDS, [1, 2, 3])


def test_a_table_without_vectors_says_so():
    table = pa.table({"user": [1, 2], "stars": [3.5, 4.0]})
    with pytest.raises(VectorFormatError, match=r"no column of lists of numbers.*Open it as a table"):
        load_vectors(as_parquet(table), name="r.parquet")


def test_lists_of_different_lengths_are_no_vectors():
    with pytest.raises(VectorFormatError, match="have different lengths"):
        load_vectors(as_parquet(pa.table({"v": [[1.0, 2.0], [1.0]]})))


@pytest.mark.parametrize("kind", [np.float32, np.float64, np.float16, np.int32])
def test_an_array_alone_has_row_numbers_for_labels(kind):
    space = load_vectors(npy(VECTORS.astype(kind)))
    assert (space.labels, space.dim) == (["1", "2", "3"], 3)
    assert "its rows are numbered" in " ".join(space.notes)


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_arrays_with_labels(pack):
    space = load_vectors(pack(npz(vectors=VECTORS, words=np.array(WORDS), count=np.array(COUNTS))))
    np.testing.assert_array_equal(space.vectors, VECTORS)
    assert (space.labels, space.columns["count"].tolist()) == (WORDS, COUNTS)


def test_the_likeliest_tensor_is_taken_and_named():
    data = save({"transformer.wte.weight": VECTORS, "head.weight": np.zeros((9, 9), np.float32)})
    space = load_vectors(data)
    np.testing.assert_array_equal(space.vectors, VECTORS)
    assert "'transformer.wte.weight' was taken" in " ".join(space.notes)


def test_equal_and_empty_labels_are_told_apart_and_none_is_lost():
    space = load_vectors(npz(vectors=VECTORS, labels=np.array(["a", "a", ""])))
    assert space.labels == ["a", "a (2)", "row 3"]
    assert len(space) == 3


def test_python_objects_are_never_opened(tmp_path):
    mark = tmp_path / "ran"

    class Runs:
        def __reduce__(self):
            return (Path.touch, (mark,))

    data = npy(np.array([Runs()], dtype=object), allow_pickle=True)
    for hostile in (data, npz_of_objects(data)):
        with pytest.raises(VectorFormatError, match="never opened because they could run a program"):
            load_vectors(hostile)
    assert not mark.exists()


def npz_of_objects(data: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("vectors.npy", npy(VECTORS))
        archive.writestr("labels.npy", data)
    return buffer.getvalue()


def test_a_header_that_promises_too_much_allocates_nothing():
    huge = io.BytesIO()
    np.lib.format.write_array_header_1_0(huge, {"descr": "<f4", "fortran_order": False, "shape": (10**9, 10**6)})
    with pytest.raises(VectorFormatError, match="promises an array of shape"):
        load_vectors(huge.getvalue() + bytes(100))


@pytest.mark.parametrize("name", ["numpy", "parquet", "safetensors"])
def test_cut_and_flipped_files_are_refused_in_a_sentence_or_read(name):
    stream = io.BytesIO()
    write_vectors(EmbeddingSpace(WORDS, VECTORS), stream, name)
    data = stream.getvalue()
    broken = [data[: len(data) * part // 9] for part in range(1, 9)]
    broken += [data[:i] + bytes([data[i] ^ 0xFF]) + data[i + 1 :] for i in range(0, len(data), max(1, len(data) // 60))]
    for each in broken:
        try:
            assert load_vectors(each).vectors.ndim == 2
        except (VectorFormatError, SeveralFilesError) as error:
            assert "\n" not in str(error)


labels = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
matrices = arrays.arrays(
    np.float32,
    st.tuples(st.integers(1, 5), st.integers(1, 6)),
    elements=st.floats(-(2.0**40), 2.0**40, width=32),
)


@settings(deadline=None, max_examples=40)
@given(matrices, st.data(), st.sampled_from(["numpy", "parquet", "safetensors"]))
def test_any_labels_and_numbers_come_back(vectors, data, name):
    words = data.draw(st.lists(labels, min_size=len(vectors), max_size=len(vectors), unique=True))
    words = [word.rstrip("\0") or "x" for word in words]  # NumPy's texts end before their last zeros
    if len(set(words)) < len(words):
        return
    stream = io.BytesIO()
    write_vectors(EmbeddingSpace(words, vectors), stream, name)
    space = load_vectors(stream.getvalue())
    assert space.labels == words
    np.testing.assert_array_equal(space.vectors, vectors)


def test_columns_travel_with_the_vectors(tmp_path):
    columns = pd.DataFrame({"year": [1990, 2001, 2010], "genre": ["a", "b", "a"]})
    space = EmbeddingSpace(WORDS, VECTORS, columns=columns)
    for ending in (".parquet", ".npz"):
        space.save(tmp_path / f"v{ending}")
        again = load_vectors(tmp_path / f"v{ending}")
        assert again.columns["year"].tolist() == [1990, 2001, 2010]
        assert again.columns["genre"].tolist() == ["a", "b", "a"]
        assert "year" in again.neighbors("king", k=2).columns


def test_metadata_of_other_tools_does_not_matter():
    data = save({"emb": VECTORS}, metadata={"format": "pt", "labels": json.dumps(["x"])})
    assert load_vectors(data).labels == ["1", "2", "3"]
