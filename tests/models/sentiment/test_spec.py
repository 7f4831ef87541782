import random

import numpy as np
import pandas as pd
import pytest

from embedviz.core import archive
from embedviz.core.cost import Machine
from embedviz.core.errors import ColumnError, DataError, SettingsError
from embedviz.data.reading import read_table
from embedviz.data.samples import SAMPLES
from embedviz.data.splits import SplitMethod
from embedviz.evaluation.score_sentences import protocol_sentences
from embedviz.formats import load_vectors
from embedviz.models.sentiment.settings import SentimentSettings
from embedviz.models.sentiment.spec import SPEC
from embedviz.space import EmbeddingSpace
from tests.models.sentiment.reviews import (
    BAD,
    COLUMNS,
    CPU,
    GOOD,
    PLAIN,
    SMALL,
    finish,
    fitted,
    reviews,
    surveyed,
    training,
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
    token_share = sum(word in known for word in tokens) / len(tokens)
    type_share = len(set(tokens) & known) / len(set(tokens))
    assert survey.facts["token_coverage"] == pytest.approx(token_share)
    assert survey.facts["type_coverage"] == pytest.approx(type_share)
    text = " ".join(survey.sentences)
    assert f"{token_share:.1%} of all words and {type_share:.1%} of the {len(set(tokens)):,} distinct ones" in text
    assert "1 text is empty" in text
    assert "1 text is longer than 400 words" in text
    assert "1 row has no class" in text
    assert set(survey.examples) & {*GOOD, *BAD}


def test_imbalanced_classes_are_warned_of():
    frame = pd.concat([reviews(200), reviews(20, labels=("rare", "rare"))], ignore_index=True)
    frame = frame[(frame.label != "bad") | (frame.index < 10)]
    assert not any("imbalanced" in warning for warning in surveyed(reviews()).warnings)
    assert any("imbalanced" in warning for warning in surveyed(frame).warnings)


def test_no_known_word_is_warned_of_and_still_trains():
    foreign = EmbeddingSpace(["слово", "другое"], np.eye(2, 12, dtype=np.float32))
    assert any("contain none of these words" in w for w in surveyed(reviews(), foreign, vectors="x").warnings)
    assert fitted(reviews(600), foreign, vectors="x").metrics["test/accuracy"] > 0.9
    with pytest.raises(DataError, match="contain none of the words of the training set"):
        training(reviews(), foreign, vectors="x", preset="textbook")


def test_a_script_without_spaces_is_learned_by_character():
    rng = random.Random(0)
    rows = [("".join(rng.choices("的是了在人有", k=6)) + ("好" if i % 2 else "坏"), i % 2) for i in range(400)]
    frame = pd.DataFrame(rows, columns=["text", "label"])
    assert any("no spaces" in warning for warning in surveyed(frame).warnings)
    assert fitted(frame, epochs=4).metrics["test/accuracy"] > 0.95


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
        "No word occurs 2 times or more",
    ),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_tables_are_refused_in_a_sentence(case):
    change, error, sentence = HOSTILE[case]
    with pytest.raises(error, match=sentence):
        training(change(reviews(60)))


def test_the_survey_refuses_what_training_would():
    with pytest.raises(DataError, match="one class"):
        surveyed(reviews(60).assign(label="good"))


def test_text_and_label_cannot_be_one_column():
    with pytest.raises(ColumnError, match="'text' is chosen as text and as label"):
        training(reviews(), columns={"text": "text", "label": "text"})


def test_a_class_with_one_row_is_left_out_and_reported():
    frame = reviews(60)
    frame.loc[0, "label"] = "odd"
    found = fitted(frame)
    assert "odd" not in found.trained.classes
    details = found.evaluation.protocol.details
    assert (details["rare_classes"], details["rows_of_rare_classes"]) == (1, 1)
    assert any("“odd”" in sentence for sentence in surveyed(frame).sentences)


