"""NumPy's .npy and .npz, as NumPy writes them."""

from pathlib import Path

import numpy as np
import pytest

from embedviz.core.errors import SeveralFilesError, SeveralTensorsError, VectorFormatError
from embedviz.formats import load_vectors
from embedviz.space import EmbeddingSpace
from tests.formats.written import VECTORS, WORDS, archive, npy, npz


@pytest.mark.parametrize("dtype", ["<f4", ">f4", "<f8", "<f2", "<i4", ">i8"])
def test_an_array_alone_has_row_numbers_for_labels_and_a_note(dtype):
    numbers = VECTORS * 4
    space = load_vectors(npy(numbers.astype(dtype)))
    np.testing.assert_array_equal(space.vectors, numbers)
    assert (space.labels, space.kind) == (["1", "2", "3"], "row")
    assert space.notes == ("There are no labels in the file: its rows are numbered.",)


def test_an_array_in_fortran_order_is_read_by_rows():
    data = npy(np.asfortranarray(VECTORS))
    assert b"'fortran_order': True" in data
    np.testing.assert_array_equal(load_vectors(data).vectors, VECTORS)
    np.testing.assert_array_equal(load_vectors(data, limit=2).vectors, VECTORS[:2])


@pytest.mark.parametrize("name", ["labels", "words", "keys", "anything"])
@pytest.mark.parametrize("texts", [np.array(WORDS), np.array(WORDS, "S")])
def test_an_array_of_texts_labels_the_vectors_and_the_others_are_columns(name, texts):
    space = load_vectors(npz(emb=VECTORS, count=np.array([5, 3, 1]), **{name: texts}))
    assert space.labels == WORDS
    np.testing.assert_array_equal(space.vectors, VECTORS)
    assert space.columns["count"].tolist() == [5, 3, 1]
    assert space.notes == ()


def test_arrays_of_other_lengths_are_left_out_with_a_note():
    space = load_vectors(npz(emb=VECTORS, words=np.array(WORDS), mean=np.zeros(7)))
    assert space.notes == ("Arrays without an entry for each vector were left out: mean.",)


def test_several_matrices_are_offered_by_name_and_size():
    data = npz(first=VECTORS, second=np.zeros((3, 7), np.float32), labels=np.array(WORDS))
    with pytest.raises(
        SeveralTensorsError, match=r"^e\.npz holds 2 matrices; choose .*first \(3 x 3\), second \(3 x 7\)"
    ) as caught:
        load_vectors(data, name="e.npz")
    assert caught.value.names == ["first", "second"]
    assert caught.value.shapes["second"] == (3, 7)
    assert load_vectors(data, tensor="second").dim == 7
    with pytest.raises(VectorFormatError, match=r"no matrix 'third'\. It holds: first"):
        load_vectors(data, tensor="third")


def test_a_label_that_ends_in_a_zero_comes_back(tmp_path):
    labels = ["a\0", "a", "\0"]
    path = tmp_path / "v.npz"
    EmbeddingSpace(labels, VECTORS).save(path)
    assert load_vectors(path).labels == labels


def test_python_objects_are_never_opened_and_the_sentence_says_how_to_export(tmp_path):
    mark = tmp_path / "ran"

    class Runs:
        def __reduce__(self):
            return (Path.touch, (mark,))

    objects = npy(np.array([Runs()], dtype=object), allow_pickle=True)
    for hostile in (objects, archive({"vectors.npy": npy(VECTORS), "labels.npy": objects})):
        with pytest.raises(VectorFormatError, match=r"holds Python objects, which are never opened.*np\.savez"):
            load_vectors(hostile)
    assert not mark.exists()


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.zeros(4), r"holds no matrix.*array \(4\)"),
        (np.zeros((2, 2, 2)), r"holds no matrix.*2 x 2 x 2"),
        (np.zeros((0, 3)), "holds no matrix"),
        (np.array([["a", "b"]]), "not numbers"),
        (np.zeros((2, 2), complex), "not numbers"),
        (np.full((3, 2), np.nan), "3 of 3 vectors cannot be used; vector 1, of '1', holds NaN"),
    ],
)
def test_what_is_not_a_matrix_of_numbers_is_refused(array, message):
    with pytest.raises(VectorFormatError, match=rf"^v\.npy.*{message}"):
        load_vectors(npy(array), name="v.npy")


def test_unusable_rows_are_left_out_and_named():
    vectors = VECTORS.copy()
    vectors[1, 2] = np.inf
    space = load_vectors(npz(v=vectors, labels=np.array(WORDS), n=np.arange(3)))
    assert space.labels == ["king", "Toy Story 2"]
    assert space.columns["n"].tolist() == [0, 2]
    assert "2 of 3 vectors were read; vector 2, of 'queen', holds NaN, infinity" in space.notes[0]


@pytest.mark.parametrize("keep", [3, 9, 40, 127, 130, 150])
def test_a_cut_file_is_refused_in_a_sentence(keep):
    with pytest.raises(VectorFormatError, match=r"^v\.npy (is not a whole \.npy file|breaks off|does not look)"):
        load_vectors(npy(VECTORS)[:keep], name="v.npy")


def test_a_text_with_a_broken_character_is_refused():
    array = npy(np.array(WORDS)).replace("king".encode("utf-32-le"), b"\xff" * 16)
    with pytest.raises(VectorFormatError, match=r"is damaged .*no character"):
        load_vectors(archive({"v.npy": npy(VECTORS), "labels.npy": array}))


def test_a_zip_with_other_files_beside_arrays_offers_them():
    data = archive({"a.npy": npy(VECTORS), "readme.md": b"x"})
    with pytest.raises(SeveralFilesError):
        load_vectors(data)
    np.testing.assert_array_equal(load_vectors(data, member="a.npy").vectors, VECTORS)
