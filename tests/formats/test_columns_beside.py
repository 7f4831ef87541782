"""Columns of formats that cannot hold them: written beside the vectors, and read with them again."""

import datetime
import gzip

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embedviz.core.formats import find_format, metadata_path
from embedviz.formats import load_vectors
from embedviz.formats.vector_files import FORMATS, HELD_COLUMNS
from embedviz.space import EmbeddingSpace
from tests.formats.written import VECTORS, WORDS, archive

COLUMNS = pd.DataFrame(
    {
        "count": [5, 3, 1],
        "kind": ["a", 'b☃, "c"', ""],
        "weight": [0.1, -2.5, 1e-9],
        "seen": [True, False, True],
        "year": pd.array([1611, None, 1999], "Int64"),
    }
)
SPACE = EmbeddingSpace(WORDS, VECTORS, COLUMNS)  # "Toy Story 2" has blanks, which these formats write as underscores


@pytest.mark.parametrize("format", HELD_COLUMNS)
@pytest.mark.parametrize("ending", ["", ".gz"])
def test_columns_and_labels_come_back_with_the_file(tmp_path, format, ending):
    path = tmp_path / f"out.x{ending}"
    SPACE.save(path, format=format)
    assert sorted(each.name for each in tmp_path.iterdir()) == [f"out.x{ending}", "out.x.metadata.tsv"]
    found = load_vectors(path)
    assert found.labels == WORDS
    np.testing.assert_allclose(found.vectors, VECTORS, rtol=1e-6)
    pd.testing.assert_frame_equal(found.columns[list(COLUMNS)], COLUMNS)
    assert found.notes == ()
    few = load_vectors(path, limit=2)
    assert (few.labels, few.columns["weight"].tolist()) == (WORDS[:2], [0.1, -2.5])


@pytest.mark.parametrize("format", sorted(set(FORMATS) - set(HELD_COLUMNS)))
def test_formats_that_hold_columns_have_nothing_beside_them(tmp_path, format):
    SPACE.save(tmp_path / "out.x", format=format)
    assert [each.name for each in tmp_path.iterdir()] == ["out.x"]


def test_nothing_is_written_beside_what_the_file_holds(tmp_path):
    EmbeddingSpace(WORDS, VECTORS).save(tmp_path / "out.vec")
    EmbeddingSpace(WORDS, VECTORS, COLUMNS[["count"]]).save(tmp_path / "out.bin", format="fasttext")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["out.bin", "out.vec"]
    assert load_vectors(tmp_path / "out.bin").columns["count"].tolist() == [5, 3, 1]


def test_vectors_without_columns_take_the_earlier_metadata_away(tmp_path):
    SPACE.save(tmp_path / "out.vec")
    EmbeddingSpace(WORDS, VECTORS).save(tmp_path / "out.vec")
    assert load_vectors(tmp_path / "out.vec").columns.empty


def test_metadata_about_other_labels_are_not_used_and_a_note_says_so(tmp_path):
    SPACE.save(tmp_path / "out.vec")
    for text in ("a 1 2\nb 3 4\nc 5 6\n", "king 1 2\nqueen 3 4\n", "king 1 2\nToy_Story_2 3 4\nqueen 5 6\n"):
        (tmp_path / "out.vec").write_text(text)
        found = load_vectors(tmp_path / "out.vec")
        assert found.columns.empty
        assert found.notes == ("out.vec.metadata.tsv beside the file is about other labels, so it was not used.",)


def test_a_folder_and_a_zip_of_both_files_open_alike(tmp_path):
    SPACE.save(tmp_path / "out.vec")
    files = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    for source in (tmp_path, archive(files)):
        found = load_vectors(source)
        assert found.labels == WORDS
        pd.testing.assert_frame_equal(found.columns, COLUMNS)


def test_ngrams_stay_when_metadata_are_added(tmp_path):
    from embedviz.space.subwords import Subwords

    ngrams = np.random.default_rng(0).normal(size=(7, 3)).astype(np.float32)
    space = EmbeddingSpace(WORDS, VECTORS, COLUMNS, subwords=Subwords(ngrams, 2, 3))
    space.save(tmp_path / "out.bin", format="fasttext")
    found = load_vectors(tmp_path / "out.bin")
    np.testing.assert_allclose(found.vector("kings"), space.vector("kings"), rtol=1e-5)
    pd.testing.assert_frame_equal(found.columns[list(COLUMNS)], COLUMNS)


def test_dates_are_kept_as_text(tmp_path):
    days = pd.DataFrame({"day": [datetime.datetime(2020, 1, 2)] * 3})
    EmbeddingSpace(WORDS, VECTORS, days).save(tmp_path / "out.txt")
    assert load_vectors(tmp_path / "out.txt").columns["day"].tolist() == ["2020-01-02 00:00:00"] * 3


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=6)


@settings(deadline=None, max_examples=50)
@given(
    labels=st.lists(TEXT.filter(str.strip), min_size=3, max_size=3, unique_by=lambda text: "_".join(text.split())),
    cells=st.lists(TEXT, min_size=3, max_size=3),
    format=st.sampled_from(["word2vec", "word2vec-binary", "fasttext"]),
)
def test_any_labels_and_texts_come_back(tmp_path_factory, labels, cells, format):
    from embedviz.core.errors import DataError

    path = tmp_path_factory.mktemp("any") / "out.x"
    space = EmbeddingSpace(labels, VECTORS, pd.DataFrame({"note": pd.array(cells, "str"), "n": [1, 2, 3]}))
    try:
        space.save(path, format=format)
    except DataError:
        return  # two labels are one in this format
    found = load_vectors(path, format=format)
    assert found.labels == labels
    assert found.columns["n"].tolist() == [1, 2, 3]
    texts = found.columns["note"].map(str).tolist() if found.columns["note"].dtype == "str" else None
    assert texts is None or texts == cells


def test_the_path_is_that_of_the_plain_file(tmp_path):
    assert metadata_path(tmp_path / "a.vec.GZ").name == "a.vec.metadata.tsv"
    assert find_format("glove").loses_columns(SPACE)
    assert not find_format("parquet").loses_columns(SPACE)


@pytest.mark.filterwarnings("ignore:unclosed file", "ignore::pytest.PytestUnraisableExceptionWarning")  # gensim's
def test_gensim_and_pandas_read_both_files(tmp_path):
    keyed_vectors = pytest.importorskip("gensim.models", reason="gensim comes with requirements-bench.txt").KeyedVectors
    SPACE.save(tmp_path / "out.bin")
    SPACE.save(tmp_path / "out.vec.gz")
    for name, binary in (("out.bin", True), ("out.vec.gz", False)):
        theirs = keyed_vectors.load_word2vec_format(str(tmp_path / name), binary=binary)
        np.testing.assert_array_equal(theirs.vectors, VECTORS)
    columns = pd.read_csv(tmp_path / "out.bin.metadata.tsv", sep="\t", quoting=3, keep_default_na=False)
    assert columns["label"].tolist() == WORDS
    assert columns["seen"].tolist() == [True, False, True]
    assert gzip.decompress((tmp_path / "out.vec.gz").read_bytes()).startswith(b"3 3\nking 1 0.5 -2\n")
