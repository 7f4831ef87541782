"""Which algorithm, on the Compare page by AppTest: the way to the experiment, and what its runs say of a word."""

import pytest

import embedviz as ev
from embedviz.experiments.experiment import create_experiment
from embedviz.jobs.inline import run_inline
from embedviz.store.store import Store

pytestmark = pytest.mark.slow

HEADING = "Which algorithm?"


@pytest.fixture
def run(tmp_path, two_topics):
    path = tmp_path / "t.txt"
    path.write_text(two_topics)
    return ev.train("skipgram", path, dim=8, epochs=2, min_count=1, subsample=0, deterministic=True)


def opened(app, run):
    app.session_state["current_run"] = run.id
    app.run()
    app.switch_page("compare.py").run()
    assert not app.exception
    assert not app.error
    return app


def press(app, label):
    [button] = [button for button in app.button if button.label == label]
    button.click().run()
    assert not app.exception


def shown_text(app):
    return " ".join(str(e.value) for kind in ("text", "info", "warning", "caption") for e in getattr(app, kind))


def headings(app):
    return [heading.value for heading in app.header]


def answer(dataset):
    """Ask which of two algorithms it is, in this process."""
    options = {"algorithms": "skipgram, cbow", "seconds": 0.2, "seeds": 1, "dim": 8}
    asked = create_experiment("algorithms", dataset, "skipgram", budget=100, settings={"min_count": 1}, options=options)
    return run_inline(asked)


def test_the_question_is_asked_of_the_text_with_the_dimensions_of_the_run(app, run):
    opened(app, run)
    assert HEADING in headings(app)
    press(app, "Ask this of the text")
    assert app.selectbox(key="ask-question").value == "algorithms"
    assert app.selectbox(key="ask-data").value == run.data["id"]
    assert app.selectbox(key="ask-model-algorithms").value == "skipgram"
    assert app.number_input(key="ask-algorithms-dim").value == 8


def test_the_neighbours_of_a_word_by_each_algorithm_of_the_last_answer_are_shown(app, run):
    found = answer(Store().dataset(run.data["id"]))
    opened(app, run)
    [near] = [table.value for table in app.dataframe if "rank" in table.value.columns]
    assert list(near.columns) == ["rank", "skip-gram", "CBOW"]
    runs = {result.factors["model"]: found.run_of(result) for result in found.results}
    [word] = [box.placeholder for box in app.selectbox if box.label == "Neighbours of"]
    for title, model in (("skip-gram", "skipgram"), ("CBOW", "cbow")):
        nearest = runs[model].space.neighbors(word, 1).iloc[0]
        assert near[title].iloc[0] == f"{nearest['label']}  {nearest['similarity']:.2f}"
    press(app, "Open the last answer")
    assert app.query_params["experiment"] == found.id


def test_nobody_sees_the_answer_of_somebody_else(app, run, as_visitor):
    answer(Store().dataset(run.data["id"]))
    as_visitor()
    opened(app, run)
    assert HEADING not in headings(app)


def test_runs_that_are_not_of_words_have_no_such_section(app, tmp_path, cars):
    cars.to_csv(tmp_path / "cars.csv", index=False)
    other = ev.train("categories", tmp_path / "cars.csv", columns={"target": "body"}, epochs=1, deterministic=True)
    opened(app, other)
    assert HEADING not in headings(app)


def test_without_its_data_the_section_says_what_to_do(app, run):
    Store().delete_dataset(Store().dataset(run.data["id"]))
    opened(app, run)
    assert "The data of this run was deleted. Bring it again" in shown_text(app)
