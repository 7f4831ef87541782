"""The list of what vectors can be taken away as: who reads each, how large it is, and that those readers do read it."""

import io
import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from embedviz.core.errors import SettingsError
from embedviz.core.formats import registered_formats
from embedviz.exports.vector_exports import find_vector_export, vector_exports
from embedviz.formats import FORMATS, load_vectors
from embedviz.space import EmbeddingSpace
from embedviz.space.subwords import Subwords

NAMES = [each.name for each in vector_exports()]
FOLDERS = [each.name for each in vector_exports() if each.is_folder]
RANDOM = np.random.default_rng(0)
VECTORS = RANDOM.normal(size=(500, 20)).astype(np.float32)
COLUMNS = pd.DataFrame({"count": range(500, 0, -1), "note": [f"note {i}" for i in range(500)]})
SPACE = EmbeddingSpace([f"word{i}" for i in range(500)], VECTORS, COLUMNS)


def test_every_format_that_can_be_written_is_listed_with_its_readers():
    assert set(NAMES) == {*FORMATS, "projector-folder", "embedding", "hugging-face"}
    assert {each.name for each in registered_formats()} == set(FORMATS)
    for export in vector_exports():
        assert export.readers != "embedviz"
        assert export.title != export.name
    assert len({export.title for export in vector_exports()}) == len(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_written_opens_again_with_labels_vectors_and_columns(tmp_path, name):
    export = find_vector_export(name)
    path = tmp_path / f"out{export.endings[0] if export.endings else ''}"
    export.write(SPACE, path)
    assert path.is_dir() == export.is_folder
    found = load_vectors(path)
    assert found.labels == SPACE.labels
    np.testing.assert_allclose(found.vectors, VECTORS, rtol=1e-6)
    pd.testing.assert_frame_equal(found.columns[list(COLUMNS)], COLUMNS)
    beside = [each.name for each in tmp_path.iterdir() if each != path]
    assert (beside == []) == export.keeps_columns


@pytest.mark.parametrize("name", NAMES)
def test_a_download_is_one_file_that_holds_all(tmp_path, name):
    export = find_vector_export(name)
    stream = io.BytesIO()
    export.write_download(SPACE, stream)
    path = tmp_path / export.download_name(SPACE, "words")
    path.write_bytes(stream.getvalue())
    assert (path.suffix == ".zip") == (export.is_folder or not export.keeps_columns or name == "projector")
    found = load_vectors(path)
    assert found.labels == SPACE.labels
    pd.testing.assert_frame_equal(found.columns[list(COLUMNS)], COLUMNS)


@pytest.mark.parametrize(("name", "expected"), [("km/h", "km_h"), ("..", "vectors"), ('a"\n\\b', "a___b")])
def test_a_download_of_any_space_has_a_file_name(name, expected):
    export = find_vector_export("word2vec")
    found = export.download_name(EmbeddingSpace(["a"], VECTORS[:1], name=name), name)
    assert found == f"{expected}{export.endings[0]}"


@pytest.mark.parametrize("name", NAMES)
def test_the_size_is_known_before_it_is_written(name):
    vectors = RANDOM.normal(size=(20_000, 10)).astype(np.float32)
    labels = [f"w{i}" for i in range(20_000)]
    space = EmbeddingSpace(labels, vectors, pd.DataFrame({"count": range(20_000)}))
    stream = io.BytesIO()
    find_vector_export(name).write_download(space, stream)
    assert find_vector_export(name).size_bytes(space) == pytest.approx(
        len(stream.getvalue()), rel=0.35 if name == "parquet" else 0.1
    )


def test_the_size_counts_ngrams_and_small_spaces():
    ngrams = Subwords(np.ones((100_000, 20), np.float32), 3, 6)
    export = find_vector_export("fasttext")
    space = EmbeddingSpace(SPACE.labels, VECTORS, subwords=ngrams)
    stream = io.BytesIO()
    export.write_download(space, stream)
    assert export.size_bytes(space) == pytest.approx(len(stream.getvalue()), rel=0.01)
    one = EmbeddingSpace(["a"], VECTORS[:1])
    for each in vector_exports():
        stream = io.BytesIO()
        each.write_download(one, stream)
        assert 50 < each.size_bytes(one) < len(stream.getvalue()) + 100  # a zip has headers of its own


def test_an_unknown_name_is_refused_with_those_there_are():
    with pytest.raises(SettingsError, match=r"one of .*word2vec-binary, .*hugging-face, not 'xyz'"):
        find_vector_export("xyz")


def test_the_list_and_a_download_need_neither_torch_nor_scipy():
    code = """
import io, sys
import numpy as np
from embedviz.exports.vector_exports import vector_exports
from embedviz.space import EmbeddingSpace
space = EmbeddingSpace(["a", "b"], np.ones((2, 3), np.float32))
for each in vector_exports():
    each.size_bytes(space)
    each.write_download(space, io.BytesIO())
print([name for name in ("torch", "numba", "scipy", "sklearn", "umap", "huggingface_hub", "safetensors") if name in sys.modules])
"""
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.strip() == "[]"


@pytest.mark.slow
def test_torch_opens_the_embedding_and_its_vocabulary(tmp_path):
    import torch

    find_vector_export("embedding").write(SPACE, tmp_path / "out")
    state = torch.load(tmp_path / "out" / "embedding.pt", weights_only=True)
    assert list(state) == ["weight"]
    embedding = torch.nn.Embedding.from_pretrained(state["weight"])
    row_of = json.loads((tmp_path / "out" / "vocab.json").read_text(encoding="utf-8"))
    np.testing.assert_array_equal(embedding(torch.tensor([row_of["word7"]]))[0].numpy(), VECTORS[7])
    torch.nn.Embedding(500, 20).load_state_dict(state)


def parsed_by_the_projector(folder):
    """Vectors and metadata by the rules of the TensorFlow Projector's data-provider.ts: `parseTensors` splits lines by tabs and drops
    those that are blank; `parseMetadata` takes the first line for names only where it holds a tab, and else every line for a label."""
    config = json.loads((folder / "projector_config.json").read_text(encoding="utf-8"))
    (entry,) = config["embeddings"]
    lines = [line for line in (folder / entry["tensorPath"]).read_text(encoding="utf-8").split("\n") if line.strip()]
    vectors = np.array([[float(field) for field in line.split("\t")] for line in lines], np.float32)
    rows = [line for line in (folder / entry["metadataPath"]).read_text(encoding="utf-8").split("\n") if line.strip()]
    names = rows[0].split("\t") if "\t" in rows[0] else ["label"]
    records = [dict(zip(names, row.split("\t"), strict=True)) for row in (rows[1:] if "\t" in rows[0] else rows)]
    return entry, vectors, records


@pytest.mark.parametrize("columns", [None, COLUMNS])
def test_the_projector_finds_a_row_of_metadata_for_each_vector(tmp_path, columns):
    labels = ["new\tyork", *SPACE.labels[1:]]
    find_vector_export("projector-folder").write(EmbeddingSpace(labels, VECTORS, columns), tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "metadata.tsv",
        "projector_config.json",
        "vectors.tsv",
    ]
    entry, vectors, records = parsed_by_the_projector(tmp_path / "out")
    assert entry["tensorShape"] == [500, 20]
    assert "sprite" not in entry
    np.testing.assert_array_equal(vectors, VECTORS)
    assert [record["label"] for record in records] == ["new york", *SPACE.labels[1:]]
    assert columns is None or [record["note"] for record in records] == COLUMNS["note"].tolist()


def test_pandas_numpy_and_pyarrow_read_their_files(tmp_path):
    import pyarrow.feather
    import pyarrow.parquet

    for name in ("numpy", "parquet", "arrow", "csv", "tsv", "jsonl", "json"):
        find_vector_export(name).write(SPACE, tmp_path / f"out.{name}")
    with np.load(tmp_path / "out.numpy", allow_pickle=False) as arrays:
        np.testing.assert_array_equal(arrays["vectors"], VECTORS)
        assert arrays["labels"].tolist() == SPACE.labels
        assert arrays["note"].tolist() == COLUMNS["note"].tolist()
    for table in (
        pyarrow.parquet.read_table(tmp_path / "out.parquet"),
        pyarrow.feather.read_table(tmp_path / "out.arrow"),
    ):
        assert table["label"].to_pylist() == SPACE.labels
        np.testing.assert_array_equal(np.array(table["vector"].to_pylist(), np.float32), VECTORS)
    frames = [pd.read_csv(tmp_path / "out.csv"), pd.read_csv(tmp_path / "out.tsv", sep="\t")]
    for frame in frames:
        np.testing.assert_array_equal(frame.iloc[:, -20:].to_numpy(np.float32), VECTORS)
    for frame in (pd.read_json(tmp_path / "out.jsonl", lines=True), pd.read_json(tmp_path / "out.json")):
        np.testing.assert_array_equal(np.array(frame["vector"].tolist(), np.float32), VECTORS)
        assert frame["note"].tolist() == COLUMNS["note"].tolist()
