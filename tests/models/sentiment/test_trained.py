import subprocess
import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from embedviz.core.errors import ColumnError, DataError, EmbedvizError
from embedviz.models.sentiment.trained import TextForm, TrainedSentiment
from embedviz.space import EmbeddingSpace
from tests.models.sentiment.reviews import fitted, reviews, training

pytestmark = pytest.mark.slow


def test_predictions_say_which_words_pushed_and_where_they_stand(trained):
    text = "A LOVELY story, splendid and zzxq!"
    answer = trained.trained.predict([text], explain=True).iloc[0]
    assert answer.prediction == "good"
    reasons = answer.reasons
    assert [text[r["start"] : r["end"]] for r in reasons] == [r["feature"] for r in reasons]
    assert [r["feature"] for r in reasons] == ["A", "LOVELY", "story", ",", "splendid", "and", "zzxq", "!"]
    assert max(reasons, key=lambda r: r["contribution"])["feature"] in ("LOVELY", "splendid")
    assert "zzxq" in answer.note
    assert "splendid" not in answer.note  # no review has it, the vectors do
    by_word = {r["feature"]: r for r in reasons}
    assert by_word["LOVELY"]["towards"] == "good"
    assert by_word["LOVELY"]["strength"] == by_word["LOVELY"]["contribution"]
    assert {word for word, reason in by_word.items() if not reason["is_known"]} == {"zzxq", ",", "!"}
    towards_bad = trained.trained.predict(["dull story"], explain=True).iloc[0]
    assert towards_bad.prediction == "bad"
    assert towards_bad.reasons[0]["contribution"] > 0


def test_contributions_add_up_with_the_linear_term(trained):
    predictor = trained.trained
    words = ["a", "lovely", "but", "dull", "film"]
    added = predictor.contributions(words)[1]
    nothing = predictor.probabilities([[]])
    full = predictor.probabilities([words])

    def above_mean(p):
        logits = np.log(p[0])
        return logits[1] - logits.mean()

    # The network's zero point is no vectors, which is nearly, not exactly, what it says of an empty text.
    assert added.sum() == pytest.approx(above_mean(full) - above_mean(nothing), abs=0.3)


def test_a_word_known_by_its_vector_alone_is_used(trained):
    unheard, known = trained.trained.predict(["splendid film"]), trained.trained.predict(["zzxq film"])
    assert unheard["p(good)"][0] > known["p(good)"][0]
    assert trained.trained.predict(["vienna"]).note[0] == ""  # the vectors write it Vienna


def test_strange_texts_are_answered(trained):
    texts = ["", None, "   ", "zzxq qqzz", "😀", "lovely " * 5000, "x" * 100_000]
    answers = trained.trained.predict(texts, explain=True)
    assert len(answers) == len(texts)
    assert np.isfinite(answers.probability).all()
    assert answers.note[0].startswith("This text is empty")
    assert answers.note[3] == (
        "None of its words is in the vocabulary, so the probabilities are the class shares of the training set."
    )
    assert "Only the first 400 of its 5,000 words" in answers.note[5]
    assert answers.reasons[0] == []
    shares = np.bincount(trained.prepared.data.codes[trained.prepared.split.train]) / len(trained.prepared.split.train)
    for c, name in enumerate(trained.trained.classes):
        for place in (0, 3):  # of an empty text and one of unknown words nothing more is known
            assert answers[f"p({name})"][place] == pytest.approx(shares[c], abs=1e-6)
    assert trained.trained.predict([]).columns.tolist() == answers.columns.drop("reasons").tolist()


def test_texts_may_come_as_rows_and_what_is_no_text_is_reported(trained):
    assert trained.trained.predict([{"text": "lovely"}, {"id": 1, "text": "dull"}]).prediction.tolist() == [
        "good",
        "bad",
    ]
    assert trained.trained.predict({"verdict": "lovely"}).prediction.tolist() == ["good"]
    assert trained.trained.predict(["lovely \ud800"]).prediction.tolist() == ["good"]
    twice = pd.DataFrame([["lovely", "dull"]], columns=["text", "text"])
    for rows, message in [
        (None, "got nothing"),
        (5, "of the type int"),
        (b"lovely", "of the type bytes"),
        (["dull", ("lovely", 1)], "Row 2 is of the type tuple"),
        ([b"lovely"], "Row 1 is of the type bytes"),
        ([["lovely"]], "Row 1 is of the type list"),
        ([{"a": "lovely", "b": "dull"}], "Row 1 has no 'text'"),
        (twice, "several columns 'text'"),
        (pd.DataFrame({"a": ["x"], "b": ["y"]}), "The columns are: a, b"),
    ]:
        with pytest.raises(EmbedvizError, match=message):
            trained.trained.predict(rows)


def test_a_frame_is_asked_by_the_texts_column(trained):
    frame = pd.DataFrame({"id": [1, 2], "text": ["lovely", "dull"]})
    assert trained.trained.predict(frame).prediction.tolist() == ["good", "bad"]
    assert trained.trained.predict(frame[["text"]].rename(columns={"text": "review"})).prediction.tolist() == [
        "good",
        "bad",
    ]
    with pytest.raises(ColumnError, match=r"no column 'text'.*id, review"):
        trained.trained.predict(frame.rename(columns={"text": "review"}))


