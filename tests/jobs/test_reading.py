"""The whole way: what looks odd is said before a training, and its remedy makes the training right."""

import numpy as np
import pandas as pd
import pytest

from embedviz.api import train
from embedviz.core.errors import ColumnError, RunError
from embedviz.jobs.inline import run_inline
from embedviz.jobs.perform import perform
from embedviz.jobs.reading import reading_of
from embedviz.models import model_spec
from embedviz.store.dataset import Dataset
from embedviz.store.store import Store

pytestmark = pytest.mark.slow

RNG = np.random.default_rng(0)
N = 400
TABLE = {"hidden_dim": 16, "members": 1, "epochs": 15, "device": "cpu"}
RATINGS = {"dim": 4, "rounds": 5, "device": "cpu"}


def trained(tmp_path, model, frame, **more):
    """Return the run and what its survey said."""
    path = tmp_path / ("data.txt" if isinstance(frame, str) else "data.csv")
    if isinstance(frame, str):
        path.write_text(frame)
    else:
        pd.DataFrame(frame).to_csv(path, index=False)
    surveys = []
    run = train(model, path, on_survey=surveys.append, **more)
    return run, surveys[0]


def rated(rating):
    return {"user": RNG.integers(0, 30, N), "item": RNG.integers(0, 20, N), "rating": rating}


def test_a_sentinel_is_said_and_left_out_where_it_is_asked_for(tmp_path):
    frame = rated(np.where(RNG.random(N) < 0.3, 99, RNG.integers(-10, 11, N)))
    run, survey = trained(tmp_path, "ratings", frame, **RATINGS)
    assert any("99 in “rating” stands apart" in warning for warning in survey.warnings)
    assert run.metrics["test/rmse"] > 15
    run, survey = trained(tmp_path, "ratings", frame, read={"missing": {"rating": ["99"]}}, **RATINGS)
    assert not any("99" in warning for warning in survey.warnings)
    assert any("99 is treated as missing in “rating”" in sentence for sentence in survey.sentences)
    assert run.metrics["test/rmse"] < 15


def test_a_matrix_is_said_even_where_the_model_refuses_it(tmp_path):
    cells = pd.DataFrame(RNG.integers(1, 6, (30, 6)), columns=[f"Film {c}" for c in "abcdef"]).astype(float)
    cells[RNG.random(cells.shape) < 0.3] = np.nan
    frame = {"user_id": [f"u{i}" for i in range(30)], **cells}
    columns = {"user": "user_id", "item": "Film a", "rating": "Film b"}
    with pytest.raises(RunError, match="wide matrix"):
        trained(tmp_path, "ratings", {**frame, "Film b": ["x"] * 30, "Film g": cells["Film b"]}, columns=columns)
    run, _ = trained(tmp_path, "ratings", frame, read={"melt": "user_id"}, **RATINGS)
    assert set(run.spaces["item"].labels) == set(cells.columns)


def test_findings_are_there_when_the_survey_fails(tmp_path):
    path = tmp_path / "m.csv"
    pd.DataFrame({f"Film {c}": np.where(RNG.random(40) < 0.3, np.nan, RNG.integers(1, 6, 40)) for c in "abcde"}).assign(
        user_id=[f"u{i}" for i in range(40)]
    ).to_csv(path, index=False)
    dataset, spec = Dataset.at_path(Store().uploads_folder, path), model_spec("ratings")
    reading = reading_of(dataset, "ratings", {"user": "user_id", "item": None}, spec.Settings.of())
    assert perform(reading) == "failed"
    assert reading.survey is None
    assert [finding.kind for finding in reading.findings] == ["matrix"]
    assert "wide matrix" in reading.state.reason


def test_likes_alone_are_ranked(tmp_path):
    frame = {**rated(None), "liked": RNG.choice(["True", "False"], N)}
    del frame["rating"]
    run, survey = trained(tmp_path, "ratings", frame, **RATINGS)
    assert any("“liked” holds True and False" in warning for warning in survey.warnings)
    assert any("Ratings go from 0 to 1" in sentence for sentence in survey.sentences)
    assert "test/rmse" in run.metrics
    more = {"epochs": 1, "dim": 4, "device": "cpu"}
    run, survey = trained(tmp_path, "ratings", frame, read={"only": {"liked": ["True"]}}, **more)
    assert "test/rmse" not in run.metrics
    assert any(s.startswith("Rows kept where “liked” is True: ") for s in survey.sentences)


