import json

import numpy as np
import pytest

from embedviz.data.reading import read_table
from embedviz.data.splits import Fold
from embedviz.models.sentiment.model import Sentiment
from embedviz.space import EmbeddingSpace
from tests.models.sentiment.reviews import (
    COLUMNS,
    CPU,
    SMALL,
    Given,
    drain,
    fitted,
    made,
    reviews,
)


@pytest.mark.parametrize("preset", ["recommended", "fast"])
def test_moods_are_learned(preset):
    settings = {**SMALL, "preset": preset}
    model = Sentiment(Sentiment.Settings.of(**settings))
    drain(model.prepare(Given(reviews(600)), COLUMNS))
    drain(model.fit(CPU, 1))
    metrics = model.evaluate()
    assert metrics["test/accuracy"] > 0.95 > metrics["baseline/accuracy"]


def test_the_textbook_learns_with_given_vectors(space):
    model = Sentiment(Sentiment.Settings.of(preset="textbook", vectors="mine", epochs=60))
    model.take_vectors(space)
    drain(model.prepare(Given(reviews(600)), COLUMNS))
    drain(model.fit(CPU, 1))
    assert model.evaluate()["test/accuracy"] > 0.9
    spaces = model.spaces()
    assert set(spaces) == {"word"}
    assert np.array_equal(spaces["word"].vector("lovely"), space.vector("lovely"))
    assert "grim" not in spaces["word"]  # without a vector it is the unknown word
    assert model.predict(["grim story"]).note[0] == "Not known: grim."


def test_nothing_of_the_held_out_texts_is_learned(space):
    """Held-out texts replaced by others: the same vocabulary, n-grams and weights come out."""
    frame = reviews(300)
    first = fitted(frame, space, vectors="mine", epochs=1)
    held_out = np.concatenate([first.rows["validation"], first.rows["test"]])
    changed = frame.copy()
    changed.loc[held_out, "text"] = "utterly strange words words that strange only stand here here"
    second = fitted(changed, space, vectors="mine", epochs=1)
    assert np.array_equal(first.rows["train"], second.rows["train"])
    assert first.knowledge() == second.knowledge()
    one, two = first.weights(), second.weights()
    assert one.keys() == two.keys()
    assert all(np.array_equal(one[name], two[name]) for name in one)
    assert "strange" not in second.vocabulary
    changed.loc[first.rows["train"][0], "text"] += " strange strange"
    assert "strange" in made(changed, space, vectors="mine").vocabulary


def test_folds_test_every_text_once():
    frame = reviews(100)
    tested = [made(frame, fold=Fold(number, 4)).rows["test"] for number in range(4)]
    assert sorted(np.concatenate(tested)) == list(range(100))


def test_the_linear_term_and_the_network_go_on_from_a_state_exactly(space):
    whole = fitted(reviews(), space, vectors="mine", epochs=3).weights()
    for seen in (1, 2, 8):  # while the linear term is fitted; after it
        first = made(reviews(), space, vectors="mine", epochs=3)
        for _, _ in zip(range(seen), first.fit(CPU, 1), strict=False):
            pass
        arrays, values = first.state()
        arrays = {name: np.array(array) for name, array in arrays.items()}
        second = made(reviews(), space, vectors="mine", epochs=3)
        second.restore(arrays, json.loads(json.dumps(values)))
        drain(second.fit(CPU, 1))
        assert all(np.array_equal(second.weights()[name], whole[name]) for name in whole), seen


def test_a_finished_state_is_whole(space):
    first = fitted(reviews(), space, vectors="mine")
    second = made(reviews(), space, vectors="mine")
    second.restore(*first.state())
    assert not list(second.fit(CPU, 1))
    assert second.knowledge() == first.knowledge()
    assert second.evaluate() == first.evaluate()


def test_a_word_the_vectors_write_with_a_capital_is_found():
    space = EmbeddingSpace(["Vienna", "NASA"], np.eye(2, 12, dtype=np.float32))
    frame = reviews(40).assign(text=lambda f: f.text + " Vienna vienna nasa")
    before = made(frame, space, vectors="mine").spaces()["before"]
    assert np.allclose(before.vector("vienna"), space.vector("Vienna"))
    assert np.allclose(before.vector("nasa"), space.vector("NASA"))
    cased = made(frame, space, vectors="mine", lowercase=False).spaces()["before"]
    assert cased.labels == ["Vienna"]


def test_stopped_before_the_network_has_learned_the_linear_term_answers():
    model = made(reviews(600), epochs=40)
    for event in model.fit(CPU, 1):
        if model.linear is not None and event.message == "Training":
            break
    assert model.knowledge()["use_network"] == bool(event.metrics)
    assert model.evaluate()["test/accuracy"] > 0.95


def test_the_best_epoch_is_what_is_kept():
    model = made(reviews(200), epochs=30, learning_rate=0.5, embedding_rate=0.5, linear_term=False)
    scores = [event.metrics["validation/log_loss"] for event in model.fit(CPU, 1) if event.metrics]
    assert scores[-1] > min(scores)
    assert model.evaluate()["validation/log_loss"] == pytest.approx(min(scores), rel=1e-4)


def test_another_seed_gives_other_weights():
    one, two = (fitted(reviews(), seed=seed).weights()["network.fc.weight"] for seed in (0, 1))
    assert not np.array_equal(one, two)


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        ((True, False), {"True", "False"}),
        ((1.0, 0.0), {"1", "0"}),
        (("1", "-1"), {"1", "-1"}),
        ((" good ", "BAD"), {"good", "BAD"}),
        (("sehr schön", "😡"), {"sehr schön", "😡"}),
    ],
)
def test_labels_of_any_spelling_come_back_as_they_came(labels, names):
    model = fitted(reviews(labels=labels))
    answer = model.predict(["a lovely film"])
    assert {f"p({name})" for name in names} <= set(answer)
    assert answer.prediction[0] in names


def test_one_and_one_point_nought_are_one_class():
    frame = reviews(labels=(0, 1)).astype({"label": object})
    frame.loc[1, "label"] = 1.0
    assert made(frame).read.classes.names == ["0", "1"]


def test_three_moods_of_tweets(tweets):
    table = read_table(tweets.to_csv(index=False).encode(), name="tweets.csv")
    model = Sentiment(Sentiment.Settings.of(**SMALL))
    drain(model.prepare(table, {"text": "tweet", "label": "mood"}))
    drain(model.fit(CPU, 1))
    assert model.evaluate()["test/accuracy"] > 0.9
    answer = model.predict(["my phone 😡"], reasons=True).iloc[0]
    assert answer.prediction == "angry"
    assert max(answer.reasons, key=lambda reason: reason["contribution"])["feature"] == "😡"
    assert sum(answer[f"p({name})"] for name in model.read.classes.names) == pytest.approx(1, abs=1e-5)
    assert "1 row has no class" in model.protocol()["left out"]


def test_how_much_of_the_texts_the_vectors_know_is_said_before_the_fit(space):
    model = Sentiment(Sentiment.Settings.of(**{**SMALL, "vectors": "mine"}))
    model.take_vectors(space)
    said = [event.message for event in model.prepare(Given(reviews()), COLUMNS)]
    assert any("of the words as they occur" in message for message in said)
