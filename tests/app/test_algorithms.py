"""Which algorithm, on the Compare page by AppTest, with trainings that a real worker does."""

import time

import pytest

import embedviz as ev
from embedviz.jobs.algorithm_comparison import comparison_of_algorithms, kept_comparisons
from embedviz.jobs.inline import run_inline
from embedviz.models.compatibility import word_models
from embedviz.store.dataset import Dataset
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


def shown_text(app):
    return " ".join(str(e.value) for kind in ("text", "info", "warning", "caption") for e in getattr(app, kind))


def headings(app):
    return [heading.value for heading in app.header]


def test_algorithms_are_trained_and_their_scores_and_neighbours_shown(app, run):
    opened(app, run)
    assert HEADING in headings(app)
    [menu] = [menu for menu in app.multiselect if menu.label == "Algorithms"]
    assert menu.value == list(word_models())
    menu.set_value(["skipgram", "ppmi_svd"])
    app.number_input(key="which-seconds").set_value(1)
    [start] = [button for button in app.button if button.label == "Train and compare"]
    start.click().run()
    assert not app.exception
    [asked] = kept_comparisons(Store().dataset(run.data["id"]))
    assert asked.spec.settings["dim"] == 8
    assert asked.spec.settings["min_count"] == 1
    end = time.monotonic() + 60
    while asked.status != "done":
        assert time.monotonic() < end, shown_text(app)
        assert "stopped" not in asked.status
        time.sleep(0.2)
        app.run()
        assert not app.exception
    app.run()
    tables = {tuple(table.value.columns): table.value for table in app.dataframe}
    [scores] = [table for columns, table in tables.items() if "algorithm" in columns]
    assert scores["algorithm"].tolist() == ["skip-gram", "PPMI-SVD"]
    assert {"seconds", "test/auc", "test/loss", "memory_bytes"} <= set(scores.columns)
    [near] = [table for columns, table in tables.items() if columns[0] == "rank"]
    assert list(near.columns[1:]) == ["skip-gram", "PPMI-SVD"]
    assert "has no epochs and took the time that was needed" in shown_text(app)


def test_a_comparison_is_there_again_after_a_reload_and_its_runs_can_be_opened(app, run):
    dataset = Store().dataset(run.data["id"])
    settings = {"dim": 8, "min_count": 1}
    found = run_inline(comparison_of_algorithms(dataset, ["skipgram", "cbow"], seconds=0.2, settings=settings))
    app.query_params["run"] = run.id
    app.run()
    app.switch_page("compare.py").run()
    assert any("algorithm" in table.value.columns for table in app.dataframe)
    [button] = [button for button in app.button if button.label == "Open CBOW"]
    button.click().run()
    assert app.session_state["current_run"] == found.runs["cbow"].id


def test_nobody_sees_the_comparison_of_somebody_else(app, run, monkeypatch):
    theirs = Dataset.open(Store().dataset(run.data["id"]).folder)
    run_inline(comparison_of_algorithms(theirs, ["skipgram", "cbow"], seconds=0.2, settings={"dim": 8, "min_count": 1}))
    monkeypatch.setenv("EMBEDVIZ_MODE", "shared")
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
