"""The Evaluate page by AppTest, with a trained run and jobs done by real workers."""

import json

import pandas as pd
import pytest

import embedviz as ev
from embedviz.core.files import replacing, write_json
from embedviz.core.jobs.status import Status, write_status
from embedviz.jobs.baselines import Baselines
from embedviz.jobs.repeats import kept_repeats
from embedviz.store.dataset import Dataset
from embedviz.store.store import Store

pytestmark = pytest.mark.slow


@pytest.fixture
def run(tmp_path, tweets):
    hostile = {"happy": "<b>happy</b>", "angry": "[angry](http://x)"}
    tweets.replace({"mood": hostile}).to_csv(tmp_path / "tweets.csv", index=False)
    return ev.train(
        "sentiment", tmp_path / "tweets.csv", columns={"text": "tweet", "label": "mood"}, vectors="none", dim=8,
        encoder="mean", epochs=1, linear_term=False, deterministic=True, name="*moods*",
    )  # fmt: skip


def opened(app, run=None):
    if run is not None:
        app.session_state["current_run"] = run.id
    app.run()
    app.switch_page("evaluate.py").run()
    assert not app.exception
    assert app.title[0].value == "Evaluate"
    return app


def page_text(app, *kinds) -> str:
    kinds = kinds or ("text", "info", "warning", "error", "caption", "markdown")
    return " ".join(str(element.value) for kind in kinds for element in getattr(app, kind))


def labels(app):
    return [button.label for button in app.button]


def test_with_nothing_open_it_offers_data(app):
    opened(app)
    assert "No run is open" in page_text(app, "info")
    assert "Bring data" in labels(app)


def test_opened_vectors_have_no_scores_and_a_next_step(app):
    store = Store()
    run = store.create_vectors(Dataset.upload(store.uploads_folder, "v.txt", [b"king 1 0\n"]))
    write_status(run.folder, Status("done"))
    opened(app, run)
    assert "vectors that were opened" in page_text(app, "info")
    assert {"Bring data", "Neighbours"} <= set(labels(app))


def test_a_run_under_way_has_no_scores_yet(app, hold):
    store = Store()
    run = store.create_training("skipgram", Dataset.upload(store.uploads_folder, "t.txt", [b"a b\n"]), {})
    hold(run.folder)
    opened(app, run)
    assert "This run is running" in page_text(app, "info")


def test_scores_are_shown_with_their_protocol_and_charts(app, run):
    opened(app, run)
    assert not app.error
    table = app.dataframe[0].value
    assert list(table["model"]) == ["This run, test set", "This run, validation set", "Trivial baseline"]
    assert "(best)" in table["accuracy"][0]
    protocol = app.dataframe[1].value.set_index("what")["value"]
    assert protocol["split"].startswith("Split by row, every class in proportion, seed 0")
    assert protocol["rows without a class, left out"] == "1"
    assert [subheader.value for subheader in app.header] == [
        "Baselines", "Repeats", "Confusion matrix", "Calibration", "Mistakes", "Word vectors",
    ]  # fmt: skip
    assert "4 trainings of about" in page_text(app, "caption")


def test_baselines_are_trained_and_arrive_in_the_table(app, run):
    opened(app, run)
    app.button(key="train-baselines").click().run()
    assert not app.exception
    baselines = Baselines.at(run)
    assert baselines
    assert baselines.wait(90) == "done"
    app.run()
    assert not app.exception
    assert {"Majority", "TF-IDF"} <= set(app.dataframe[0].value["model"])
    assert "The strongest baseline" in page_text(app, "text")
    assert "Train the baselines" not in labels(app)


def test_the_time_of_repeats_of_a_stopped_training_comes_from_its_estimate(app, run):
    kept = json.loads((run.folder / "metrics.json").read_bytes())
    kept["record"] |= {"seconds": 1.0, "estimate": {"seconds": 60.0, "memory_bytes": 1e9}}
    write_json(run.folder / "metrics.json", kept)
    write_status(run.folder, Status("stopped"))
    opened(app, run)
    assert "5 trainings of about 1 min: 5 min in total" in page_text(app, "caption")


def test_repeats_are_trained_over_what_was_chosen(app, run):
    opened(app, run)
    app.segmented_control(key=f"over-{run.id}").set_value("folds").run()
    app.segmented_control(key=f"many-{run.id}").set_value(3).run()
    assert "3 trainings of about" in page_text(app, "caption")
    app.button(key="repeat").click().run()
    [repeats] = kept_repeats(run)
    assert repeats.title == "3 folds"
    assert repeats.wait(90) == "done"
    app.run()
    assert not app.exception
    assert "±" in app.dataframe[0].value.set_index("model").loc["This run, 3 folds", "accuracy"]
    assert list(app.dataframe[2].value["repeat"])[-2:] == ["mean", "standard deviation"]


def test_another_visitor_sees_the_scores_but_cannot_start_jobs(app, run, as_visitor):
    as_visitor()
    opened(app, run)
    assert len(app.dataframe[0].value) == 3
    assert not {"Train the baselines", "Repeat over 5 seeds"} & set(labels(app))


def test_class_names_are_never_markup(app, run):
    opened(app, run)
    marked = page_text(app, "markdown", "caption", "info")
    assert "<b>happy" not in marked
    assert "](http" not in marked


def test_many_classes_are_a_table_of_the_largest_confusions(app, run):
    names = [f"class {i}" for i in range(31)]
    frame = pd.DataFrame([(a, b, int(a == b)) for a in names for b in names], columns=["true", "predicted", "rows"])
    frame.loc[1, "rows"] = 7  # class 0 taken for class 1
    with replacing(run.folder / "figures" / "confusion.parquet") as temporary:
        frame.to_parquet(temporary, index=False)
    opened(app, run)
    confusions = app.dataframe[2].value
    assert confusions[["true", "predicted", "rows"]].to_numpy().tolist() == [["class 0", "class 1", 7]]
    assert "“class 0” predicted as “class 1”: 7 rows" in page_text(app, "text")


def test_an_unknown_chart_is_shown_as_a_plain_table(app, run):
    frame = pd.DataFrame({"space": ["word", "before"], "kind": ["a", "b"]})
    frame.to_parquet(run.folder / "figures" / "new_kind.parquet")
    opened(app, run)
    assert not app.error
    assert "New kind" in [subheader.value for subheader in app.header]
    assert "popular items" not in page_text(app, "text")


def test_the_charts_of_ratings_have_their_sentences(app, tmp_path):
    run = ev.train("ratings", "ratings", epochs=1, deterministic=True)
    opened(app, run)
    assert not app.error
    titles = {subheader.value for subheader in app.header}
    assert {"Error by popularity", "Predictions by true rating", "kNN purity"} <= titles
    assert "Items rated at most" in page_text(app, "text")
    assert "Ratings of 0.5 are predicted as" in page_text(app, "text")
    assert "have the same “taste”" in page_text(app, "text")


def test_the_list_of_runs_names_each_score(app, run):
    app.run()
    app.switch_page("runs.py").run()
    assert not app.exception
    [row] = app.dataframe[0].value.to_dict("records")
    assert row["accuracy"] == run.metrics["test/accuracy"]
    assert row["trivial baseline"] == run.metrics["baseline/accuracy"]
