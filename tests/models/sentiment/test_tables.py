import random

import numpy as np
import pandas as pd
import pytest

from embedviz.core.errors import ColumnError, DataError, SettingsError
from embedviz.data.reading import read_table
from embedviz.data.samples import SAMPLES
from embedviz.formats import load_vectors
from embedviz.models.sentiment.model import Sentiment
from embedviz.space import EmbeddingSpace
from tests.models.sentiment.reviews import (
    BAD,
    CPU,
    GOOD,
    PLAIN,
    Given,
    drain,
    fitted,
    made,
    reviews,
    surveyed,
)


def test_the_survey_counts_classes_words_and_coverage(space):
    frame = reviews(200)
    frame.loc[0, "text"] = "word " * 500
    frame.loc[1, "text"] = " "
    frame.loc[2, "label"] = None
    survey = surveyed(frame, space, vectors="mine")
    assert survey.classes == [("good", 99), ("bad", 99)] or survey.classes == [("bad", 99), ("good", 99)]
    tokens = [word for i, text in enumerate(frame.text) if i not in (1, 2) for word in text.split()[:400]]
    known = set(space.labels)
    assert survey.facts["tokens"] == len(tokens)
    assert survey.facts["types"] == len(set(tokens))
    assert survey.facts["known_tokens"] == sum(word in known for word in tokens)
    assert survey.facts["known_types"] == len(set(tokens) & known)
    said = " ".join(survey.sentences)
    assert f"{survey.facts['known_tokens'] / len(tokens):.1%} of the words as they occur" in said
    assert "1 text is empty" in said
    assert "1 text is longer than 400 words" in said
    assert "1 row has no class" in said
    assert set(survey.examples) & {*GOOD, *BAD}


def test_uneven_classes_are_warned_of():
    frame = pd.concat([reviews(200), reviews(20, labels=("rare", "rare"))], ignore_index=True)
    frame = frame[(frame.label != "bad") | (frame.index < 10)]
    assert not any("uneven" in warning for warning in surveyed(reviews()).warnings)
    assert any("uneven" in warning for warning in surveyed(frame).warnings)


def test_no_known_word_is_warned_of_and_still_trains():
    foreign = EmbeddingSpace(["слово", "другое"], np.eye(2, 12, dtype=np.float32))
    assert any("know none of these words" in w for w in surveyed(reviews(), foreign, vectors="x").warnings)
    assert fitted(reviews(600), foreign, vectors="x").evaluate()["test/accuracy"] > 0.9
    with pytest.raises(DataError, match="know none of the training part's words"):
        made(reviews(), foreign, vectors="x", preset="textbook")


def test_a_script_without_spaces_is_learned_by_character():
    rng = random.Random(0)
    rows = [("".join(rng.choices("的是了在人有", k=6)) + ("好" if i % 2 else "坏"), i % 2) for i in range(400)]
    frame = pd.DataFrame(rows, columns=["text", "label"])
    assert any("no spaces" in warning for warning in surveyed(frame).warnings)
    assert fitted(frame, epochs=4).evaluate()["test/accuracy"] > 0.95


