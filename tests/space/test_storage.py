import json

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from safetensors.numpy import save_file

from embedviz.core.errors import DataError, UnknownLabelError
from embedviz.space import EmbeddingSpace
from embedviz.space.search.cosine_bounds import CosineBounds
from embedviz.space.storage import Described, read_kind, read_space, space_names, write_blocks, write_space
from embedviz.space.stored_labels import StoredLabels
from embedviz.space.tensor_file import map_tensor


@pytest.fixture
def space():
    return EmbeddingSpace(
        ["a b", "", "ü"],
        np.arange(6, dtype=np.float32).reshape(3, 2),
        pd.DataFrame({"count": [3, 2, 1]}),
        notes=["One."],
    )


def test_a_space_comes_back_mapped_with_columns_and_notes(space, tmp_path):
    write_space(space, tmp_path / "spaces")
    found = read_space(tmp_path / "spaces", "word")
    assert isinstance(found.vectors, np.memmap)
    assert found.labels == space.labels
    assert found.vectors.tolist() == space.vectors.tolist()
    pd.testing.assert_frame_equal(found.columns, space.columns)
    assert (found.name, found.notes) == ("word", ("One.",))


@pytest.mark.parametrize("length", [40, 150, 151, 400])
def test_a_space_may_be_named_after_a_column_of_any_length(space, tmp_path, length):
    names = ["ю" * length, "ю" * length + "a", "n" * length]  # Cyrillic letters take six characters in a file's name
    for name in names:
        write_space(space, tmp_path, name)
    assert space_names(tmp_path) == sorted(names)
    for name in names:
        assert read_space(tmp_path, name).labels == space.labels


@settings(deadline=None)
@given(
    st.lists(st.text(st.characters(exclude_categories=["Cs"])), unique=True, max_size=6),
    st.integers(1, 4),
    st.data(),
)
def test_any_labels_and_numbers_come_back(tmp_path_factory, labels, dim, data):
    vectors = data.draw(hnp.arrays(np.float32, (len(labels), dim), elements=st.floats(-(2.0**49), 2.0**49, width=32)))
    folder = tmp_path_factory.mktemp("spaces")
    write_space(EmbeddingSpace(labels, vectors), folder)
    found = read_space(folder, "word")
    assert found.labels == labels
    np.testing.assert_array_equal(found.vectors, vectors)


def test_names_with_slashes_and_dots_stay_in_the_folder(space, tmp_path):
    names = ["../../up", "Phase of flight", ".hidden", "a.b"]
    for name in names:
        write_space(space, tmp_path / "spaces", name)
    assert space_names(tmp_path / "spaces") == sorted(names)
    assert [path.name for path in tmp_path.iterdir()] == ["spaces"]
    assert read_space(tmp_path / "spaces", "../../up").labels == space.labels


def test_a_space_without_its_labels_is_not_listed(space, tmp_path):
    write_space(space, tmp_path)
    (tmp_path / "word.parquet").unlink()
    assert space_names(tmp_path) == []
    assert space_names(tmp_path / "nothing") == []
    with pytest.raises(DataError, match="There is no space 'word'"):
        read_space(tmp_path, "word")


def test_a_mapped_space_outlives_its_replacement(space, tmp_path):
    write_space(space, tmp_path)
    mapped = read_space(tmp_path, "word")
    write_space(EmbeddingSpace(space.labels, space.vectors + 1), tmp_path)
    assert mapped.vectors.tolist() == space.vectors.tolist()


def test_cut_files_are_named(space, tmp_path):
    write_space(space, tmp_path)
    whole = (tmp_path / "word.safetensors").read_bytes()
    for size in (0, 5, 20, len(whole) - 1):
        (tmp_path / "word.safetensors").write_bytes(whole[:size])
        with pytest.raises(DataError, match=r"word\.safetensors .*cut off"):
            read_space(tmp_path, "word")
    (tmp_path / "word.parquet").write_bytes(b"PAR1")
    with pytest.raises(DataError, match=r"word\.parquet is not a Parquet file"):
        read_space(tmp_path, "word")


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ({"vectors": {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 8]}}, "contradicts itself"),
        ({"vectors": {"dtype": "F32", "shape": [-1, -2], "data_offsets": [0, 8]}}, "contradicts itself"),
        ({"vectors": {"dtype": "F16", "shape": [2, 2], "data_offsets": [0, 8]}}, "float32 or int64"),
        ({"weights": {"dtype": "F32", "shape": [2, 1], "data_offsets": [0, 8]}}, "float32 or int64"),
        ({"vectors": {"dtype": "F32"}}, "float32 or int64"),
        ([], "float32 or int64"),
    ],
)
def test_a_header_that_lies_is_refused(tmp_path, header, message):
    text = json.dumps(header).encode()
    path = tmp_path / "x.safetensors"
    path.write_bytes(len(text).to_bytes(8, "little") + text + bytes(8))
    with pytest.raises(DataError, match=message):
        map_tensor(path, "vectors")


def test_vectors_and_labels_of_different_number_are_refused(space, tmp_path):
    write_space(space, tmp_path, "word")
    write_space(space.take([0]), tmp_path, "other")
    (tmp_path / "other.parquet").replace(tmp_path / "word.parquet")
    with pytest.raises(DataError, match="1 labels"):
        read_space(tmp_path, "word")


