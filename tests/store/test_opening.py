"""open_space on files, and on databases of LanceDB and Qdrant in folders."""

import importlib
import importlib.util

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import embedviz as ev
from embedviz.core.errors import ColumnError, DataError, EmbedvizError, SettingsError, SeveralTensorsError
from embedviz.formats import large_files
from embedviz.space import EmbeddingSpace
from embedviz.space.storage import write_space
from embedviz.space.stored_labels import StoredLabels

N, D = 20_000, 8  # more rows than a batch has
VECTORS = np.random.default_rng(0).normal(size=(N, D)).astype(np.float32)
WORDS = [f"wörd {i}" for i in range(N)]
SPACE = EmbeddingSpace(WORDS, VECTORS, pd.DataFrame({"count": np.arange(N)[::-1]}))

lancedb_only = pytest.mark.skipif(
    importlib.util.find_spec("lancedb") is None,
    reason="LanceDB is not installed: pip install -r requirements-extras.txt",
)
qdrant_only = pytest.mark.skipif(
    importlib.util.find_spec("qdrant_client") is None,
    reason="Qdrant's client is not installed: pip install -r requirements-extras.txt",
)


def table(vectors=VECTORS, **columns):
    lists = pa.FixedSizeListArray.from_arrays(pa.array(vectors.ravel()), vectors.shape[1])
    return pa.table({"word": WORDS[: len(vectors)], "count": np.arange(len(vectors)), "vector": lists, **columns})


@pytest.fixture
def lance(tmp_path):
    """A function that makes the table "words" of a database again and returns its address."""
    database = importlib.import_module("lancedb").connect(str(tmp_path / "db"))

    def made(rows, **options):
        database.create_table("words", rows, mode="overwrite", **options)
        return f"lancedb://{tmp_path / 'db'}/words"

    return made


@pytest.fixture
def qdrant(tmp_path):
    """A function that fills a collection in a folder, closes it, and returns its address."""
    client_module = importlib.import_module("qdrant_client")

    def made(points, vectors_config, name="words"):
        client = client_module.QdrantClient(path=str(tmp_path / "qdrant"))
        if not client.collection_exists(name):
            client.create_collection(name, vectors_config=vectors_config)
        client.upsert(name, [client_module.models.PointStruct(**point) for point in points])
        client.close()
        return f"qdrant://{tmp_path / 'qdrant'}/{name}"

    return made


def size(dim=D):
    return importlib.import_module("qdrant_client").models.VectorParams(size=dim, distance="Dot")


def points(n):
    return [{"id": i, "vector": VECTORS[i].tolist(), "payload": {"word": WORDS[i], "count": i}} for i in range(n)]


def check_same(found, n=N):
    assert found.labels == WORDS[:n]
    np.testing.assert_array_equal(found.vectors, VECTORS[:n])
    assert found.columns["count"].tolist() == list(range(n))
    expected = EmbeddingSpace(WORDS[:n], VECTORS[:n])
    for metric in ("cosine", "euclidean", "dot"):
        near = found.neighbors(WORDS[5], 10, metric)
        assert near["label"].tolist() == expected.neighbors(WORDS[5], 10, metric)["label"].tolist()
    answer = found.analogy([WORDS[1], WORDS[2]], [WORDS[3]])
    assert answer["label"].tolist() == expected.analogy([WORDS[1], WORDS[2]], [WORDS[3]])["label"].tolist()
    assert found.vector(WORDS[7]).tolist() == VECTORS[7].tolist()


@lancedb_only
def test_a_table_of_lancedb_is_a_space_with_columns(lance):
    steps = []
    check_same(ev.open_space(lance(table()), on_progress=steps.append))
    assert [step.step for step in steps] == sorted(step.step for step in steps)
    assert steps[-1].step == N


@lancedb_only
def test_a_table_is_read_again_when_it_has_another_version(lance, own_home):
    address = lance(table())
    found = ev.open_space(address)
    again = []
    assert ev.open_space(address, on_progress=again.append).labels == found.labels
    assert again == []
    assert ev.open_space(lance(table(VECTORS[:50] + 1))).vectors.tolist() == (VECTORS[:50] + 1).tolist()
    database, _, name = address.removeprefix("lancedb://").rpartition("/")
    importlib.import_module("lancedb").connect(database).open_table(name).delete("count < 10")
    assert ev.open_space(address).labels == WORDS[10:50]
    assert len(list((own_home / "opened").glob("*/*"))) == 1  # copies of earlier versions are gone
    np.testing.assert_array_equal(found.vectors, VECTORS)  # and one that is still open is whole