HOSTILE = {
    "one class": (lambda f: f.assign(label="good"), DataError, "holds one class, 'good'"),
    "all labels missing": (lambda f: f.assign(label=None), ColumnError, "'label' is empty in every row"),
    "a class for every row": (lambda f: f.assign(label=range(len(f))), DataError, "None of the 60 classes"),
    "all texts empty": (lambda f: f.assign(text=" "), ColumnError, "'text' is empty in every row"),
    "texts are numbers": (lambda f: f.assign(text=range(len(f))), ColumnError, "holds numbers, not text"),
    "hardly any rows": (lambda f: f.head(6), DataError, "Only 6 rows"),
    "only symbols once": (
        lambda f: f.assign(text=[f"w{i}" for i in range(len(f))]),
        DataError,
        "No word is seen 2 times or more",
    ),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_tables_are_refused_in_a_sentence(case):
    change, error, sentence = HOSTILE[case]
    with pytest.raises(error, match=sentence):
        made(change(reviews(60)))


def test_the_survey_refuses_what_training_would():
    with pytest.raises(DataError, match="one class"):
        surveyed(reviews(60).assign(label="good"))


def test_text_and_label_cannot_be_one_column():
    with pytest.raises(ColumnError, match="'text' is chosen as text and as label"):
        made(reviews(), columns={"text": "text", "label": "text"})


def test_a_class_with_one_row_is_left_out_and_said():
    frame = reviews(60)
    frame.loc[0, "label"] = "odd"
    model = fitted(frame)
    assert "odd" not in model.read.classes.names
    assert "“odd”" in model.protocol()["left out"]


def test_a_class_that_no_training_text_has_is_answered_with_a_probability():
    frame = reviews(60)
    frame.loc[[0, 2], "label"] = "odd"
    model = fitted(frame, validation_share=0.3, test_share=0.4)
    assert np.isfinite(list(model.evaluate().values())).all()
    assert "p(odd)" in model.predict(["dull"])


def test_without_a_test_part_validation_is_drawn():
    model = fitted(reviews(), test_share=0.0)
    assert not any(name.startswith("test/") for name in model.evaluate())
    assert model.pictures()["confusion"].rows.sum() == len(model.rows["validation"])


def test_vectors_that_were_not_opened_are_asked_for():
    with pytest.raises(SettingsError, match="'glove' were not opened"):
        made(reviews(), vectors="glove")


def test_random_vectors_cannot_be_frozen():
    with pytest.raises(SettingsError, match="random vectors"):
        Sentiment.Settings.of(preset="textbook", vectors="none")


def test_other_weights_are_refused(trained):
    weights = dict(trained.weights())
    weights["network.fc.weight"] = weights["network.fc.weight"][:, :3]
    with pytest.raises(SettingsError, match="not the weights of this sentiment model"):
        Sentiment.recall(trained.settings, weights, trained.knowledge())


def test_vectors_of_character_ngrams_are_put_together_for_each_word():
    grams = sorted({f"2gram-{a}{b}" for word in GOOD + BAD + PLAIN for a, b in zip(word, word[1:], strict=False)})
    space = EmbeddingSpace(grams, np.random.default_rng(0).normal(0, 1, (len(grams), 12)).astype(np.float32))
    model = made(reviews(), space, vectors="CharNGram")
    expected = np.mean([space.vector("2gram-du"), space.vector("2gram-ul"), space.vector("2gram-ll")], axis=0)
    assert np.allclose(model.spaces()["before"].vector("dull"), expected, atol=1e-5)


def test_baselines_are_of_the_same_parts(trained):
    rows = {row.name: row.metrics for row in trained.baselines() if hasattr(row, "seconds")}
    assert set(rows) == {"Majority", "TF-IDF", "Mean of the vectors"}
    assert rows["Majority"]["test/accuracy"] == trained.evaluate()["baseline/accuracy"]
    assert rows["TF-IDF"]["test/accuracy"] > 0.9


def test_film_reviews_with_the_sample_vectors():
    """A tenth of the sample, so that it takes seconds: what is learned is a mood, and the movers are words of one."""
    table = read_table(SAMPLES["movie_reviews"].path)
    space = load_vectors(SAMPLES["glove"].path)
    frame = table.frame.sample(2000, random_state=0).reset_index(drop=True)
    model = Sentiment(Sentiment.Settings.of(preset="fast", epochs=6))
    model.take_vectors(space)
    drain(model.prepare(Given(frame), table.roles))
    drain(model.fit(CPU, 1))
    metrics = model.evaluate()
    assert metrics["test/accuracy"] > 0.68 > 0.55 > metrics["baseline/accuracy"]
    spaces = model.spaces()
    assert spaces["word"].similarity("good", "bad") < spaces["before"].similarity("good", "bad")