def test_the_kind_comes_back_whatever_the_name(space, tmp_path):
    write_space(EmbeddingSpace(space.labels, space.vectors, name="word", kind="value"), tmp_path)
    assert read_space(tmp_path, "word").kind == read_kind(tmp_path, "word") == "value"


@pytest.mark.parametrize(("name", "kind"), [("word", "word"), ("before", "word"), ("item", "item"), ("make", "value")])
def test_a_space_written_before_has_the_kind_of_its_name(space, tmp_path, name, kind):
    write_space(space, tmp_path, name)
    path = tmp_path / f"{name}.parquet"
    table = pq.read_table(path)
    own = {key: value for key, value in table.schema.metadata.items() if key != b"embedviz.kind"}
    assert len(own) < len(table.schema.metadata)
    pq.write_table(table.replace_schema_metadata(own), path)
    assert read_space(tmp_path, name).kind == read_kind(tmp_path, name) == kind


def test_bounds_written_under_their_old_names_are_found(tmp_path, monkeypatch):
    monkeypatch.setattr("embedviz.space.search.cosine_bounds.MIN_VECTORS", 0)
    rng = np.random.default_rng(0)
    vectors = (rng.normal(size=(300, 3)) @ rng.normal(size=(3, 60))).astype(np.float32)
    bounds = CosineBounds.build(vectors)
    write_space(EmbeddingSpace([str(i) for i in range(300)], vectors), tmp_path)
    tensors = {"vectors": vectors, "search_index.turn": bounds.rotation, "search_index.rows": bounds.rows}
    save_file(tensors, tmp_path / "word.safetensors")
    found = read_space(tmp_path, "word").cosine_bounds
    np.testing.assert_array_equal(found.rotation, bounds.rotation)
    np.testing.assert_array_equal(found.rows, bounds.rows)


@pytest.fixture
def large(monkeypatch):
    """Every space counts as a large one."""
    monkeypatch.setattr("embedviz.space.storage.MIN_STORED", 1)


def test_the_labels_and_lengths_of_a_large_space_stay_on_disk(large, space, tmp_path):
    write_space(space, tmp_path)
    found = read_space(tmp_path, "word")
    assert isinstance(found.labels, StoredLabels)
    assert found.labels == space.labels
    assert isinstance(found.lengths, np.memmap)
    np.testing.assert_allclose(found.lengths, np.linalg.norm(space.vectors, axis=1), rtol=1e-6)
    pd.testing.assert_frame_equal(found.columns, space.columns)
    assert (found.index("ü"), "ü" in found, "u" in found) == (2, True, False)
    assert found.neighbors("ü", 1)["label"].tolist() == space.neighbors("ü", 1)["label"].tolist()
    with pytest.raises(UnknownLabelError, match=r"'u' is not among the 3 words\. Did you mean , ü\?"):
        found.neighbors("u")


def test_a_large_space_can_be_written_again_and_taken_from(large, space, tmp_path):
    write_space(space, tmp_path)
    write_space(read_space(tmp_path, "word"), tmp_path, "copy")
    copy = read_space(tmp_path, "copy")
    assert copy.labels == space.labels
    assert copy.take([2, 0]).labels == ["ü", "a b"]


def test_labels_beside_a_space_are_not_taken_when_they_are_of_another_writing(large, space, tmp_path):
    write_space(space, tmp_path)
    kept = (tmp_path / "word.arrow").read_bytes()
    write_space(EmbeddingSpace(["x", "y", "z"], space.vectors), tmp_path)
    assert (tmp_path / "word.arrow").read_bytes() != kept
    (tmp_path / "word.arrow").write_bytes(kept)
    assert read_space(tmp_path, "word").labels == ["x", "y", "z"]
    (tmp_path / "word.arrow").unlink()
    assert isinstance(read_space(tmp_path, "word").labels, StoredLabels)


def test_a_small_space_takes_the_labels_of_a_large_one_away(space, tmp_path, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr("embedviz.space.storage.MIN_STORED", 1)
        write_space(space, tmp_path)
    assert (tmp_path / "word.arrow").exists()
    write_space(space, tmp_path)
    assert not (tmp_path / "word.arrow").exists()
    assert isinstance(read_space(tmp_path, "word").labels, list)


def test_vectors_may_come_in_blocks(large, space, tmp_path):
    blocks = iter([space.vectors[:1], space.vectors[1:]])

    def describe():
        assert next(blocks, None) is None  # after the last block
        return Described(space.labels, space.columns, "item", ["One."])

    write_blocks(tmp_path, "name", blocks, describe)
    found = read_space(tmp_path, "name")
    assert found.vectors.tolist() == space.vectors.tolist()
    assert (found.labels, found.kind, found.notes) == (space.labels, "item", ("One.",))


def test_a_space_with_too_few_labels_is_not_written(space, tmp_path):
    with pytest.raises(DataError, match="a label for each vector; got 1 and 3"):
        write_blocks(tmp_path, "name", space.vectors, lambda: Described(["a"], pd.DataFrame(index=range(1))))
    assert list(tmp_path.iterdir()) == []
