"""Files of torch.save: state_dicts, tensors with words, and what is refused."""

import io
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from embedviz.core.errors import SeveralTensorsError, VectorFormatError
from embedviz.formats import is_vectors, load_vectors, pytorch_archive
from embedviz.space import EmbeddingSpace
from tests.formats.written import VECTORS, WORDS

pytestmark = pytest.mark.slow


def saved(value, **options):
    stream = io.BytesIO()
    torch.save(value, stream, **options)
    return stream.getvalue()


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.words = torch.nn.Embedding.from_pretrained(torch.tensor(VECTORS))
        self.head = torch.nn.Linear(3, 2)


@pytest.mark.parametrize("old", [False, True])
def test_the_matrices_of_a_state_dict_are_offered_by_name_and_size(old):
    data = saved(Net().state_dict(), _use_new_zipfile_serialization=not old)
    assert is_vectors(data)
    with pytest.raises(SeveralTensorsError, match=r"words\.weight \(3 x 3\), head\.weight \(2 x 3\)"):
        load_vectors(data)
    space = load_vectors(data, tensor="words.weight")
    np.testing.assert_array_equal(space.vectors, VECTORS)
    assert space.labels == ["1", "2", "3"]


@pytest.mark.parametrize("dtype", [torch.float64, torch.float16, torch.bfloat16, torch.float32])
def test_a_tensor_of_any_type_alone_or_in_a_checkpoint(dtype):
    tensor = torch.tensor(VECTORS).to(dtype)
    for value in (
        tensor,
        {"epoch": 3, "model": {"emb.weight": tensor, "bias": torch.zeros(3)}},
        torch.nn.Parameter(tensor),
    ):
        np.testing.assert_array_equal(load_vectors(saved(value)).vectors, VECTORS)


def test_words_beside_the_tensor_label_it():
    stoi = {word: i for i, word in enumerate(WORDS)}
    space = load_vectors(saved((WORDS, stoi, torch.tensor(VECTORS), 3)))  # as torchtext keeps its vectors
    assert space.labels == WORDS


def test_objects_are_refused_with_the_way_to_export_and_nothing_runs(tmp_path):
    with pytest.raises(
        VectorFormatError, match=r"^n\.pt holds Python objects .*torch\.save\(model\.state_dict\(\), path\)"
    ):
        load_vectors(saved(Net()), name="n.pt")
    mark = tmp_path / "ran"

    class Runs:
        def __reduce__(self):
            return (Path.touch, (mark,))

    with pytest.raises(VectorFormatError, match="holds Python objects"):
        load_vectors(saved({"a": Runs()}))
    with pytest.raises(VectorFormatError, match=r"is a Python pickle.*save_word2vec_format.*np\.savez"):
        load_vectors(pickle.dumps(Runs()))
    assert not mark.exists()


@pytest.mark.parametrize("part", range(1, 10))
def test_a_cut_file_is_refused_in_a_sentence(part):
    data = saved(Net().state_dict())
    with pytest.raises(VectorFormatError) as caught:
        load_vectors(data[: len(data) * part // 10], name="n.pt")
    assert str(caught.value).startswith("n.pt")
    assert "\n" not in str(caught.value)


def test_a_written_file_is_the_state_that_torch_reads(tmp_path):
    columns = pd.DataFrame({"n": [1, 2, 3]})
    EmbeddingSpace(WORDS, VECTORS, columns).save(tmp_path / "v.pt")
    for mapped in (False, True):
        state = torch.load(tmp_path / "v.pt", weights_only=True, mmap=mapped)
        assert state["labels"] == WORDS
        assert state["vectors"].is_contiguous()
        np.testing.assert_array_equal(state["vectors"].numpy(), VECTORS)


def test_numbers_of_any_size_are_pickled():
    for number in (0, 1, 127, 255, 1 << 15, (1 << 31) - 1, 1 << 31, 1 << 40, (1 << 47) - 1):
        assert pickle.loads(b"\x80\x02" + pytorch_archive._number(number) + b".") == number


def test_a_large_matrix_is_written_in_blocks_and_without_torch(tmp_path):
    code = """
import sys, tracemalloc
from pathlib import Path

import numpy as np
from embedviz.space import EmbeddingSpace
from embedviz.space.storage import read_space, write_space
folder = Path(sys.argv[1])
write_space(EmbeddingSpace([str(i) for i in range(100_000)], np.ones((100_000, 100), np.float32)), folder, "word")
space = read_space(folder, "word")
tracemalloc.start()
for name in ("v.pt", "v.safetensors", "v.bin", "v.vec"):
    space.save(folder / name)
print(tracemalloc.get_traced_memory()[1] < 30e6, "torch" in sys.modules)
"""
    out = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True).stdout
    assert out.split() == ["True", "False"]


def test_zips_can_be_gzipped(tmp_path):
    for name in ("v.pt.gz", "v.npz.gz", "v.zip.gz"):
        EmbeddingSpace(WORDS, VECTORS).save(tmp_path / name)
        assert load_vectors(tmp_path / name).labels == WORDS
