import json

import numpy as np
import pytest

from embedviz.data.folds import Fold
from embedviz.models.sentiment import linear
from embedviz.models.sentiment.settings import SentimentSettings
from embedviz.models.sentiment.spec import SPEC
from embedviz.space import EmbeddingSpace
from embedviz.training.protocols import State
from tests.models.sentiment.reviews import COLUMNS, SMALL, finish, fitted, reviews, table_of, training

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("preset", ["recommended", "fast"])
def test_moods_are_learned(preset):
    metrics = fitted(reviews(600), preset=preset).metrics
    assert metrics["test/accuracy"] > 0.95 > metrics["baseline/accuracy"]


def test_the_textbook_learns_with_given_vectors(space):
    found = fitted(reviews(600), space, preset="textbook", vectors="mine", epochs=60, hidden_dim=128)
    assert found.metrics["test/accuracy"] > 0.9
    spaces = found.trained.spaces()
    assert set(spaces) == {"word"}
    assert np.array_equal(spaces["word"].vector("lovely"), space.vector("lovely"))
    assert "grim" not in spaces["word"]  # without a vector it is the unknown word
    assert found.trained.predict(["grim story"]).note[0] == "Unknown words: grim."


def assert_same(one, two):
    """Two trained models are the same, apart from the objects that hold them."""
    assert one.weights.keys() == two.weights.keys()
    assert all(np.array_equal(one.weights[name], two.weights[name]) for name in one.weights)
    assert (one.linear is None) == (two.linear is None)
    if one.linear is not None:
        assert np.array_equal(one.linear.weights, two.linear.weights)
        assert np.array_equal(one.linear.bias, two.linear.bias)
    assert np.array_equal(one.further, two.further)
    assert np.array_equal(one.shares, two.shares)
    assert one.word_columns.equals(two.word_columns)
    for name in ("settings", "column", "classes", "ngrams", "use_network", "scale"):
        assert getattr(one, name) == getattr(two, name), name
    assert one.vocabulary.labels == two.vocabulary.labels
    assert one.vocabulary.further == two.vocabulary.further


def test_nothing_of_the_held_out_texts_is_learned(space, monkeypatch):
    """Held-out texts replaced by others: the same vocabulary, n-grams and weights come out. Validation texts choose the
    strength of the linear term and the epoch, of which there is one each."""
    monkeypatch.setattr(linear, "STRENGTHS", (2.0,))
    frame = reviews(300)
    first = fitted(frame, space, vectors="mine", epochs=1)
    split = first.prepared.split
    changed = frame.copy()
    held_out = np.concatenate([split.validation, split.test])
    changed.loc[held_out, "text"] = "utterly strange words words that strange only stand here here"
    second = fitted(changed, space, vectors="mine", epochs=1)
    assert np.array_equal(split.train, second.prepared.split.train)
    assert_same(first.trained, second.trained)
    assert "strange" not in second.trained.vocabulary
    changed.loc[split.train[0], "text"] += " strange strange"
    assert "strange" in training(changed, space, vectors="mine").prepared.vocabulary


def test_test_texts_choose_nothing(space):
    frame = reviews(300)
    first = fitted(frame, space, vectors="mine")
    changed = frame.copy()
    changed.loc[first.prepared.split.test, "text"] = "utterly strange words words that strange only stand here here"
    assert_same(first.trained, fitted(changed, space, vectors="mine").trained)


def test_folds_test_every_text_once():
    frame = reviews(100)
    tested = [training(frame, fold=Fold(number, 4)).prepared.split.test for number in range(4)]
    assert sorted(np.concatenate(tested)) == list(range(100))


def taken_up(state, *arguments, **settings):
    """A new learner that has taken a state back, as a checkpoint keeps it."""
    second = training(*arguments, **settings).learner
    arrays = {name: np.array(array) for name, array in state.arrays.items()}
    second.restore(State(arrays, json.loads(json.dumps(state.values))))
    return second


def test_the_linear_term_and_the_network_resume_exactly(space):
    whole = fitted(reviews(), space, vectors="mine", epochs=3).trained
    for seen in (1, 2, 8, 20):  # while n-grams are found and the linear term is fitted; after it
        first = training(reviews(), space, vectors="mine", epochs=3).learner
        for _, _ in zip(range(seen), first.run(), strict=False):
            pass
        second = taken_up(first.state(), reviews(), space, vectors="mine", epochs=3)
        finish(second.run())
        assert_same(second.best(), whole)


def test_a_finished_state_is_whole(space):
    first = fitted(reviews(), space, vectors="mine")
    second = taken_up(first.learner.state(), reviews(), space, vectors="mine")
    assert not [event for event in second.run() if event.message == "Training"]
    assert_same(second.best(), first.trained)


def test_a_word_the_vectors_write_with_a_capital_is_found():
    space = EmbeddingSpace(["Vienna", "NASA"], np.eye(2, 12, dtype=np.float32))
    frame = reviews(40).assign(text=lambda f: f.text + " Vienna vienna nasa")
    before = training(frame, space, vectors="mine").trained.spaces()["before"]
    assert np.allclose(before.vector("vienna"), space.vector("Vienna"))
    assert np.allclose(before.vector("nasa"), space.vector("NASA"))
    cased = training(frame, space, vectors="mine", lowercase=False).trained.spaces()["before"]
    assert cased.labels == ["Vienna"]


def test_stopped_before_the_network_has_learned_the_linear_term_answers():
    found = training(reviews(600), epochs=40)
    for event in found.learner.run():
        assert event.message != "Training"
        if found.trained.linear is not None:
            break
        assert found.trained.use_network  # nothing else is there yet
    assert not found.trained.use_network
    assert found.metrics["test/accuracy"] > 0.95
    for event in found.learner.run():
        assert found.trained.use_network == bool(event.metrics)
        if event.metrics:
            break


def test_the_best_epoch_is_what_is_kept():
    found = training(reviews(200), epochs=30, learning_rate=0.5, embedding_rate=0.5, linear_term=False)
    scores = [event.metrics["validation/log_loss"] for event in found.learner.run() if event.metrics]
    assert scores[-1] > min(scores)
    assert found.metrics["validation/log_loss"] == pytest.approx(min(scores), rel=1e-4)


def test_another_seed_gives_other_weights():
    one, two = (fitted(reviews(), seed=seed).trained.weights["fc.weight"] for seed in (0, 1))
    assert not np.array_equal(one, two)


def test_how_much_of_the_texts_the_vectors_cover_is_reported_before_the_training(space):
    settings = SentimentSettings.of(**{**SMALL, "vectors": "mine"})
    messages = [event.message for event in SPEC.prepare(table_of(reviews()), COLUMNS, settings, space)]
    assert any(message.startswith("The vectors 'mine' cover") for message in messages)
