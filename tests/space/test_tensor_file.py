import numpy as np
import pytest
from safetensors.numpy import load_file

from embedviz.core.errors import DataError
from embedviz.space.tensor_file import MappedTensors, TensorWriter, map_tensor


def test_the_library_reads_what_was_written_in_blocks(tmp_path):
    path = tmp_path / "x.safetensors"
    rng = np.random.default_rng(0)
    vectors, sizes = rng.normal(size=(40_001, 3)).astype(np.float32), np.arange(5)
    writer = TensorWriter(path)
    assert writer.write("sizes", sizes).tolist() == sizes.tolist()
    mapped = writer.write("vectors", (vectors[start : start + 9_999] for start in range(0, len(vectors), 9_999)))
    np.testing.assert_array_equal(mapped, vectors)
    assert mapped.flags.aligned
    assert writer.write("lengths", vectors[:, 0]).shape == (40_001,)
    writer.finish()
    tensors = load_file(path)
    assert sorted(tensors) == ["lengths", "sizes", "vectors"]
    np.testing.assert_array_equal(tensors["vectors"], vectors)
    np.testing.assert_array_equal(tensors["lengths"], vectors[:, 0])
    np.testing.assert_array_equal(tensors["sizes"], sizes)
    np.testing.assert_array_equal(map_tensor(path, "vectors"), vectors)


@pytest.mark.parametrize("shape", [(0, 4), (3, 0)])
def test_a_tensor_without_numbers_keeps_its_shape(tmp_path, shape):
    path = tmp_path / "x.safetensors"
    writer = TensorWriter(path)
    writer.write("vectors", np.empty(shape, np.float32))
    writer.finish()
    assert map_tensor(path, "vectors").shape == load_file(path)["vectors"].shape == shape


def test_an_unfinished_file_is_refused(tmp_path):
    path = tmp_path / "x.safetensors"
    TensorWriter(path).write("vectors", np.ones((2, 2), np.float32))
    with pytest.raises(DataError, match="is not a safetensors file"), open(path, "rb") as file:
        MappedTensors(file)
