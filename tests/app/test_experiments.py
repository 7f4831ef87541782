"""The Experiments page by AppTest: the form, an experiment with its verdict and runs, and what is somebody else's."""

import pytest

from embedviz.experiments import QUESTIONS, find_question
from embedviz.experiments.experiment import create_experiment, experiments_of
from embedviz.jobs.perform import perform
from embedviz.store.dataset import Dataset
from embedviz.store.store import Store

pytestmark = pytest.mark.slow
OPTIONS = {"smallest": 2, "largest": 4, "seeds": 2}


def dataset_of(text: str) -> Dataset:
    return Dataset.upload(Store().uploads_folder, "[t](x).txt", [text.encode()])


@pytest.fixture
def experiment(two_topics):
    made = create_experiment(
        "dimensions",
        dataset_of(two_topics),
        "skipgram",
        budget=100,
        settings={"min_count": 1, "epochs": 2},
        options=OPTIONS,
    )
    perform(made)
    return made


def opened(app, experiment_id: str = ""):
    app.run()
    app.switch_page("experiments.py")
    if experiment_id:
        app.query_params["experiment"] = experiment_id
    app.run()
    assert not app.exception
    return app


def button(app, label: str):
    [found] = [one for one in app.button if one.label == label]
    return found


def test_without_data_the_way_to_it_is_shown(app):
    opened(app)
    assert app.info[0].value.startswith("There is no data yet")
    assert button(app, "Bring data")


def test_the_form_creates_submits_and_opens_an_experiment(app, two_topics):
    dataset = dataset_of(two_topics)
    opened(app)
    [model] = [box for box in app.selectbox if box.label == "Model"]
    model.select("skipgram").run()
    for number in app.number_input:
        if number.label in ("Smallest", "Largest", "Seeds"):
            number.set_value({"Smallest": 2, "Largest": 2, "Seeds": 1}[number.label])
    app.run()
    button(app, "Start the experiment").click().run()
    assert not app.exception
    [made] = experiments_of(Store(), "local")
    assert (made.spec.model, made.spec.data["id"], made.spec.budget) == ("skipgram", dataset.id, 300)
    assert made.spec.options == {"smallest": 2, "largest": 2, "seeds": 1}
    assert app.query_params["experiment"] == made.id
    assert made.status in ("queued", "running", "done")
    assert made.wait(90) == "done"


def test_a_wrong_setting_gets_a_sentence_and_nothing_is_created(app, two_topics):
    dataset_of(two_topics)
    opened(app)
    [largest] = [number for number in app.number_input if number.label == "Largest"]
    [smallest] = [number for number in app.number_input if number.label == "Smallest"]
    smallest.set_value(64)
    largest.set_value(4).run()
    button(app, "Start the experiment").click().run()
    assert not app.exception
    assert any("below the smallest" in error.value for error in (*app.error, *app.warning))
    assert experiments_of(Store(), "local") == []


def test_verdict_table_and_runs_are_shown_and_the_names_of_data_are_no_markup(app, experiment):
    opened(app, experiment.id)
    assert r"\[t\]\(x\)" in app.header[0].value
    shown = [element.value for element in app.markdown]
    assert any(experiment.verdict.sentences[0].split(":")[0][:20] in text.replace("\\", "") for text in shown)
    tables = [frame.value for frame in app.dataframe]
    assert any(list(table.get("dim", ())) == [2, 4] for table in tables)
    assert any(len(table) == 4 and "outcome" in table for table in tables)
    assert "embedviz experiment dimensions" in app.code[0].value
    button(app, "Delete").click().run()
    assert not app.exception
    assert experiments_of(Store(), "local") == []


def test_an_experiment_that_is_gone_gets_a_sentence(app):
    opened(app, "0" * 32)
    assert "no longer exists" in app.warning[0].value
    assert "experiment" not in app.query_params


def test_earlier_experiments_are_listed_and_opened(app, experiment):
    opened(app)
    assert any(experiment.title in text.value for text in app.text)
    button(app, "Open").click().run()
    assert app.query_params["experiment"] == experiment.id


def test_every_question_has_a_form_and_says_what_it_does(app, two_topics):
    dataset_of(two_topics)
    opened(app)
    [box] = [box for box in app.selectbox if box.label == "Question"]
    for name in QUESTIONS:
        box.select(name).run()
        assert not app.exception, name
        assert any(find_question(name).summary[:40] in caption.value for caption in app.caption)
        assert button(app, "Start the experiment")
        [box] = [box for box in app.selectbox if box.label == "Question"]
