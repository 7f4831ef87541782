"""Questions to a trained model, answered as the worker answers them."""

import pandas as pd
import pytest

from embedviz.api import train
from embedviz.core.jobs.reporter import Control
from embedviz.jobs.perform import perform
from embedviz.jobs.prediction import ask_file, ask_rows
from embedviz.store.dataset import Dataset
from embedviz.store.retention import PREDICTION_LIFE_S
from embedviz.store.store import Store

pytestmark = pytest.mark.slow

SETTINGS = {"vectors": "none", "dim": 8, "encoder": "mean", "epochs": 3, "device": "cpu"}


@pytest.fixture
def run(tweets, tmp_path):
    tweets.to_csv(tmp_path / "tweets.csv", index=False)
    columns = {"text": "tweet", "label": "mood"}
    return train("sentiment", tmp_path / "tweets.csv", columns=columns, **SETTINGS)


def answered(asked, control=None):
    state = perform(asked, control)
    return state, asked


def test_a_text_gets_a_prediction_with_its_reasons(run):
    asked = ask_rows(run, ["I love this great sunny phone"], "local")
    state, asked = answered(asked)
    assert state == "done"
    [row] = asked.answer.to_dict("records")
    assert row["prediction"] == "happy"
    assert row["p(happy)"] == pytest.approx(row["probability"])
    strongest = max(row["reasons"], key=lambda reason: reason["contribution"])
    assert strongest["feature"] in ("love", "great", "sunny")
    assert ask_rows(run, ["I love this great sunny phone"], "local").status == "done"
    assert ask_rows(run, ["I love this great sunny phone"], "another").folder != asked.folder


def test_a_file_comes_back_with_its_rows_and_a_prediction_each(run, tweets):
    frame = pd.DataFrame({"said": [*tweets["tweet"].head(30), None], "prediction": range(31)})
    dataset = Dataset.upload(Store().uploads_folder, "new.csv", [frame.to_csv(index=False).encode()])
    state, asked = answered(ask_file(run, dataset, "local", "said"))
    assert state == "done"
    answer = asked.answer
    assert list(answer.columns[:2]) == ["said", "prediction"]
    assert answer["prediction"].tolist() == list(range(31))
    right = (answer["prediction (embedviz)"].head(30) == tweets["mood"].head(30)).sum()
    assert right >= 25
    assert "empty" in answer["note"].iloc[30]


def test_with_reasons_a_file_gets_a_column_of_what_moved_each_row(run):
    dataset = Dataset.upload(Store().uploads_folder, "new.csv", [b"tweet,likes\nso I love this phone,3\n,1\n"])
    answer = answered(ask_file(run, dataset, "local", "tweet", explain=True))[1].answer
    words = [reason.rsplit(" ", 1)[0] for reason in answer["reasons"][0].split("; ")]
    assert words[0] == "love"
    assert answer["reasons"][0].split("; ")[0].rsplit(" ", 1)[1].startswith("+")
    assert answer["reasons"].fillna("")[1] == ""  # an empty text has none
    assert "reasons" not in answered(ask_file(run, dataset, "local", "tweet"))[1].answer


def test_no_rows_are_no_predictions(run):
    state, asked = answered(ask_rows(run, [], "local"))
    assert state == "done"
    assert len(asked.answer) == 0


def test_a_column_that_is_not_there_is_a_sentence(run):
    dataset = Dataset.upload(Store().uploads_folder, "new.csv", [b"said,likes\nlove this,3\n"])
    state, asked = answered(ask_file(run, dataset, "local", "tweet"))
    assert state == "failed"
    assert "There is no column 'tweet'" in asked.state.reason


def test_asked_to_stop_it_stops(run):
    dataset = Dataset.upload(Store().uploads_folder, "new.csv", [b"tweet,likes\n" + b"love this,3\n" * 2000])
    control = Control()
    control.request_stop()
    assert answered(ask_file(run, dataset, "local", "tweet"), control)[0] == "stopped"


def test_old_answers_are_forgotten(run):
    answered(ask_rows(run, ["love"], "local"))
    store = Store()
    assert len(list(store.predictions_folder.iterdir())) == 1
    store.sweep()
    assert len(list(store.predictions_folder.iterdir())) == 1
    import time

    store.sweep(time.time() + PREDICTION_LIFE_S + 1)
    assert not list(store.predictions_folder.iterdir())


def test_python_asks_the_run(run):
    frame = run.predict(["what an awful broken train", "great great sunny"], explain=True)
    assert frame["prediction"].tolist() == ["angry", "happy"]
    assert frame.equals(run.predict(["what an awful broken train", "great great sunny"], reasons=True))
    assert {"reasons"} == set(frame) - set(run.predict(["great"]))
    assert set(run.figures()) == {"confusion", "calibration"}
