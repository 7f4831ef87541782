"""Trainings that start from vectors: known words, kept vocabularies, the lower rate, and runs that go on from a run."""

from __future__ import annotations

import functools

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

import embedviz as ev
from embedviz.core.errors import SettingsError
from embedviz.core.generators import result_of
from embedviz.core.jobs.reporter import Reporter
from embedviz.data.reading import read_table
from embedviz.data.samples import SAMPLES
from embedviz.formats import load_vectors
from embedviz.jobs.pretrained import open_pretrained_space
from embedviz.models import model_spec
from embedviz.models.sentiment.settings import SentimentSettings
from embedviz.models.words.sampling_gpu import GpuSamplingEngine
from embedviz.space import EmbeddingSpace
from embedviz.space.subwords import Subwords
from tests.models.words.fitting import SAMPLING_MODELS, STEPWISE_MODELS, finish, learner, prepare

TINY = {"min_count": 1, "dim": 16, "seed": 3}
GIVEN = {"vectors": "given"}  # any name but none: the space itself is handed over


def settings_of(model, **settings):
    return {name: value for name, value in settings.items() if name in model_spec(model).Settings.model_fields}


@pytest.fixture
def given():
    """Vectors of some words of `two_topics` in an order of their own, and of two words that it does not have."""
    labels = ["zebra", "cow", "saw", "cat", "übel", "hammer"]
    return EmbeddingSpace(labels, np.random.default_rng(1).normal(size=(6, 16)).astype(np.float32))


@pytest.mark.parametrize("model", STEPWISE_MODELS)
def test_known_words_start_from_their_vectors_and_others_near_zero(model, two_topics, given):
    space = learner(prepare(model, two_topics, given, buckets=200, **GIVEN)).current().spaces()["word"]
    known = ["cow", "saw", "cat", "hammer"]
    assert np.stack([space.vector(w) for w in known]) == pytest.approx(np.stack([given.vector(w) for w in known]), abs=1e-5)  # fmt: skip
    others = [label for label in space.labels if label not in known]
    assert len(others) == 8
    assert all(np.linalg.norm(space.vector(label)) < 0.3 for label in others)


def test_counts_alone_take_no_vectors_to_start_from(two_topics, given):
    with pytest.raises(SettingsError, match=r"^This algorithm starts from nothing but counts. Set vectors to none.$"):
        learner(prepare("ppmi_svd", two_topics, given))
    with pytest.raises(SettingsError, match="vectors"):
        model_spec("ppmi_svd").Settings.of(vectors="glove")


@pytest.mark.parametrize("model", STEPWISE_MODELS)
def test_vectors_of_another_dimension_are_refused_in_a_sentence(model, two_topics, given):
    sentence = "The vectors to start from have 16 dimensions and 12 are asked for. Set dim to 16."
    with pytest.raises(SettingsError, match=f"^{sentence}$"):
        prepare(model, two_topics, given, dim=12, **GIVEN)


def test_vectors_that_know_no_word_of_the_text_are_refused(two_topics):
    foreign = EmbeddingSpace(["Hund", "Katze"], np.eye(2, 16, dtype=np.float32))
    with pytest.raises(SettingsError, match=r"^No word of the text has a vector.*Are they of the same language"):
        prepare("skipgram", two_topics, foreign, **GIVEN)


@pytest.mark.parametrize("model", STEPWISE_MODELS)
def test_a_vocabulary_that_is_kept_only_grows_from_text_to_text(model, two_topics):
    first, second = (text.splitlines() for text in (two_topics, two_topics.replace("cat", "tiger")))
    before = finish(learner(prepare(model, "\n".join(first), epochs=2))).best().spaces()["word"]
    text = "\n".join(line for line in second if "hammer" not in line)
    dropped = prepare(model, text, before, epochs=2, **GIVEN).corpus.vocabulary.labels
    assert "tiger" in dropped
    assert not {"cat", "hammer"} & set(dropped)
    corpus = prepare(model, text, before, epochs=2, keep_vocabulary=True, **GIVEN)
    after = finish(learner(corpus)).best().spaces()["word"]
    assert set(after.labels) == {*before.labels, "tiger"}
    assert after.labels[-2:] == [label for label in before.labels if label in ("cat", "hammer")]
    assert after.columns["count"].tolist()[-2:] == [0, 0]
    assert all(count > 0 for count in after.columns["count"].tolist()[:-2])
    assert np.isfinite(after.vectors).all()
    if model != "fasttext":  # there other words move the n-grams that a kept word shares with them
        assert after.vector("hammer") == pytest.approx(before.vector("hammer"), abs=1e-6)
    assert model_spec(model).evaluate(finish(learner(corpus)).best(), corpus).protocol.details[
        "words_with_a_vector_to_start_from"
    ] == len(before)


