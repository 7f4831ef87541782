"""safetensors files, as the safetensors library and torch write them."""

import json

import numpy as np
import pytest
from safetensors.numpy import save

from embedviz.core.errors import SeveralTensorsError, VectorFormatError
from embedviz.formats import load_vectors
from tests.formats.written import VECTORS, WORDS


def raw(header, body=b""):
    data = json.dumps(header).encode()
    return len(data).to_bytes(8, "little") + data + body


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16, np.int8, np.int64])
def test_a_matrix_of_any_type_is_read(dtype):
    numbers = (VECTORS * 4).astype(dtype)
    space = load_vectors(save({"emb": numbers, "bias": np.zeros(3, np.float32)}))
    np.testing.assert_array_equal(space.vectors, numbers.astype(np.float32))
    assert space.labels == ["1", "2", "3"]


def test_bfloat16_as_language_models_have_it_is_widened():
    upper = (VECTORS.view(np.uint32) >> 16).astype("<u2")  # exact, for few digits
    data = raw({"emb": {"dtype": "BF16", "shape": [3, 3], "data_offsets": [0, 18]}}, upper.tobytes())
    np.testing.assert_array_equal(load_vectors(data).vectors, VECTORS)


def test_several_matrices_are_offered_and_one_is_chosen():
    data = save({"a": VECTORS, "b": np.zeros((9, 4), np.float32)})
    with pytest.raises(
        SeveralTensorsError, match=r"m\.safetensors holds 2 matrices; choose .*a \(3 x 3\), b \(9 x 4\)"
    ):
        load_vectors(data, name="m.safetensors")
    assert load_vectors(data, tensor="b", limit=5).vectors.shape == (5, 4)


def test_the_matrix_whose_name_says_input_embeddings_is_taken_with_a_note():
    data = save({"h.0.attn.weight": np.zeros((9, 4), np.float32), "transformer.wte.weight": VECTORS})
    space = load_vectors(data)
    np.testing.assert_array_equal(space.vectors, VECTORS)
    assert "'transformer.wte.weight' was taken" in space.notes[0]


def test_labels_come_from_the_metadata_or_from_a_vocabulary_beside_the_file(tmp_path):
    assert load_vectors(save({"emb": VECTORS}, {"labels": json.dumps(WORDS)})).labels == WORDS
    path = tmp_path / "model.safetensors"
    path.write_bytes(save({"emb": VECTORS}))
    (tmp_path / "vocab.txt").write_text("\n".join(WORDS))
    space = load_vectors(path)
    assert (space.labels, space.notes) == (WORDS, ("The labels are those of vocab.txt beside the file.",))
    (tmp_path / "vocab.txt").write_text("a\nb\nc\nd\n")
    space = load_vectors(path)
    assert space.labels == ["1", "2", "3"]
    assert "has 4 entries for 3 vectors, so it was not used" in space.notes[0]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (
            raw({"a": {"dtype": "F32", "shape": [10**9, 10**4], "data_offsets": [0, 4 * 10**13]}}),
            "was cut off: it promises 4",
        ),
        (raw({"a": {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 8]}}, bytes(8)), "contradicts itself"),
        (raw({"a": {"dtype": "F32", "shape": [-2, -2], "data_offsets": [0, 16]}}, bytes(16)), "contradicts itself"),
        (raw({"a": {"dtype": "F32", "shape": [2, 2]}}, bytes(16)), "does not say where the tensor 'a' is"),
        (raw({"a": {"dtype": "F8_E4M3", "shape": [2, 2], "data_offsets": [0, 4]}}, bytes(4)), "holds no matrix"),
        (raw({"a": {"dtype": "F32", "shape": [4], "data_offsets": [0, 16]}}, bytes(16)), r"holds no matrix.*a \(4\)"),
        (raw({}), "holds no matrix"),
        ((99_000_000).to_bytes(8, "little") + b'{"a":', "its header does not fit"),
        (b"\x05\0\0\0\0\0\0\0" + b'{"a":' + bytes(9), "its header is not JSON"),
        (save({"a": VECTORS})[:-1], "was cut off"),
    ],
)
def test_a_file_that_contradicts_itself_is_refused_in_a_sentence(data, message):
    with pytest.raises(VectorFormatError, match=rf"^m\.st.*{message}"):
        load_vectors(data, name="m.st")
