"""fastText: the rows that words are made of, and the vectors of words that the text does not have."""

import numpy as np
import pytest

from embedviz.core.errors import SettingsError, UnknownLabelError
from embedviz.models.words.fasttext import SPEC, FasttextSettings, inputs_of
from embedviz.space.subwords import Subwords
from tests.models.words.fitting import WORD_MODELS, finish, learner, prepare, train

LABELS = ["king", "kings", "a", "übel", "日本語"]


def test_a_word_is_made_of_its_own_row_and_those_of_its_buckets():
    settings = FasttextSettings(min_n=2, max_n=4, buckets=50)
    inputs = inputs_of(LABELS, settings)
    hashing = Subwords(np.zeros((50, 1), np.float32), 2, 4)
    for word, label in enumerate(LABELS):
        rows = inputs.rows[inputs.starts[word] : inputs.starts[word + 1]]
        buckets = hashing.buckets([label.encode()])[1]
        assert rows[0] == word
        assert inputs.buckets[rows[1:] - len(LABELS)].tolist() == buckets.tolist()
    assert sorted(set(inputs.rows.tolist())) == list(range(len(LABELS) + inputs.n_parts))
    assert (np.diff(inputs.buckets) > 0).all()
    assert (inputs.n_buckets, inputs.min_n, inputs.max_n) == (50, 2, 4)


def test_word_vectors_are_the_means_of_their_rows():
    inputs = inputs_of(LABELS, FasttextSettings(buckets=50))
    parts = np.random.default_rng(0).normal(size=(len(LABELS) + inputs.n_parts, 3)).astype(np.float32)
    means = inputs.means(parts)
    for word in range(len(LABELS)):
        rows = inputs.rows[inputs.starts[word] : inputs.starts[word + 1]]
        assert means[word] == pytest.approx(parts[rows].mean(axis=0), abs=1e-6)


def test_an_unknown_word_gets_the_mean_of_the_ngrams_that_the_text_had(two_topics):
    corpus = prepare("fasttext", two_topics, epochs=3, buckets=10_000)
    fitted = finish(learner(corpus))
    space, engine = fitted.current().spaces()["word"], fitted.engine
    hashing = Subwords(np.empty((0, 0), np.float32), 3, 6, None, 10_000)
    _, buckets = hashing.buckets([b"hammers"])
    known = {int(b): row for row, b in enumerate(engine.inputs.buckets)}
    rows = [engine.W[12 + known[b], :16] if b in known else np.zeros(16, np.float32) for b in buckets.tolist()]
    assert 0 < sum(b in known for b in buckets.tolist()) < len(buckets)
    assert space.vector("hammers") == pytest.approx(np.mean(rows, axis=0), abs=1e-6)
    assert "hammers" not in space
    assert space.neighbors("hammers", 1)["label"].tolist() == ["hammer"]


def test_unknown_words_have_neighbours_from_fasttext_alone(two_topics):
    for model in WORD_MODELS:
        space = train(model, two_topics, epochs=2).spaces()["word"]
        if model == "fasttext":
            frame = space.neighbors("hammerz", 3)
            assert len(frame) == 3
            assert "'hammerz'" in frame.attrs["composed"]
            assert "composed" not in space.neighbors("hammer", 3).attrs
        else:
            with pytest.raises(UnknownLabelError, match=r"'hammerz'.*Did you mean hammer"):
                space.neighbors("hammerz", 3)


def test_the_best_vectors_keep_words_and_parts_of_one_time(two_topics):
    trained = finish(learner(prepare("fasttext", two_topics, epochs=30, buckets=10_000))).best()
    hashing = Subwords(np.empty((0, 0), np.float32), 3, 6, None, 10_000)
    _, buckets = hashing.buckets([b"hammer"])
    own = trained.centre[trained.labels.index("hammer")] * (1 + len(buckets)) - trained.subwords.of_buckets(
        buckets
    ).sum(axis=0)
    assert np.abs(own).max() < 3  # what is left is the row of the word itself, no larger than others
    assert trained.subwords.compose("hammer") == pytest.approx(trained.subwords.of_buckets(buckets).mean(axis=0))


def test_ngrams_have_a_shortest_and_a_longest_length():
    with pytest.raises(SettingsError, match="min_n is at most max_n; got 5 and 4"):
        SPEC.Settings.of(min_n=5, max_n=4)


def test_words_with_few_characters_have_their_own_row_alone(two_topics):
    text = two_topics.replace("cat", "x").replace("saw", "y")
    trained = train("fasttext", text, min_n=4, max_n=5, epochs=2)
    assert np.isfinite(trained.centre).all()
    assert trained.subwords.compose("x") is None