@pytest.mark.parametrize("model", STEPWISE_MODELS)
def test_the_rate_is_lower_and_the_passes_are_fewer_from_known_vectors(model, two_topics, given):
    fresh, warm = prepare(model, two_topics, learning_rate=0.04), prepare(model, two_topics, given, learning_rate=0.04, warm_start_rate=0.25, **GIVEN)  # fmt: skip
    assert learner(fresh).engine.rate(0) == pytest.approx(0.04)
    assert learner(warm).engine.rate(0) == pytest.approx(0.01)
    assert warm.settings.epochs_for(1000) == 5 < fresh.settings.epochs_for(1000)
    assert prepare(model, two_topics, given, epochs=7, **GIVEN).settings.epochs_for(1000) == 7


@functools.cache
def glove():
    return load_vectors(SAMPLES["glove"].path)


@functools.cache
def from_glove(model, **settings):
    """The space that King James makes of the sample in one pass, and how far its words are from those of the sample."""
    spec, table = model_spec(model), read_table(SAMPLES["kjv"].path)
    chosen = settings_of(model, vectors="glove", epochs=1, buckets=20_000, **settings)
    corpus = result_of(spec.prepare(table, table.roles, spec.Settings.of(**chosen), glove()))
    with threadpool_limits(1):
        space = finish(learner(corpus)).best().spaces()["word"]
    words = [label for label in space.labels[:2000] if label in glove()]
    a, b = (np.stack([s.vector(w) for w in words]) for s in (space, glove()))
    return space, 1 - float(((a * b).sum(1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)).mean())


@pytest.mark.slow
@pytest.mark.parametrize("model", STEPWISE_MODELS)
def test_king_james_learned_from_glove_still_knows_what_glove_knew(model):
    """In the text alone, queens are near Esther and Sheba; the sample has crowns and thrones."""
    space, moved = from_glove(model)
    found = space.neighbors("queen", 10)["label"].tolist()
    assert "king" in found
    assert {"crown", "throne", "prince", "royal"} & set(found)
    assert 0 < moved < 0.1


@pytest.mark.slow
def test_at_the_whole_rate_known_vectors_are_moved_further():
    _, slowly = from_glove("skipgram")
    _, quickly = from_glove("skipgram", warm_start_rate=1.0)
    assert quickly > 2 * slowly


# Runs that go on from a run. What is measured first comes after a twelfth of one pass.


@pytest.fixture
def text(two_topics, tmp_path):
    path = tmp_path / "two_topics.txt"
    path.write_text(two_topics)
    return path


def losses(run):
    return [event["metrics"]["validation/loss"] for event in run.events().events if event.get("metrics")]


def opened(run, model, **settings):
    chosen = settings_of(model, vectors=f"run:{run.id}:word", **{**TINY, **settings})
    return open_pretrained_space(model_spec(model).Settings.of(**chosen), Reporter())


@pytest.mark.slow
@pytest.mark.parametrize("model", SAMPLING_MODELS)
def test_a_run_that_goes_on_begins_where_the_other_ended(model, many_topics, tmp_path):
    path = tmp_path / "topics.txt"
    path.write_text(many_topics)
    chosen = settings_of(model, **TINY, subsample=0, buckets=2000)
    first = ev.train(model, path, epochs=20, **chosen)
    first.space.save(tmp_path / "vectors.txt")
    further = ev.train(model, path, epochs=1, vectors=f"run:{first.id}:word", **chosen)
    vectors_alone = ev.train(model, path, epochs=1, vectors=str(tmp_path / "vectors.txt"), **chosen)
    assert losses(further)[0] < min(losses(first)) + 0.1
    assert losses(further)[0] < losses(vectors_alone)[0] - 0.5


@pytest.mark.parametrize("model", STEPWISE_MODELS)
def test_words_and_contexts_of_the_same_algorithm_are_taken_over(model, text, two_topics):
    chosen = settings_of(model, **TINY, epochs=3)
    run = ev.train(model, text, **chosen)
    kept = model_spec(model).Trained.load(run.folder / "model.safetensors")
    space = opened(run, model)
    trained = learner(prepare(model, two_topics.replace("cat", "tiger"), space, **TINY, **GIVEN)).current()
    for label in (label for label in trained.labels if label != "tiger"):
        here, there = trained.labels.index(label), kept.labels.index(label)
        assert trained.centre[here] == pytest.approx(kept.centre[there], abs=1e-5), label
        assert trained.context[here] == pytest.approx(kept.context[there], abs=1e-6), label
        assert np.abs(trained.context[here]).max() > 0.01
    assert np.linalg.norm(trained.vectors[trained.labels.index("tiger")]) < 0.3


def test_glove_goes_on_with_biases_that_suit_its_vectors(text, two_topics):
    """Vectors come without biases. Learned from 0, the first loss would be that of no vectors at all, and they would move."""
    run = ev.train("glove", text, epochs=60, **TINY)
    fitted = learner(prepare("glove", two_topics, opened(run, "glove"), **TINY, **GIVEN)).engine
    begun = fitted.measure()["train/loss"]
    fitted.biases[:] = 0
    assert begun < fitted.measure()["train/loss"] - 2
    ended = finish(learner(prepare("glove", two_topics, epochs=60, **TINY))).engine.measure()["train/loss"]
    assert begun < ended + 0.3


