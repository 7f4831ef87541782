"""Hugging Face folders: opened by sentence-transformers, model2vec, safetensors and our own reader, and their model cards."""

import json
import re

import numpy as np
import pandas as pd
import pytest

import embedviz
from embedviz.core.errors import SettingsError
from embedviz.exports.files_together import write_folder, write_zip
from embedviz.exports.hugging_face import OPTIONAL, hugging_face_files, word_splitting
from embedviz.exports.model_card import data_name, model_card
from embedviz.formats import load_vectors
from embedviz.space import EmbeddingSpace

pytestmark = pytest.mark.slow  # a training, and libraries that take seconds to import

VECTORS = np.random.default_rng(0).normal(size=(4, 3)).astype(np.float32)
LABELS = ["king", "queen", "new york", "über|all"]
COLUMNS = pd.DataFrame(
    {
        "count": [4, 3, 2, 1],
        "note": pd.array(["a\tb", None, "", "d\n"], "str"),
        "weight": [0.5, np.nan, -1, 1e-9],
        "seen": [True, False, True, True],
        "n": pd.array([2**53 + 1, None, 3, 4], "Int64"),
    }
)


@pytest.fixture(scope="module")
def run(two_topics, tmp_path_factory):
    folder = tmp_path_factory.mktemp("words")
    (folder / "secret place").mkdir()
    (folder / "secret place" / "topics.txt").write_text(two_topics)
    settings = {"dim": 8, "epochs": 2, "min_count": 1, "device": "cpu", "seed": 3}
    return embedviz.train(
        "skipgram", folder / "secret place" / "topics.txt", out=folder / "run", name="Two <topics>", **settings
    )


@pytest.fixture(scope="module")
def exported(run, tmp_path_factory):
    folder = tmp_path_factory.mktemp("exported") / "words"
    run.export_vectors(folder, "hugging-face")
    return folder


def test_our_reader_gets_the_same_space(run, exported):
    found = load_vectors(exported)
    assert found.labels == run.space.labels
    np.testing.assert_array_equal(found.vectors, run.space.vectors)
    pd.testing.assert_frame_equal(found.columns, run.space.columns)
    assert (found.kind, found.notes) == ("word", ())


@pytest.mark.parametrize("kind", ["word", "item", "user", "value", "text", "row"])
def test_every_kind_of_label_comes_back_with_its_columns(tmp_path, kind):
    space = EmbeddingSpace(LABELS, VECTORS, COLUMNS, kind=kind)
    write_folder(hugging_face_files(space), tmp_path / "out")
    with open(tmp_path / "out.zip", "wb") as stream:
        write_zip(hugging_face_files(space), stream)
    for source in (tmp_path / "out", tmp_path / "out.zip"):
        found = load_vectors(source)
        assert (found.labels, found.kind, found.notes) == (LABELS, kind, ())
        np.testing.assert_array_equal(found.vectors, VECTORS)
        pd.testing.assert_frame_equal(found.columns, COLUMNS)
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert ("tokenizer.json" in names) == ("modules.json" in names) == (kind == "word")
    assert load_vectors(tmp_path / "out", limit=2).labels == LABELS[:2]


def test_nothing_in_it_is_pickled(exported):
    assert {path.suffix for path in exported.iterdir()} == {".json", ".safetensors", ".md"}
    for path in exported.glob("*.json"):
        json.loads(path.read_text(encoding="utf-8"))


def test_a_texts_vector_is_the_mean_of_its_words_in_both_libraries(run, exported):
    space, text = run.space, "The CAT, the saw; hammer!"
    known = [word for word in ("the", "cat", "the", "saw", "hammer") if word in space]
    mean = np.mean([space.vector(word) for word in known], axis=0)
    model2vec = pytest.importorskip("model2vec", reason="the extra sentence is not installed")
    model = model2vec.StaticModel.from_pretrained(exported)
    np.testing.assert_allclose(model.encode([text])[0], mean, rtol=1e-5)
    assert len(known) == 3  # "the" is unknown: model2vec leaves it out, sentence-transformers counts it as zeros
    sentence_transformers = pytest.importorskip("sentence_transformers", reason="the extra sentence is not installed")
    other = sentence_transformers.SentenceTransformer(str(exported), device="cpu")
    np.testing.assert_allclose(other.encode(["cat saw hammer"])[0], mean, rtol=1e-5)
    np.testing.assert_allclose(other.encode([text])[0], mean * 3 / 5, rtol=1e-5)


def test_a_space_of_items_is_read_by_safetensors_and_its_vocabulary(tmp_path):
    from safetensors.numpy import load_file

    write_folder(hugging_face_files(EmbeddingSpace(LABELS, VECTORS, kind="item")), tmp_path / "out")
    vectors = load_file(tmp_path / "out" / "model.safetensors")["embeddings"]
    row_of = json.loads((tmp_path / "out" / "vocab.json").read_text(encoding="utf-8"))
    for label, vector in zip(LABELS, VECTORS, strict=True):
        np.testing.assert_array_equal(vectors[row_of[label]], vector)


