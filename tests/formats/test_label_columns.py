"""What is known of each label travels with the vectors: into a space, its answers, a store, and back into files."""

import datetime
import io
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embedviz.core.errors import SettingsError
from embedviz.formats import FORMATS, load_vectors, write_vectors
from embedviz.space import EmbeddingSpace
from embedviz.space.storage import read_space, write_space
from tests.formats.written import TSV, VECTORS, WORDS, archive, npz

COLUMNS = pd.DataFrame(
    {
        "count": [5, 3, 1],
        "kind": ["a", 'b\u2603, "c"', ""],
        "weight": [0.1, -2.5, 1e-9],
        "seen": [True, False, True],
        "vector": ["x", "y", "z"],
        "dim": [1.5, 2.5, 3.5],
    }
)
SPACE = EmbeddingSpace(WORDS, VECTORS, COLUMNS)
HOLD_COLUMNS = [name for name in FORMATS if name not in ("word2vec", "word2vec-binary", "glove", "fasttext")]


@pytest.mark.parametrize("format", HOLD_COLUMNS)
def test_columns_come_back_from_every_format_that_can_hold_them(format):
    stream = io.BytesIO()
    write_vectors(SPACE, stream, format)
    found = load_vectors(stream.getvalue())
    assert found.labels == WORDS
    columns = found.columns.rename(columns={"vector (column)": "vector"})
    pd.testing.assert_frame_equal(columns[list(COLUMNS)], COLUMNS)


@pytest.mark.parametrize("format", HOLD_COLUMNS)
def test_missing_cells_dates_and_large_numbers_are_written(format):
    columns = pd.DataFrame(
        {
            "day": [datetime.datetime(2020, 1, 1), None, datetime.datetime(2021, 5, 6)],
            "n": pd.array([2**53 + 1, None, 3], "Int64"),
            "text": pd.array(["a", None, "b"], "str"),
        }
    )
    stream = io.BytesIO()
    write_vectors(EmbeddingSpace(WORDS, VECTORS, columns), stream, format)
    found = load_vectors(stream.getvalue()).columns
    assert str(found["day"][2])[:10] == "2021-05-06"
    assert int(found["n"][0]) == 2**53 + 1
    assert found["text"].fillna("").tolist() == ["a", "", "b"]


@settings(deadline=None, max_examples=30)
@given(
    name=st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12),
    cells=st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=5), min_size=3, max_size=3),
)
def test_columns_of_any_name_are_kept_by_parquet_and_numpy(name, cells):
    if name.strip().lower() in ("label", "similarity", "distance", "position", "vector", "vectors", "labels"):
        return
    space = EmbeddingSpace(WORDS, VECTORS, pd.DataFrame({name.strip() or "a": pd.array(cells, dtype="str")}))
    for format in ("parquet", "arrow", "numpy", "safetensors"):
        stream = io.BytesIO()
        write_vectors(space, stream, format)
        found = load_vectors(stream.getvalue())
        assert found.labels == WORDS
        assert found.columns.iloc[:, 0].fillna("").tolist() == cells


def test_columns_appear_in_neighbours_and_in_what_is_stored(tmp_path):
    space = load_vectors(npz(vectors=VECTORS, labels=np.array(WORDS), year=np.array([1611, 1953, 1999])))
    assert space.neighbors("king", k=2)["year"].tolist() == [1999, 1953]
    write_space(space, tmp_path)
    again = read_space(tmp_path, "word")
    assert again.columns["year"].tolist() == [1611, 1953, 1999]
    assert again.neighbors("king", k=2)["year"].tolist() == [1999, 1953]


@pytest.mark.slow
def test_the_command_line_brings_files_together_and_converts(tmp_path):
    (tmp_path / "vectors.tsv").write_text(TSV)
    (tmp_path / "metadata.tsv").write_text("word\tyear\nking\t1611\nqueen\t1953\nToy Story 2\t1999\n")

    def run(*words):
        return subprocess.run(
            [sys.executable, "-m", "embedviz", *words], cwd=tmp_path, capture_output=True, text=True, check=False
        )

    made = run("convert", "vectors.tsv", "out.parquet", "--metadata", "metadata.tsv", "--from", "projector")
    assert (made.returncode, made.stderr) == (0, "")
    assert load_vectors(tmp_path / "out.parquet").columns["year"].tolist() == [1611, 1953, 1999]
    assert "queen\t" in run("neighbors", "out.parquet", "king").stdout
    assert "1953" in run("neighbors", "out.parquet", "king").stdout
    (tmp_path / "two.npz").write_bytes(npz(a=VECTORS, b=VECTORS[:, :2]))
    refused = run("neighbors", "two.npz", "1")
    assert (refused.returncode, "a (3 x 3), b (3 x 2)" in refused.stderr) == (1, True)
    assert run("neighbors", "two.npz", "1", "--tensor", "b").stdout.startswith("label\tsimilarity\n3")


def test_texts_are_labels_of_the_kind_text_and_numbered_rows_of_the_kind_row():
    csv = "text,embedding\n" + "".join(f'"text number {i}","[{i}.5, 1.5]"\n' for i in range(3))
    assert load_vectors(csv.encode()).kind == "text"


def test_equal_labels_get_a_number_and_none_is_lost():
    space = load_vectors(npz(v=np.vstack([VECTORS, VECTORS[:1]]), labels=np.array(["a", "a", "a (2)", "a"])))
    assert space.labels == ["a", "a (3)", "a (2)", "a (4)"]
    assert space.notes == ("2 labels were there before and got a number.",)


def test_a_column_named_like_an_answer_is_renamed():
    frame = "word,similarity,embedding\n" + "".join(f'w{i},{i},"[{i}.5, 1.5]"\n' for i in range(3))
    space = load_vectors(frame.encode())
    assert list(space.columns) == ["similarity (file)"]
    assert space.neighbors("w0", k=1)["label"].tolist() == ["w1"]


def test_the_ending_names_each_format(tmp_path):
    for module in FORMATS.values():
        for ending in module.ENDINGS:
            EmbeddingSpace(["king", "queen"], VECTORS[:2]).save(tmp_path / f"v{ending}")
            assert load_vectors(tmp_path / f"v{ending}").labels == ["king", "queen"]
    with pytest.raises(SettingsError, match="the ending names no format"):
        SPACE.save(tmp_path / "v.npy")
    assert load_vectors(archive({"v.parquet": (tmp_path / "v.parquet").read_bytes()})).labels == ["king", "queen"]