def test_a_class_that_no_training_text_has_is_answered_with_a_probability():
    frame = reviews(60)
    frame.loc[[0, 2], "label"] = "odd"
    found = fitted(frame, validation_share=0.3, test_share=0.4)
    assert np.isfinite(list(found.metrics.values())).all()
    assert "p(odd)" in found.trained.predict(["dull"])


def test_without_a_test_part_validation_is_drawn():
    found = fitted(reviews(), test_share=0.0)
    assert not any(name.startswith("test/") for name in found.metrics)
    assert found.evaluation.frames["confusion"].rows.sum() == len(found.prepared.split.validation)


def test_vectors_that_were_not_opened_are_asked_for():
    with pytest.raises(SettingsError, match="'glove' were not opened"):
        training(reviews(), vectors="glove")


def test_random_vectors_cannot_be_frozen():
    with pytest.raises(SettingsError, match="random vectors"):
        SentimentSettings.of(preset="textbook", vectors="none")


def test_vectors_of_character_ngrams_are_put_together_for_each_word():
    grams = sorted({f"2gram-{a}{b}" for word in GOOD + BAD + PLAIN for a, b in zip(word, word[1:], strict=False)})
    space = EmbeddingSpace(grams, np.random.default_rng(0).normal(0, 1, (len(grams), 12)).astype(np.float32))
    before = training(reviews(), space, vectors="CharNGram").trained.spaces()["before"]
    expected = np.mean([space.vector("2gram-du"), space.vector("2gram-ul"), space.vector("2gram-ll")], axis=0)
    assert np.allclose(before.vector("dull"), expected, atol=1e-5)


def test_baselines_are_of_the_same_parts(trained):
    rows = {baseline.name: finish(baseline.measure()) for baseline in SPEC.baselines(trained.prepared)}
    assert list(rows) == ["Majority", "TF-IDF", "Mean of the vectors"]
    assert rows["Majority"]["test/accuracy"] == trained.metrics["baseline/accuracy"]
    assert rows["TF-IDF"]["test/accuracy"] > 0.9
    assert rows["Mean of the vectors"]["test/accuracy"] > 0.8
    assert [baseline.name for baseline in SPEC.baselines(fitted(reviews(60)).prepared)] == ["Majority", "TF-IDF"]


def test_film_reviews_with_the_sample_vectors():
    """A tenth of the sample, so that it takes seconds: what is learned is a mood, and the movers are words of one."""
    table = read_table(SAMPLES["movie_reviews"].path)
    space = load_vectors(SAMPLES["glove"].path)
    frame = table.frame.sample(2000, random_state=0).reset_index(drop=True)
    settings = {"dim": 100, "hidden_dim": 64, "deterministic": False}
    found = fitted(frame, space, columns=table.roles, preset="fast", vectors="glove", epochs=6, **settings)
    assert found.metrics["test/accuracy"] > 0.68 > 0.55 > found.metrics["baseline/accuracy"]
    spaces = found.trained.spaces()
    assert spaces["word"].similarity("good", "bad") < spaces["before"].similarity("good", "bad")


def test_what_was_measured_and_how_is_data(trained, space):
    protocol = trained.evaluation.protocol
    data, split = trained.prepared.data, trained.prepared.split
    assert (protocol.unit, protocol.method, protocol.fold) == ("texts", SplitMethod.STRATIFIED, None)
    assert protocol.sizes == {"train": len(split.train), "validation": len(split.validation), "test": len(split.test)}
    words = [word for text in data.words(split.train) for word in text]
    known = set(words) & set(space.labels)
    assert protocol.details["training_words"] == len(words)
    assert protocol.details["pretrained_words"] == len(known)
    assert protocol.details["token_coverage"] == round(sum(word in known for word in words) / len(words), 4)
    assert protocol.details["type_coverage"] == round(len(known) / len(set(words)), 4)
    assert protocol.details["further_words"] == len(space) - len(known)
    assert protocol.details["epochs"] == 6
    assert all(isinstance(value, bool | int | float | str) for value in protocol.details.values())


