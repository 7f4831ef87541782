"""The TensorFlow Projector's vectors and metadata, alone, together, in a zip and in a folder."""

import json

import numpy as np
import pytest

from embedviz.core.errors import DataError, SeveralFilesError, VectorFormatError
from embedviz.formats import is_vectors, load_vectors, projector_files
from embedviz.space import EmbeddingSpace
from tests.formats.written import TSV, VECTORS, WORDS, archive, npy

SEVERAL = "word\tyear\nking\t1611\nqueen\t1953\nToy Story 2\t1999\n"
ONE = "king\nqueen\nToy Story 2\n"


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_vectors_alone_get_row_numbers(line_end):
    space = load_vectors(b"1.5\t0.5\t-2.5\n0.25\t1.5\t3.5\n".replace(b"\n", line_end.encode()))
    assert space.vectors.tolist() == [[1.5, 0.5, -2.5], [0.25, 1.5, 3.5]]
    assert space.labels == ["1", "2"]
    assert space.notes == ("There are no labels in the file: its rows are numbered.",)


def test_metadata_with_one_column_have_no_header_line_and_with_several_they_have():
    space = load_vectors(TSV.encode(), metadata=ONE.encode())
    assert (space.labels, list(space.columns), space.notes) == (WORDS, [], ())
    np.testing.assert_array_equal(space.vectors, VECTORS)
    space = load_vectors(TSV.encode(), metadata=SEVERAL.encode())
    assert (space.labels, space.columns["year"].tolist()) == (WORDS, [1611, 1953, 1999])


def test_two_files_are_brought_together(tmp_path):
    (tmp_path / "vectors.tsv").write_text(TSV)
    (tmp_path / "metadata.tsv").write_text(SEVERAL)
    space = load_vectors(tmp_path / "vectors.tsv", metadata=tmp_path / "metadata.tsv")
    assert space.labels == WORDS
    assert load_vectors(tmp_path).labels == WORDS  # their folder
    assert load_vectors(tmp_path / "vectors.tsv", metadata=str(tmp_path / "metadata.tsv"), limit=2).labels == WORDS[:2]


@pytest.mark.parametrize(
    "names",
    [("vectors.tsv", "metadata.tsv"), ("out/tensors.tsv", "out/labels.txt"), ("../../vectors.tsv", "../metadata.tsv")],
)
def test_a_zip_of_the_pair_is_read_as_the_pair(names):
    data = archive({names[0]: TSV, names[1]: ONE, "__MACOSX/x": ""})
    assert load_vectors(data).labels == WORDS
    assert is_vectors(data)


def test_a_pair_of_an_array_and_its_labels():
    assert load_vectors(archive({"emb.npy": npy(VECTORS), "labels.txt": ONE})).labels == WORDS


def test_the_configuration_names_the_files_and_leads_nowhere_else():
    entry = {"tensorPath": "logs/a.tsv", "metadataPath": "logs/b.tsv", "tensorShape": [3, 3]}
    files = {"projector_config.json": json.dumps({"embeddings": [entry]}), "a.tsv": TSV, "b.tsv": SEVERAL, "c.tsv": "x"}
    assert load_vectors(archive(files)).labels == WORDS
    entry["tensorPath"] = "../../../../etc/passwd"
    with pytest.raises(SeveralFilesError):
        load_vectors(archive({**files, "projector_config.json": json.dumps({"embeddings": [entry]})}))


@pytest.mark.parametrize(
    ("metadata", "message"),
    [
        ("king\nqueen\n", "holds 3 vectors, but .* describes 2: each vector needs one row"),
        ("word\nking\nqueen\nToy Story 2\n", "describes 4: .* one column has no header line"),
        ("king\t1\nqueen\t2\nToy\t3\n", "describes 2: .* several columns needs a header line"),
        ("a\tb\n1\t2\t3\n", "line 2: expected 2 columns, as the first line names, got 3"),
    ],
)
def test_another_number_of_rows_is_refused_with_both_numbers(metadata, message):
    with pytest.raises(VectorFormatError, match=message):
        load_vectors(TSV.encode(), metadata=metadata.encode())


@pytest.mark.parametrize(
    ("data", "message"),
    [("1.5\t2.5\n3.5\n", "expected 2 numbers between tabs"), ("1.5\t2.5\n3.5\tx\n", "expected 2 numbers between tabs")],
)
def test_irregular_lines_are_refused(data, message):
    with pytest.raises(VectorFormatError, match=message):
        load_vectors(data.encode(), format="projector")


def test_ratings_between_tabs_are_no_vectors():
    assert not projector_files.sniff(b"196\t242\t3\t881250949\n186\t302\t3\t891717742\n")
    assert not projector_files.sniff(b"15.26\t14.84\t0.871\t1\n14.88\t14.57\t0.8811\t2\n")  # measurements with a class


def test_labels_that_a_tab_would_make_one_are_refused(tmp_path):
    space = EmbeddingSpace(["a\tb", "a b"], np.eye(2, dtype=np.float32))
    with pytest.raises(DataError, match=r"'a\\tb' and 'a b' would both be written as 'a b'"):
        space.save(tmp_path / "v.zip")
    assert list(tmp_path.iterdir()) == []


def test_metadata_are_added_to_a_format_with_words_of_its_own():
    space = load_vectors(b"king 1 2\nqueen 3 4\n", metadata=b"word\tyear\nK\t1\nQ\t2\n")
    assert (space.labels, space.columns["year"].tolist()) == (["king", "queen"], [1, 2])
    with pytest.raises(VectorFormatError, match="holds 2 vectors, but the metadata describes 1"):
        load_vectors(b"king 1 2\nqueen 3 4\n", metadata=b"a\tb\n1\t2\n")