def test_spaces_hold_words_before_and_after(trained, space):
    spaces = trained.trained.spaces()
    after, before = spaces["word"], spaces["before"]
    assert "splendid" not in after  # it is of no review
    assert set(before.labels) == set(after.labels) & {label.lower() for label in space.labels}
    assert np.allclose(before.vector("lovely"), space.vector("lovely"), atol=1e-6)
    columns = after.columns.set_index(pd.Index(after.labels))
    assert columns.loc["lovely", "share in good"] == 1
    assert columns.loc["lovely", "leans to"] == "good"
    assert columns.loc["dull", "leans to"] == "bad"
    cosine = after.vector("lovely") @ before.vector("lovely")
    cosine /= np.linalg.norm(after.vector("lovely")) * np.linalg.norm(before.vector("lovely"))
    assert columns.loc["lovely", "moved"] == pytest.approx(1 - cosine, abs=1e-5)
    assert columns.loc["lovely", "moved"] > 0
    assert np.isnan(columns.loc["grim", "moved"])  # it began with a random vector
    words = [word for text in trained.prepared.data.words(trained.prepared.split.train) for word in text]
    assert columns.loc["film", "count"] == words.count("film")


def test_from_scratch_there_is_no_before():
    assert set(fitted(reviews(), epochs=1).trained.spaces()) == {"word"}


def test_vectors_of_another_size_are_scaled_and_returned_in_their_own(space):
    large = EmbeddingSpace(space.labels, space.vectors * 100)
    start = training(reviews(), large, vectors="mine").trained
    assert np.abs(start.weights["embedding.weight"]).max() < 5
    for name in ("before", "word"):
        assert np.allclose(start.spaces()[name].vector("lovely"), large.vector("lovely"), rtol=1e-5)


@pytest.mark.parametrize("settings", [{}, {"linear_term": False}, {"preset": "textbook", "vectors": "mine"}])
def test_what_is_saved_and_loaded_gives_the_same_answers_and_spaces(space, tmp_path, settings):
    trained = fitted(reviews(), space if "preset" in settings else None, **settings).trained
    trained.save(tmp_path / "model.safetensors")
    loaded = TrainedSentiment.load(tmp_path / "model.safetensors")
    texts = ["a lovely film", "dull", "", "zzxq"]
    pd.testing.assert_frame_equal(loaded.predict(texts, explain=True), trained.predict(texts, explain=True))
    assert loaded.form() == trained.form() == TextForm("text", trained.classes)
    assert loaded.settings == trained.settings
    for name, kept in trained.spaces().items():
        found = loaded.spaces()[name]
        assert found.labels == kept.labels
        assert np.array_equal(found.vectors, kept.vectors)
        pd.testing.assert_frame_equal(found.columns, kept.columns)


def test_a_file_of_something_else_is_refused(trained, tmp_path):
    weights = trained.trained.weights
    other = replace(trained.trained, weights={**weights, "fc.weight": weights["fc.weight"][:, :3]})
    other.save(tmp_path / "other.safetensors")
    with pytest.raises(DataError, match="not the weights of this sentiment model"):
        TrainedSentiment.load(tmp_path / "other.safetensors").predict(["lovely"])
    (tmp_path / "no.safetensors").write_bytes(b"nothing of the kind")
    with pytest.raises(DataError, match=r"no\.safetensors was not written by this version"):
        TrainedSentiment.load(tmp_path / "no.safetensors")


def test_it_is_loaded_without_torch(trained, tmp_path):
    trained.trained.save(tmp_path / "model.safetensors")
    code = f"""
import sys
from pathlib import Path
from embedviz.models.sentiment.spec import SPEC
trained = SPEC.Trained.load(Path({str(tmp_path / "model.safetensors")!r}))
assert trained.form().classes and trained.spaces()["word"]
heavy = {{"torch", "numba", "sklearn", "scipy", "captum"}} & set(sys.modules)
assert not heavy, heavy
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_unknown_words_whose_letters_are_known_are_not_said_to_get_the_class_shares(trained):
    predictor = trained.trained
    answer = predictor.predict(["lovelys"]).iloc[0]
    assert answer.note == "None of its words is in the vocabulary."
    assert abs(answer["p(good)"] - predictor.shares[predictor.classes.index("good")]) > 0.05


def test_words_that_are_not_trained_are_fixed_rows_of_the_lookup_table(trained):
    predictor = trained.trained
    _, table = predictor.architecture().networks[0].branches[0]
    assert table.fixed == {"further": predictor.further.shape}
    frozen = replace(predictor, settings=predictor.settings.model_copy(update={"fine_tune": False}))
    _, table = frozen.architecture().networks[0].branches[0]
    assert table.parameters == 0
    assert table.fixed["weights.embedding.weight"] == predictor.weights["embedding.weight"].shape
