"""Folders and zips of Hugging Face models: the input embeddings with the vocabulary as labels."""

import io
import json

import numpy as np
import pytest
import torch
from safetensors.numpy import save

from embedviz.core.errors import DataError, SeveralTensorsError, VectorFormatError
from embedviz.formats import is_model_folder, is_vectors, load_vectors
from tests.formats.written import VECTORS, WORDS, archive

BERT = {
    "embeddings.position_embeddings.weight": np.zeros((512, 3), np.float32),
    "embeddings.word_embeddings.weight": VECTORS,
    "encoder.layer.0.weight": np.zeros((3, 3), np.float32),
}
TOKENIZER = json.dumps(
    {
        "model": {"type": "WordPiece", "vocab": {"queen": 1, "king": 0}},
        "added_tokens": [{"id": 2, "content": "Toy Story 2"}],
    }
)
UNIGRAM = json.dumps({"model": {"type": "Unigram", "vocab": [[word, -1.5] for word in WORDS]}})


def folder(path, files):
    for name, data in files.items():
        (path / name).write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


@pytest.mark.parametrize(
    "vocabulary",
    [
        {"tokenizer.json": TOKENIZER},
        {"tokenizer.json": UNIGRAM},
        {"vocab.json": json.dumps({word: i for i, word in enumerate(WORDS)})},
        {"vocab.txt": "\n".join(WORDS)},
    ],
)
def test_a_folder_and_a_zip_of_it_open_alike(tmp_path, vocabulary):
    files = {"config.json": "{}", "model.safetensors": save(BERT), "README.md": "x", **vocabulary}
    assert is_model_folder(folder(tmp_path, files))
    packed = archive({f"bert/{name}": data for name, data in files.items()})
    assert is_vectors(packed)
    for source in (tmp_path, packed):
        space = load_vectors(source)
        assert space.labels == WORDS
        np.testing.assert_array_equal(space.vectors, VECTORS)
        assert "'embeddings.word_embeddings.weight' was taken" in space.notes[0]
        assert load_vectors(source, tensor="embeddings.position_embeddings.weight").dim == 3


def test_rows_that_the_vocabulary_does_not_name_are_left_out_with_a_note(tmp_path):
    files = {"config.json": "{}", "model.safetensors": save({"wte.weight": VECTORS}), "vocab.txt": "king\nqueen\n"}
    space = load_vectors(folder(tmp_path, files))
    assert space.labels == ["king", "queen"]
    assert "1 rows without a token in vocab.txt were left out." in space.notes


def test_a_vocabulary_with_more_tokens_than_rows_is_refused_with_both_numbers(tmp_path):
    files = {"config.json": "{}", "model.safetensors": save({"wte.weight": VECTORS}), "vocab.txt": "a\nb\nc\nd\n"}
    with pytest.raises(VectorFormatError, match=r"holds 3 vectors, but vocab\.txt describes 4"):
        load_vectors(folder(tmp_path, files))


def test_weights_in_several_files_open_the_one_with_the_embeddings(tmp_path):
    index = {"weight_map": {"lm_head.weight": "b.safetensors", "model.embed_tokens.weight": "a.safetensors"}}
    files = {
        "config.json": "{}",
        "model.safetensors.index.json": json.dumps(index),
        "a.safetensors": save({"model.embed_tokens.weight": VECTORS}),
        "b.safetensors": save({"lm_head.weight": VECTORS}),
        "vocab.txt": "\n".join(WORDS),
    }
    assert load_vectors(folder(tmp_path, files)).labels == WORDS
    index["weight_map"]["model.embed_tokens.weight"] = "../../../etc/passwd"
    (tmp_path / "model.safetensors.index.json").write_text(json.dumps(index))
    with pytest.raises(VectorFormatError, match="is a folder without vectors that are known"):
        load_vectors(tmp_path)


def test_several_input_embeddings_are_offered(tmp_path):
    tensors = {"encoder.embed_tokens.weight": VECTORS, "decoder.embed_tokens.weight": VECTORS, "a.weight": VECTORS}
    with pytest.raises(SeveralTensorsError) as caught:
        load_vectors(folder(tmp_path, {"config.json": "{}", "model.safetensors": save(tensors)}))
    assert caught.value.names[:2] == ["decoder.embed_tokens.weight", "encoder.embed_tokens.weight"]


def test_weights_that_torch_wrote_open_too(tmp_path):
    stream = io.BytesIO()
    torch.save({name: torch.tensor(tensor) for name, tensor in BERT.items()}, stream)
    files = {"config.json": "{}", "pytorch_model.bin": stream.getvalue(), "vocab.txt": "\n".join(WORDS)}
    assert load_vectors(folder(tmp_path, files)).labels == WORDS


def test_a_folder_without_vectors_is_refused(tmp_path):
    assert not is_model_folder(folder(tmp_path, {"a.txt": "x"}))
    with pytest.raises(DataError, match="is a folder without vectors that are known"):
        load_vectors(tmp_path)