def test_glove_halves_vectors_without_contexts(two_topics, given):
    engine = learner(prepare("glove", two_topics, given, **GIVEN)).engine
    cow = engine.vocabulary.labels.index("cow")
    assert np.array_equal(engine.W[cow], engine.C[cow])
    assert engine.W[cow, :16] == pytest.approx(given.vector("cow") / 2)


def test_the_biases_that_glove_fits_are_the_least_squares(two_topics, given):
    engine = learner(prepare("glove", two_topics, given, **GIVEN)).engine
    i, j = np.concatenate([engine._first, engine._second]), np.concatenate([engine._second, engine._first])

    def weighted_squares(biases):
        errors = (engine.W[i] * engine.C[j]).sum(1) + biases[0, i] + biases[1, j] - np.tile(engine._log_counts, 2)
        return float(np.tile(engine._pair_weights, 2) @ errors**2)

    least = weighted_squares(engine.biases)
    rng = np.random.default_rng(0)
    for _ in range(20):
        assert weighted_squares(engine.biases + rng.normal(0, 0.05, engine.biases.shape)) > least


def test_fasttext_goes_on_with_the_ngrams_of_its_run(text, two_topics):
    run = ev.train("fasttext", text, epochs=3, buckets=2000, **TINY)
    further = learner(prepare("fasttext", two_topics, opened(run, "fasttext"), buckets=2000, **TINY, **GIVEN)).current()
    for word in ("hammers", "sheepdog", "cow"):
        expected = run.space.subwords.compose(word)
        assert np.linalg.norm(expected) > 0.01
        assert further.subwords.compose(word) == pytest.approx(expected, abs=1e-6)
    other = learner(prepare("fasttext", two_topics, opened(run, "fasttext"), buckets=1999, **TINY, **GIVEN)).current()
    assert other.subwords.compose("hammers") != pytest.approx(run.space.subwords.compose("hammers"), abs=1e-3)
    assert other.spaces()["word"].vector("cow") == pytest.approx(run.space.vector("cow"), abs=1e-5)


def test_ngrams_of_a_file_with_a_vector_for_every_bucket_are_taken(two_topics, given):
    vectors = np.random.default_rng(2).normal(size=(300, 16)).astype(np.float32)
    dense = EmbeddingSpace(given.labels, given.vectors, subwords=Subwords(vectors, 3, 6))
    trained = learner(prepare("fasttext", two_topics, dense, buckets=300, **GIVEN)).current()
    used = trained.subwords.used
    assert np.array_equal(trained.subwords.vectors, vectors[used])
    assert trained.centre[trained.labels.index("cat")] == pytest.approx(given.vector("cat"), abs=1e-5)


def test_the_nodes_of_a_tree_are_no_contexts(text, two_topics):
    tree = {"loss": "hierarchical_softmax"}
    of_tree = ev.train("skipgram", text, epochs=2, **TINY, **tree)
    assert opened(of_tree, "skipgram").contexts is None
    plain = ev.train("skipgram", text, epochs=2, **TINY)
    space = opened(plain, "skipgram", **tree)
    engine = learner(prepare("skipgram", two_topics, space, **TINY, **GIVEN, **tree)).engine
    assert not engine.C.any()
    assert engine.W[0, :16] == pytest.approx(plain.space.vector(engine.vocabulary.labels[0]))


def test_contexts_of_another_algorithm_are_left_out(text):
    run = ev.train("skipgram", text, epochs=1, **TINY)
    assert opened(run, "skipgram").contexts.shape == (12, 16)
    assert opened(run, "cbow").contexts is None
    assert opened(run, "glove").contexts is None
    assert open_pretrained_space(SentimentSettings.of(vectors=f"run:{run.id}:word"), Reporter()).contexts is None
    (run.folder / "model.safetensors").write_bytes(b"of an earlier version")
    assert opened(run, "skipgram").contexts is None
    (run.folder / "model.safetensors").unlink()
    assert opened(run, "skipgram").contexts is None


@pytest.mark.parametrize("model", SAMPLING_MODELS)
def test_an_engine_of_batches_starts_from_the_same_numbers(text, two_topics, model):
    chosen = settings_of(model, **TINY, buckets=200)
    run = ev.train(model, text, epochs=2, **chosen)
    corpus = prepare(model, two_topics, opened(run, model, buckets=200), **chosen, **GIVEN)
    compiled = learner(corpus).engine
    batches = GpuSamplingEngine(corpus.corpus, corpus.settings, compiled.inputs, "cpu")
    batches.start_from(corpus.start)
    weights = batches.weights()  # as they come back from the device
    assert compiled.C.any()
    for name, array in compiled.vectors().items():
        assert np.array_equal(weights[name], array), name
