"""The Runs page: the table, its edits, and runs side by side."""

import json
from types import SimpleNamespace

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from components.runs import runs_table
from embedviz.core.jobs.status import Status, write_status
from embedviz.core.typed_json import write_typed
from embedviz.store.dataset import Dataset
from embedviz.store.run_folder import METRICS, Metrics, RunFolder, TrainingRecord
from embedviz.store.store import Store


def trained(name="mine", model="skipgram", events=(), metrics=None, score="loss", **settings) -> RunFolder:
    store = Store()
    dataset = Dataset.upload(store.uploads_folder, "text.txt", [b"a b c d\n"])
    run = store.create_training(model, dataset, settings, name=name)
    (run.folder / "events.jsonl").write_text("".join(json.dumps(event) + "\n" for event in events))
    write_status(run.folder, Status("done"))
    write_typed(run.folder / METRICS, Metrics(metrics or {}, TrainingRecord(score=score)))
    return run


def test_runs_of_experiments_are_listed_when_asked_for_or_named(app):
    store = Store()
    dataset = Dataset.upload(store.uploads_folder, "text.txt", [b"a b c d\n"])
    own, first, second = (
        store.create_training("skipgram", dataset, {}, name=name, experiment=experiment)
        for name, experiment in (("own", ""), ("dim 2", "e" * 32), ("dim 4", "e" * 32))
    )
    for run in (own, first, second):
        write_status(run.folder, Status("done"))
    second.set_label(notes="the one to keep")
    app.run()
    app.switch_page("runs.py").run()
    assert not app.exception
    [picker] = [box for box in app.selectbox if box.label == "Open run"]
    assert sorted(picker.options) == ["dim 4", "own"]
    assert sorted(app.dataframe[0].value["name"]) == ["dim 4", "own"]
    [toggle] = app.toggle
    assert toggle.label == "Show runs of experiments (1)"
    toggle.set_value(True).run()
    assert sorted(app.dataframe[0].value["name"]) == ["dim 2", "dim 4", "own"]


def comparison():
    """Compare all runs, as the page does with those that are selected."""
    from components.run_picker import labels_of
    from components.runs.comparison import show_comparison
    from embedviz.store.store import Store

    runs = Store().runs("local")
    labels = labels_of(runs)
    show_comparison({labels[run.id]: run for run in runs})


def losses(*values):
    return [{"epoch": i, "loss": v, "metrics": {"validation/loss": v + 0.1}} for i, v in enumerate(values, 1)]


def test_runs_of_one_name_are_compared_on_one_axis_and_in_their_settings():
    trained(events=losses(3.0, 2.0), metrics={"test/loss": 2.1}, dim=50)
    trained(events=losses(2.5, 1.5), metrics={"test/loss": 1.6}, dim=60)
    app = AppTest.from_function(comparison).run()
    assert not app.exception
    settings, scores = (frame.value for frame in app.dataframe)
    assert settings.loc["dim"].to_dict() == {"mine": "50", "mine (2)": "60"}
    assert scores["loss"].to_dict() == {"mine": 2.1, "mine (2)": 1.6}
    [chart] = app.get("plotly_chart")
    lines = [trace["name"] for trace in json.loads(chart.proto.spec)["data"] if trace["mode"] == "lines"]
    assert sorted(lines) == ["mine", "mine (2)"]


def test_opened_vectors_have_nothing_to_compare():
    store = Store()
    dataset = Dataset.upload(store.uploads_folder, "v.txt", [b"king 1 0\n"])
    store.create_vectors(dataset)
    store.create_vectors(dataset)
    app = AppTest.from_function(comparison).run()
    assert "Only trainings can be compared" in app.caption[0].value


def test_scores_are_columns_of_numbers_to_sort_by():
    runs = [
        trained(metrics={"test/loss": 2.1, "baseline/loss": 4.0}),
        trained(metrics={"test/rmse": 0.9}, score="rmse"),
        trained(),
    ]
    frame = runs_table.runs_frame(runs)
    assert frame["loss"].tolist()[:1] == [2.1]
    assert frame["loss"].isna().tolist() == [False, True, True]
    assert frame["RMSE"].tolist()[1:2] == [0.9]
    assert all(
        pd.api.types.is_float_dtype(frame[name]) for name in ("loss", "RMSE", "trivial baseline", "seconds", "MB")
    )


@pytest.fixture
def edited(monkeypatch):
    """A function that applies edits of the table, {row: {column: value}}, in one session."""
    monkeypatch.setattr(runs_table, "st", SimpleNamespace(session_state={}))
    state = runs_table.st.session_state

    def edit(runs, rows):
        state["key"] = {"edited_rows": rows}
        runs_table.apply_edits(runs, "key")
        return state

    return edit


def test_name_tags_and_notes_are_edited_in_the_row(edited):
    runs = [trained("one"), trained("two")]
    edited(runs, {1: {"name": "second", "tags": ["a", "b"], "notes": "good"}, 0: {"select": True}})
    assert (runs[1].label.name, runs[1].label.tags, runs[1].label.notes) == ("second", ["a", "b"], "good")
    assert runs[0].name == "one"
    edited(runs, {1: {"name": "second", "tags": None, "notes": None}})
    assert (runs[1].label.tags, runs[1].label.notes) == ([], "")


def test_an_edit_is_written_once_and_takes_back_no_later_name(edited):
    runs = [trained("one")]
    edited(runs, {0: {"name": "first"}})
    runs[0].rename("renamed elsewhere")
    edited(runs, {0: {"name": "first", "select": True}})
    assert runs[0].name == "renamed elsewhere"


def test_a_refused_name_is_a_message_and_the_table_starts_over(edited):
    runs = [trained("one")]
    state = edited(runs, {0: {"name": "  "}})
    assert "1 to 120 characters" in state[runs_table.MESSAGE]
    assert state[runs_table.TURN] == 1
    assert runs[0].name == "one"


def test_the_table_has_the_same_columns_before_and_after_the_first_tag():
    run = trained()
    before = runs_table.runs_frame([run]).dtypes
    run.set_label(tags=["a"])
    assert before.equals(runs_table.runs_frame([run]).dtypes)


def test_the_page_shows_runs_of_one_name(app):
    trained(), trained()
    app.switch_page("runs.py").run()
    assert not app.exception
    assert "Select one run" in " ".join(caption.value for caption in app.caption)