@lancedb_only
def test_what_cannot_be_used_of_a_table_is_counted(lance):
    vectors = VECTORS.copy()
    vectors[17_000] = 1e16
    vectors[3] = np.nan  # which LanceDB keeps as missing
    words = [*WORDS[:-1], WORDS[0]]
    found = ev.open_space(lance(table(vectors).set_column(0, "word", pa.array(words)), on_bad_vectors="null"))
    assert len(found) == N - 2
    assert found.labels[-1] == f"{WORDS[0]} (2)"
    assert WORDS[3] not in found
    assert found.vector(WORDS[4]).tolist() == VECTORS[4].tolist()
    assert found.columns["count"].tolist() == [i for i in range(N) if i not in (3, 17_000)]
    assert "19,998 of 20,000 vectors were read; 2 were missing or hold NaN" in found.notes[0]
    with pytest.raises(DataError, match="20,000 of its 20,000 vectors cannot be used"):
        ev.open_space(lance(table(np.full((N, D), 1e16, np.float32))))


@lancedb_only
def test_labels_and_vectors_can_be_named(lance):
    other = pa.FixedSizeListArray.from_arrays(pa.array((VECTORS + 1).ravel()), D)
    address = lance(table(other=other, title=pa.array([f"t{i}" for i in range(N)])))
    with pytest.raises(SeveralTensorsError, match="2 matrices"):
        ev.open_space(address)
    found = ev.open_space(address, tensor="other", label="title")
    assert found.labels[:2] == ["t0", "t1"]
    assert found.vectors[0].tolist() == (VECTORS + 1)[0].tolist()
    with pytest.raises(ColumnError, match=r"The table 'words' has no column 'name'\. It has: word, count, title"):
        ev.open_space(address, tensor="other", label="name")


@lancedb_only
def test_a_table_that_is_not_there_is_named(lance, tmp_path):
    address = lance(table(VECTORS[:5]))
    with pytest.raises(DataError, match=r"The database in .*db has no table 'nothing'. It has: words\."):
        ev.open_space(address.replace("/words", "/nothing"))
    with pytest.raises(DataError, match="There is no folder"):
        ev.open_space(f"lancedb://{tmp_path}/elsewhere/words")
    assert not (tmp_path / "elsewhere").exists()


@lancedb_only
def test_many_labels_of_a_table_stay_on_disk(lance, monkeypatch):
    for module in ("embedviz.formats.row_batches", "embedviz.space.storage"):
        monkeypatch.setattr(f"{module}.MIN_STORED", 1)
    monkeypatch.setattr("embedviz.formats.row_batches.unique_labels", None)  # which holds them all as strings
    found = ev.open_space(lance(table()))
    assert isinstance(found.labels, StoredLabels)
    check_same(found)


@qdrant_only
def test_a_collection_of_qdrant_is_a_space_with_columns(qdrant, monkeypatch):
    monkeypatch.setattr("embedviz.formats.qdrant_collection.PAGE", 90)
    address = qdrant(points(300), size())
    check_same(ev.open_space(address), 300)
    again = []
    ev.open_space(address, on_progress=again.append)
    assert again == []
    for number in (1.0, 2.0):  # written over, which leaves the number of points and, the second time, the file's size
        qdrant([{"id": 5, "vector": [number] * D, "payload": {"word": "new"}}], size())
        found = ev.open_space(address)
        assert found.vector("new").tolist() == [number] * D
    assert pd.isna(found.columns["count"].iloc[5])


@qdrant_only
def test_payloads_of_different_kinds_become_texts(qdrant, monkeypatch):
    monkeypatch.setattr("embedviz.formats.qdrant_collection.PAGE", 2)
    payloads = [{"word": "a", "x": 1}, {"word": "b", "x": 2}, {"word": "c", "x": "three"}, {"word": "d", "tags": ["u"]}]
    address = qdrant([{"id": i, "vector": [i, 1.0], "payload": each} for i, each in enumerate(payloads)], size(2))
    found = ev.open_space(address)
    assert found.labels == ["a", "b", "c", "d"]
    assert found.columns["x"].fillna("").tolist() == ["1", "2", "three", ""]
    assert found.columns["tags"].fillna("").tolist() == ["", "", "", '["u"]']


@qdrant_only
def test_a_named_vector_is_asked_for(qdrant):
    names = {"title": size(2), "body": size(3)}
    address = qdrant([{"id": 1, "vector": {"title": [1.0, 2.0], "body": [3.0, 4.0, 5.0]}}], names)
    with pytest.raises(SeveralTensorsError, match=r"title .* body"):
        ev.open_space(address)
    assert ev.open_space(address, tensor="body").vectors.tolist() == [[3, 4, 5]]