def test_the_card_holds_scores_beside_baselines_the_protocol_and_the_settings(run, exported):
    card = (exported / "README.md").read_text(encoding="utf-8")
    assert card.startswith("---\nlicense: unknown\nlibrary_name: sentence-transformers\n")
    rows = dict(re.findall(r"^\| (.+?) \| (.*?) \|$", card, re.MULTILINE))
    assert rows["split"] == "Split by unit of text, seed 3, before anything was learned"
    assert rows["training set, words"] == f"{run.protocol.sizes['train']:,}"
    assert (rows["dim"], rows["epochs"], rows["model"], rows["data"]) == ("8", "2", "skipgram", "topics.txt")
    assert rows["embedviz that trained"] == embedviz.__version__
    assert rows["labels"] == f"{len(run.space):,} words"
    assert f"| This run, test set | {run.metrics['test/loss']:.3f}" in card
    assert f"| Trivial baseline | {run.metrics['baseline/loss']:.3f}" in card
    assert "## Licence\n\nunknown: fill in." in card
    assert "# Two &lt;topics>" in card


def test_the_card_names_no_folder_of_this_machine(run, exported):
    text = "".join(path.read_text(encoding="utf-8", errors="replace") for path in exported.iterdir())
    assert "secret place" not in text
    assert str(run.folder) not in text


def test_the_card_names_no_other_run(run, monkeypatch):
    settings = run.settings.model_copy(update={"vectors": f"run:{'0' * 32}:word"})
    monkeypatch.setattr(type(run), "settings", settings)
    assert "| vectors | another run |" in model_card(run.space, run, None)


def test_cells_and_headings_cannot_break_the_cards_tables(tmp_path):
    space = EmbeddingSpace(["a|b", "<script>x</script>"], VECTORS[:2], notes=["one\n# two"])
    write_folder(hugging_face_files(space), tmp_path / "out")
    card = (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    assert "| first labels | a\\|b, &lt;script>x&lt;/script> |" in card
    assert "- one # two" in card


def test_data_are_named_without_their_folders():
    assert data_name({"source": "path", "path": "/home/me/a b.csv"}) == "a b.csv"
    assert data_name({"source": "corpus", "files": [{"path": "/x/a.txt"}, {"path": "/x/b.txt"}]}) == "a.txt, b.txt"
    assert data_name({"source": "upload", "file": "u.csv"}) == "u.csv"
    assert data_name({"source": "sample", "sample": "kjv"}) == "kjv (a sample of embedviz)"


def test_opened_vectors_tell_by_their_labels_how_texts_are_split():
    def splitting(labels, kind="word"):
        return word_splitting(EmbeddingSpace(labels, VECTORS[: len(labels)], kind=kind), None)

    assert splitting(["the", "king"])[:2] == ("words", True)
    assert splitting(["the", ",", "King"])[:2] == ("treebank", False)
    assert splitting(["the"], "item") is None


def test_an_export_replaces_an_earlier_one_and_nothing_else(tmp_path):
    folder = tmp_path / "out"
    write_folder(hugging_face_files(EmbeddingSpace(LABELS, VECTORS, COLUMNS)), folder, OPTIONAL)
    assert (folder / "metadata.json").exists()
    write_folder(hugging_face_files(EmbeddingSpace(LABELS, VECTORS, kind="item")), folder, OPTIONAL)
    assert sorted(path.name for path in folder.iterdir()) == [
        "README.md",
        "config.json",
        "model.safetensors",
        "vocab.json",
    ]
    (folder / "mine.txt").write_text("x")
    with pytest.raises(SettingsError, match=r"out holds mine\.txt, so nothing is written into it"):
        write_folder(hugging_face_files(EmbeddingSpace(LABELS, VECTORS)), folder, OPTIONAL)
    with pytest.raises(SettingsError, match="is a file"):
        write_folder({}, folder / "mine.txt")
    with pytest.raises(SettingsError, match="There is no folder"):
        write_folder({}, tmp_path / "a" / "b")


def test_a_config_that_names_other_files_leads_nowhere(tmp_path):
    folder = tmp_path / "out"
    write_folder(hugging_face_files(EmbeddingSpace(LABELS, VECTORS, kind="item")), folder)
    (tmp_path / "other.json").write_text(json.dumps(["a", "b", "c", "d"]))
    for own in ({"labels": "../other.json"}, {"labels": ["x"], "kind": {}, "unnamed_rows": -5}, {"unnamed_rows": True}):
        (folder / "config.json").write_text(json.dumps({"embedviz": own}))
        found = load_vectors(folder)
        assert (found.labels, found.kind) == (["1", "2", "3", "4"], "row")
