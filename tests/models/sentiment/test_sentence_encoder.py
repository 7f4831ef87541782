import json
import shutil

import numpy as np
import pytest

from embedviz.core import archive
from embedviz.core.errors import DataError, SettingsError
from embedviz.models.sentiment import sentence_encoder
from embedviz.models.sentiment.sentence_encoder import check_encoder, encoder_kind, open_encoder, to_download
from embedviz.models.sentiment.spec import SPEC
from embedviz.models.sentiment.trained import TrainedSentiment
from tests.models.sentiment.reviews import BAD, GOOD, PLAIN, finish, fitted, reviews, training

model2vec = pytest.importorskip("model2vec", reason="pip install model2vec sentence-transformers")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A static encoder of the reviews' words: the good ones lie on one side, the bad ones on the other."""
    from tokenizers import Tokenizer, models, pre_tokenizers

    words = ["[UNK]", *GOOD, *BAD, *PLAIN]
    tokenizer = Tokenizer(models.WordLevel({word: i for i, word in enumerate(words)}, "[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    vectors = np.random.default_rng(0).normal(0, 0.1, (len(words), 8)).astype(np.float32)
    vectors[1 : 1 + len(GOOD), 0], vectors[1 + len(GOOD) : 1 + len(GOOD) + len(BAD), 0] = 1, -1
    path = tmp_path_factory.mktemp("encoders") / "tiny"
    model2vec.StaticModel(vectors, tokenizer, {"model_type": "model2vec"}).save_pretrained(path)
    return path


@pytest.fixture(scope="module")
def trained(folder):
    return fitted(reviews(300), sentence_encoder=str(folder), linear_term=False)


@pytest.fixture
def copied(folder, tmp_path):
    return shutil.copytree(folder, tmp_path / "copy")


def test_a_folder_of_model2vec_gives_a_vector_a_text(folder):
    vectors = open_encoder(str(folder)).encode(["a lovely film", "a dull film", ""])
    assert vectors.shape == (3, 8)
    assert vectors.dtype == np.float32
    assert vectors[0, 0] > 0 > vectors[1, 0]


def test_the_term_of_the_encoder_enters_the_mean(trained):
    prepared, model = trained.prepared, trained.trained
    rows = prepared.split.test
    words, sentences = prepared.data.words(rows), prepared.sentences[rows]
    alone = model.sentence.logits(sentences).argmax(1)
    assert (alone == prepared.data.codes[rows]).mean() == 1
    with_it, without = model.probabilities(words, sentences), model.probabilities(words)
    assert not np.allclose(with_it, without)
    found = model.predict([prepared.data.raw[row] for row in rows])
    assert np.allclose(found["probability"], with_it.max(1), atol=1e-5)
    assert trained.metrics["test/accuracy"] == 1
    assert trained.evaluation.protocol.details["sentence_encoder"] == model.settings.sentence_encoder


def test_the_term_is_centred_logistic_regression(trained):
    split, x, y = trained.prepared.split, trained.prepared.sentences, trained.prepared.data.codes
    term = trained.trained.sentence
    logits = term.logits(x[split.train])
    probabilities = np.exp(logits[:, 1]) / np.exp(logits).sum(1)
    assert probabilities.mean() == pytest.approx(y[split.train].mean(), abs=0.01)  # as the bias's gradient wants it


def test_the_texts_by_the_encoder_are_the_texts_by_the_network_with_other_vectors(trained):
    spaces = finish(SPEC.examples(trained.trained, trained.prepared, None))
    assert list(spaces) == ["text", "encoder"]
    encoder = spaces["encoder"]
    assert encoder.kind == "text"
    assert encoder.labels == spaces["text"].labels
    assert encoder.columns.equals(spaces["text"].columns)
    assert np.array_equal(encoder.vectors, trained.prepared.sentences)


def test_before_the_network_is_used_the_texts_are_those_of_the_encoder(folder):
    begun = training(reviews(100), sentence_encoder=str(folder), linear_term=False)
    for event in begun.learner.run():
        if event.message == "Starting the network":
            break
    spaces = finish(SPEC.examples(begun.trained, begun.prepared, None))
    assert list(spaces) == ["encoder"]
    found = begun.trained.predict(spaces["encoder"].columns["text"].tolist())["prediction"]
    assert found.tolist() == spaces["encoder"].columns["prediction"].tolist()


def test_a_saved_model_predicts_the_same(trained, tmp_path):
    archive.save(trained.trained, tmp_path / "model.safetensors")
    loaded = TrainedSentiment.load(tmp_path / "model.safetensors")
    texts = ["a lovely film", "a dull story", "lovely lovely dull", "nothing of it known", ""]
    one, two = trained.trained.predict(texts, explain=True), loaded.predict(texts, explain=True)
    assert one.drop(columns="reasons").equals(two.drop(columns="reasons"))
    assert one["reasons"].tolist() == two["reasons"].tolist()


def test_the_training_resumes_with_the_term(folder):
    options = {"sentence_encoder": str(folder), "epochs": 2}
    whole = fitted(reviews(100), **options).trained
    first = training(reviews(100), **options).learner
    for event in first.run():
        if event.message == "Training":
            break
    second = training(reviews(100), **options).learner
    second.restore(first.state())
    finish(second.run())
    assert np.array_equal(second.best().sentence.weights, whole.sentence.weights)
    assert np.array_equal(second.best().weights["fc.weight"], whole.weights["fc.weight"])


def test_a_pickle_is_refused(copied):
    (copied / "pytorch_model.bin").write_bytes(b"\x80\x04.")
    with pytest.raises(DataError, match=r"holds pytorch_model\.bin, a pickle"):
        open_encoder(str(copied))


def test_code_of_its_own_is_refused(copied):
    (copied / "modules.json").write_text(json.dumps([{"idx": 0, "path": "", "type": "evil.Module"}]))
    with pytest.raises(DataError, match="has code of its own"):
        open_encoder(str(copied))


def test_other_folders_are_refused_in_a_sentence(copied, tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match=r"expected model\.safetensors"):
        check_encoder(str(tmp_path / "empty"))
    (copied / "config.json").write_text("{")
    with pytest.raises(DataError, match=r"config\.json .* is no JSON"):
        encoder_kind(copied)
    (copied / "config.json").unlink()
    (copied / "modules.json").unlink()
    with pytest.raises(DataError, match=r"expected modules\.json"):
        encoder_kind(copied)
    (copied / "config.json").write_text('{"model_type": "model2vec"}')
    (copied / "model.safetensors").write_bytes(b"nothing")
    with pytest.raises(DataError, match="could not be opened"):
        open_encoder(str(copied))


@pytest.mark.parametrize("name", ["/nowhere/at/all", "./nowhere", "a/b/c"])
def test_a_path_without_a_folder_is_no_name(name):
    with pytest.raises(SettingsError, match="There is no folder"):
        check_encoder(name)


def test_a_shared_server_opens_none(folder, monkeypatch):
    monkeypatch.setenv("EMBEDVIZ_MODE", "shared")
    for name in (str(folder), "owner/model"):
        with pytest.raises(SettingsError, match="this shared server downloads and opens none"):
            training(reviews(60), sentence_encoder=name)
    assert training(reviews(60)).prepared.sentences is None


def test_a_shared_server_predicts_with_none(trained, monkeypatch):
    monkeypatch.setenv("EMBEDVIZ_MODE", "shared")
    sentence_encoder.open_encoder.cache_clear()
    with pytest.raises(SettingsError, match="shared server"):
        trained.trained.predict(["a lovely film"])


def test_a_missing_package_is_named(folder, monkeypatch):
    monkeypatch.setattr(sentence_encoder, "find_spec", lambda name: None)
    with pytest.raises(SettingsError, match=r"needs the package model2vec\. .* pip install model2vec"):
        check_encoder(str(folder))
    with pytest.raises(SettingsError, match="needs the package model2vec or sentence-transformers"):
        check_encoder("owner/model")


def test_only_a_name_of_the_hub_is_downloaded(folder):
    assert not to_download("")
    assert not to_download(str(folder))
    assert to_download("owner-of-nothing/model-of-nothing")
