"""The Predict page's form for a file, by AppTest: the file is read by a worker, and its rows come back."""

import pytest
from streamlit.testing.v1 import AppTest

import embedviz as ev
from embedviz.jobs.perform import perform
from embedviz.jobs.preview import preview_of
from embedviz.store.dataset import Dataset
from embedviz.store.store import Store

pytestmark = pytest.mark.slow


@pytest.fixture
def run(tweets, tmp_path):
    tweets.to_csv(tmp_path / "tweets.csv", index=False)
    settings = {"vectors": "none", "preset": "fast", "dim": 4, "epochs": 1}
    return ev.train("sentiment", tmp_path / "tweets.csv", columns={"text": "tweet", "label": "mood"}, **settings)


def form(run_id):
    from components import answers
    from embedviz.store.store import Store

    answers.predict_file(Store().run(run_id), "tweet")


def upload(name, data):
    dataset = Dataset.upload(Store().uploads_folder, name, [data])
    perform(preview_of(dataset, may_be_vectors=False))
    return dataset


def opened(run, dataset):
    app = AppTest.from_function(form, kwargs={"run_id": run.id}, default_timeout=30)
    app.session_state["predict-file"] = dataset.id
    app.run()
    assert not app.exception
    return app


def test_the_text_column_is_guessed_and_every_row_is_predicted(run):
    dataset = upload("new.csv", b"id,words\n" + b"1,love this so much today\n2,worst of all the phones\n" * 10)
    app = opened(run, dataset)
    assert "20 rows read from new.csv" in app.text[0].value
    column = app.selectbox(key=f"predict-column-{dataset.id}")
    assert (column.value, column.options) == ("words", ["id", "words"])
    assert [button.label for button in app.button] == ["Predict every row"]


def test_numbers_after_a_word_are_rows_here_and_no_vectors(run):
    app = opened(run, upload("rows.txt", b"king 1 0.5 2\nqueen 2 0.25 3\n" * 5))
    assert "rows read from rows.txt" in app.text[0].value or "units of text read" in app.text[0].value


def test_a_file_that_cannot_be_read_is_a_sentence(run):
    app = opened(run, upload("bad.csv", b"\x00\x01\x02" * 100))
    assert "binary file" in app.error[0].value
    assert "Predict every row" not in [button.label for button in app.button]