def test_classes_are_merged(tmp_path):
    words = {"good": "warm funny", "bad": "dull slow"}
    label = RNG.choice(["Good", "GOOD", "bad", "Bad."], 200)
    text = [f"the film was {words[name.lower().strip('.')]} and film {i % 9}" for i, name in enumerate(label)]
    frame = {"text": text, "label": label}
    settings = {"vectors": "none", "dim": 8, "encoder": "mean", "epochs": 2, "device": "cpu"}
    _, survey = trained(tmp_path, "sentiment", frame, **settings)
    assert len(survey.classes) == 4
    assert any("differ only in letter case" in warning for warning in survey.warnings)
    run, survey = trained(tmp_path, "sentiment", frame, read={"merge_classes": ["label"]}, **settings)
    assert len(survey.classes) == 2
    assert len(run.predict([text[0]]).filter(like="p(").columns) == 2
    # a file to predict may write its column otherwise
    for rows in (pd.DataFrame({"Text ": text[:2], "other": 1}), [{"Text ": text[0], "other": 1}]):
        assert run.predict(rows)["note"][0] == "Columns taken in spite of their spelling: “Text ” as “text”."
    assert run.predict(pd.DataFrame({"text": text[:2], "other": 1}))["note"][0] == ""
    with pytest.raises(ColumnError, match="no column 'text'"):
        run.predict(pd.DataFrame({"Inhalt": text[:2], "other": 1}))


def test_an_absurd_target_is_left_out(tmp_path):
    x = RNG.uniform(0, 10, N).round(2)
    y = (10 * x).round(2)
    y[7] = 1e8
    frame = {"x": x, "c": RNG.choice(["a", "b"], N), "y": y}
    rows = pd.DataFrame({"x": [1.0, 5, 9], "c": "a"})
    _, survey = trained(tmp_path, "categories", frame, columns={"target": "y"}, **TABLE)
    assert any("100,000,000 in “y”" in warning for warning in survey.warnings)
    read = {"missing": {"y": ["100000000"]}}
    run, _ = trained(tmp_path, "categories", frame, columns={"target": "y"}, read=read, **TABLE)
    np.testing.assert_allclose(run.predict(rows)["prediction"], [10, 50, 90], atol=15)


def test_an_index_is_no_feature(tmp_path):
    frame = {
        "": np.arange(N),
        "age": RNG.integers(18, 70, N),
        "job": RNG.choice(["a", "b"], N),
        "y": ["no"] * 200 + ["yes"] * 200,
    }
    run, survey = trained(tmp_path, "categories", frame, columns={"target": "y"}, **TABLE)
    assert "“column 1” numbers the rows and is left out." in survey.sentences
    assert any("sorted by “y”" in warning for warning in survey.warnings)
    assert run.metrics["test/accuracy"] < 0.8


def test_markup_and_unseen_characters_make_no_words(tmp_path):
    text = "the wo\u00adman saw the ﬁlm<br /><br />and the man &amp; the dog\n" * 60
    more = {"dim": 4, "epochs": 1, "min_count": 1, "device": "cpu"}
    run, survey = trained(tmp_path, "skipgram", text, **more)
    assert any("HTML tags such as <br />" in warning for warning in survey.warnings)
    assert {"woman", "film", "br", "amp"} <= set(run.space.labels)
    run, _ = trained(tmp_path, "skipgram", text, read={"strip_markup": True}, **more)
    assert set(run.space.labels) == {"the", "woman", "saw", "film", "and", "man", "dog"}


def test_a_heavy_tail_is_learned_in_its_own_unit(tmp_path):
    size = RNG.uniform(0, 6, N)
    frame = {"size": size.round(3), "c": RNG.choice(["a", "b"], N), "price": (10**size).round(3)}
    _, survey = trained(tmp_path, "categories", frame, columns={"target": "price"}, **TABLE)
    assert any("heavy-tailed" in warning for warning in survey.warnings)
    run, survey = trained(tmp_path, "categories", frame, columns={"target": "price"}, target_scale="log", **TABLE)
    assert not any("heavy-tailed" in warning for warning in survey.warnings)
    found = run.predict(pd.DataFrame({"size": [1.0, 5.0], "c": "a"}))["prediction"]
    np.testing.assert_allclose(np.log10(found), [1, 5], atol=0.5)


def test_another_reading_is_not_the_same_job(tmp_path):
    path = tmp_path / "r.csv"
    pd.DataFrame(rated(RNG.integers(1, 6, N))).to_csv(path, index=False)
    dataset, spec = Dataset.at_path(Store().uploads_folder, path), model_spec("ratings")
    first = run_inline(reading_of(dataset, "ratings", {}, spec.Settings.of()))
    assert first.findings == []
    dataset.set_options(missing={"rating": ["5"]})
    again = run_inline(reading_of(dataset, "ratings", {}, spec.Settings.of()))
    assert again.id != first.id
    assert any("from 1 to 4" in sentence for sentence in again.survey.sentences)