@qdrant_only
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # the client leaves its lock file open
def test_a_collection_that_cannot_be_read_is_named(qdrant, tmp_path):
    address = qdrant(points(3), size())
    with pytest.raises(DataError, match=r"has no collection 'nothing'. It has: words\."):
        ev.open_space(address.replace("/words", "/nothing"))
    with pytest.raises(DataError, match="There is no folder"):
        ev.open_space(f"qdrant://{tmp_path}/elsewhere/words")
    client = importlib.import_module("qdrant_client").QdrantClient(path=str(tmp_path / "qdrant"))
    with pytest.raises(DataError, match="open in another process"):
        ev.open_space(address)
    client.close()
    with pytest.raises(DataError, match=r"Qdrant at http://127\.0\.0\.1:9 cannot be read"):
        ev.open_space("qdrant+http://127.0.0.1:9/words")


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("milvus://db/words", r"milvus://db/words cannot be opened. An address begins with one of lancedb://"),
        pytest.param("lancedb://words", "names no table", marks=lancedb_only),
        pytest.param("qdrant://words", "names no collection", marks=qdrant_only),
    ],
)
def test_an_address_that_names_nothing_is_refused(address, message):
    with pytest.raises(SettingsError, match=message):
        ev.open_space(address)


@pytest.mark.parametrize(
    ("address", "package"), [("lancedb://db/words", "lancedb"), ("qdrant://db/words", "qdrant-client")]
)
def test_a_package_that_is_missing_is_named(address, package, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(SettingsError, match=f"pip install {package}"):
        ev.open_space(address)


def test_a_stored_space_is_opened_by_its_folder_or_its_name(tmp_path):
    write_space(SPACE, tmp_path, "word")
    assert isinstance(ev.open_space(tmp_path).vectors, np.memmap)
    assert ev.open_space(tmp_path / "word").labels == WORDS
    write_space(SPACE.take([0, 1]), tmp_path, "other")
    assert ev.open_space(tmp_path, space="other").labels == WORDS[:2]
    with pytest.raises(SettingsError, match="several spaces; name one of them by space=: other, word"):
        ev.open_space(tmp_path)
    with pytest.raises(DataError, match="There is no file, run or space at"):
        ev.open_space(tmp_path / "nothing")


def test_a_file_of_vectors_is_opened_like_by_load_vectors(tmp_path):
    SPACE.take([0, 1]).save(tmp_path / "few.npz")
    assert ev.open_space(str(tmp_path / "few.npz")).labels == WORDS[:2]


@pytest.mark.parametrize("ending", [".parquet", ".arrow", ".npy"])
def test_a_large_file_is_read_in_batches_and_mapped(tmp_path, monkeypatch, ending):
    monkeypatch.setattr(large_files, "MIN_BYTES", 1_000)
    path, metadata = tmp_path / f"large{ending}", None
    if ending == ".parquet":
        pq.write_table(table(), path)
    elif ending == ".arrow":
        with pa.ipc.new_file(str(path), table().schema) as writer:
            writer.write_table(table())
    else:
        np.save(path, VECTORS)
        metadata = tmp_path / "labels.tsv"
        lines = (f"{word}\t{count}" for count, word in enumerate(WORDS))
        metadata.write_text("\n".join(["word\tcount", *lines]), encoding="utf-8")
    found = ev.open_space(path, metadata=metadata)
    assert isinstance(found.vectors, np.memmap)
    check_same(found)
    if ending == ".npy":
        metadata.write_text("word\tcount\na\t1\n", encoding="utf-8")
        with pytest.raises(DataError, match=r"holds 20,000 vectors, but labels\.tsv describes 1"):
            ev.open_space(path, metadata=metadata)
        assert ev.open_space(path).labels[:2] == ["1", "2"]


def test_a_large_file_that_was_cut_off_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(large_files, "MIN_BYTES", 1_000)
    np.save(tmp_path / "x.npy", VECTORS)
    (tmp_path / "y.npy").write_bytes((tmp_path / "x.npy").read_bytes()[:5_000])
    with pytest.raises(DataError, match=r"y\.npy is not a whole \.npy file"):
        ev.open_space(tmp_path / "y.npy")
    pq.write_table(table(), tmp_path / "x.parquet")
    (tmp_path / "y.parquet").write_bytes((tmp_path / "x.parquet").read_bytes()[:5_000])
    with pytest.raises(DataError, match=r"y\.parquet is not a whole parquet file"):
        ev.open_space(tmp_path / "y.parquet")


def test_nothing_is_opened_on_a_shared_server(monkeypatch):
    monkeypatch.setenv("EMBEDVIZ_MODE", "shared")
    with pytest.raises(EmbedvizError, match="shared"):
        ev.open_space("lancedb://db/words")