def test_prepared_texts_can_be_kept_and_train_to_the_same(space, tmp_path):
    settings = SentimentSettings.of(**{**SMALL, "vectors": "mine"})
    first = fitted(reviews(), space, vectors="mine")
    archive.save(first.prepared, tmp_path / "prepared.safetensors")
    learner = archive.load(type(first.prepared), tmp_path / "prepared.safetensors").learner(settings, CPU, 1)
    finish(learner.run())
    assert SPEC.evaluate(learner.best(), first.prepared).metrics == first.metrics


def test_the_estimate_grows_with_the_work(trained):
    settings = SentimentSettings.of(**SMALL)
    survey = surveyed(reviews())
    cost = SPEC.estimate(settings, survey, Machine(threads=1))
    assert cost.seconds < SPEC.estimate(settings.model_copy(update={"epochs": 50}), survey, Machine(threads=1)).seconds
    assert SPEC.estimate(settings, survey, Machine(device="cuda")).seconds < cost.seconds
    assert trained.prepared.cost(settings, Machine(threads=1)).seconds == pytest.approx(
        SPEC.estimate(settings, surveyed(reviews(600)), Machine(threads=1)).seconds
    )


def test_texts_are_filtered_by_the_words_of_a_space():
    assert SPEC.filters_by("word")
    assert SPEC.filters_by("before")
    frame = pd.DataFrame({"text": ["A lovely film!", "dull"], "label": ["good", "bad"]})
    chosen = SentimentSettings.of(**SMALL)
    assert SPEC.filter_rows(frame, COLUMNS, chosen, "word", ["lovely", "!"], True)["text"].tolist() == ["lovely !"]
    assert SPEC.filter_rows(frame, COLUMNS, chosen, "word", ["dull"], False)["text"].tolist() == ["a lovely film !"]


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
    answer = fitted(reviews(labels=labels)).trained.predict(["a lovely film"])
    assert {f"p({name})" for name in names} <= set(answer)
    assert answer.prediction[0] in names


def test_one_and_one_point_nought_are_one_class():
    frame = reviews(labels=(0, 1)).astype({"label": object})
    frame.loc[1, "label"] = 1.0
    assert training(frame).prepared.data.classes.names == ["0", "1"]


def test_three_moods_of_tweets(tweets):
    table = read_table(tweets.to_csv(index=False).encode(), name="tweets.csv")
    found = fitted(table.frame, columns={"text": "tweet", "label": "mood"})
    assert found.metrics["test/accuracy"] > 0.9
    answer = found.trained.predict(["my phone 😡"], explain=True).iloc[0]
    assert answer.prediction == "angry"
    assert max(answer.reasons, key=lambda reason: reason["contribution"])["feature"] == "😡"
    assert sum(answer[f"p({name})"] for name in found.trained.classes) == pytest.approx(1, abs=1e-5)
    assert found.evaluation.protocol.details["rows_without_class"] == 1


def test_stars_are_ordered_and_have_their_absolute_error_beside_the_baselines():
    frame = pd.concat([reviews(200, ("1", "5")), reviews(100, ("3", "3"), seed=1)], ignore_index=True)
    frame.loc[200:, "text"] = "a film of this and that"
    found = fitted(frame.assign(label=frame.label.astype(int)), epochs=4)
    split, numbers = found.prepared.split, np.array([float(name) for name in found.trained.classes])
    predicted = found.trained.predict(frame.text.iloc[split.test].tolist()).prediction.astype(float).to_numpy()
    distance = np.abs(predicted - numbers[found.prepared.data.codes[split.test]])
    assert found.metrics["test/mae"] == pytest.approx(distance.mean())
    assert found.metrics["test/mae"] < found.metrics["baseline/mae"]
    for baseline in SPEC.baselines(found.prepared):
        assert finish(baseline.measure())["test/mae"] >= 0
    assert "ordered numbers (1 to 5), so the MAE says" in " ".join(protocol_sentences(found.evaluation.protocol))


def test_two_moods_are_no_scale(trained):
    assert "test/mae" not in trained.metrics
    assert "ordered numbers" not in " ".join(protocol_sentences(trained.evaluation.protocol))
