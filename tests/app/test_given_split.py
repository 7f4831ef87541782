"""A zip of train, dev and test files, from the Data page to the Train page and to the scores."""

import io
import json
import zipfile

import pytest
from streamlit.testing.v1 import AppTest

import embedviz as ev
from components.training_draft import TrainingDraft
from embedviz.store.comparisons import twins_of
from embedviz.store.dataset import Dataset
from embedviz.store.store import Store
from tests.app.previews import read, read_before
from tests.jobs.waiting import wait_for

pytestmark = pytest.mark.slow

REVIEWS = {
    "train.csv": "review,mood\n" + "a warm and funny film,good\na cold and tired film,bad\n" * 30,
    "dev.csv": "review;mood\n" + "a warm film it was;good\na cold film it was;bad\n" * 5,
    "test.csv": "review,mood\n" + "how warm and funny,good\nhow cold and tired,bad\n" * 7,
    "README": "about the files",
}


@pytest.fixture
def dataset() -> Dataset:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in REVIEWS.items():
            archive.writestr(name, text)
    return Dataset.upload(Store().uploads_folder, "reviews.zip", [buffer.getvalue()])


def page_text(app) -> str:
    kinds = ("markdown", "text", "info", "warning", "error", "caption")
    return " ".join(str(element.value) for kind in kinds for element in getattr(app, kind))


def opened(app, dataset):
    read(dataset)
    app.session_state["dataset"] = dataset.id
    app.run()
    app.switch_page("data.py").run()
    assert not app.exception
    return app


def test_files_that_belong_together_are_offered_beside_the_single_ones(app, dataset):
    opened(app, dataset)
    [menu] = [box for box in app.selectbox if box.label == "File"]
    assert menu.options == ["train.csv, dev.csv and test.csv, with their split", *REVIEWS]
    together = {"train": "train.csv", "validation": "dev.csv", "test": "test.csv"}
    read_before(dataset, member=together)
    menu.select_index(0).run()
    assert not app.exception
    assert Store().dataset(dataset.id).options == {"member": together}
    assert "84 rows read from train.csv, dev.csv, test.csv." in page_text(app)
    assert "“split” as the split" in page_text(app)
    assert app.selectbox(key=f"split-{dataset.id}").value == "split"


def test_a_single_file_of_the_zip_can_still_be_chosen(app, dataset):
    opened(app, dataset)
    [menu] = [box for box in app.selectbox if box.label == "File"]
    read_before(dataset, member="dev.csv")
    menu.select("dev.csv").run()
    assert not app.exception
    assert "10 rows read from dev.csv." in page_text(app)


def test_the_train_page_says_which_split_is_used(app, dataset):
    dataset.set_options(member={"train": "train.csv", "validation": "dev.csv", "test": "test.csv"})
    opened(app, dataset)
    [button] = [button for button in app.button if button.label == "Train on this"]
    button.click().run()
    draft = json.loads(app.query_params["draft"])
    assert draft["roles"] == {"text": "review", "label": "mood", "split": "split"}

    app.switch_page("train.py")

    def surveyed():
        return "The split of column “split”: 60 training, 10 validation and 14 test texts." in page_text(app.run())

    wait_for(surveyed, what="the survey of the three files")
    assert not app.exception


def test_a_run_on_a_given_split_is_repeated_over_seeds_alone(app, dataset, tmp_path):
    (tmp_path / "train.csv").write_text(REVIEWS["train.csv"])
    (tmp_path / "test.csv").write_text(REVIEWS["test.csv"])
    run = ev.train(
        "sentiment", tmp_path / "train.csv", test=tmp_path / "test.csv", vectors="none", dim=4, encoder="mean", epochs=1,
        linear_term=False, deterministic=True,
    )  # fmt: skip
    app.session_state["current_run"] = run.id
    app.run()
    app.switch_page("evaluate.py").run()
    assert not app.exception
    assert "They keep the split of the column “split”" in page_text(app)
    assert TrainingDraft.from_run(run).roles == {"split": "split"}  # which was guessed
    assert app.segmented_control(key=f"over-{run.id}").options == ["seeds"]
    protocol = app.dataframe[1].value.set_index("what")["value"]
    expected = "Published split (column “split”), the validation set drawn from its training texts by seed 0"
    assert protocol["split"].startswith(expected)


def seed_baseline():
    """A page with the chance level of a comparison alone; session state "run" is the run's id."""
    import streamlit as st

    from components.compare.seed_baseline import draw_seed_baseline
    from embedviz.store.store import Store

    run = Store().run(st.session_state["run"])
    draw_seed_baseline(run, run.space, 5)


def test_a_training_with_another_seed_keeps_the_roles_that_were_taken_away(tmp_path):
    rows = (
        REVIEWS["train.csv"]
        .replace("mood\n", "mood,part\n")
        .replace("good\n", "good,train\n")
        .replace("bad\n", "bad,test\n")
    )
    (tmp_path / "t.csv").write_text(rows)
    run = ev.train(
        "sentiment", tmp_path / "t.csv", columns={"text": "review", "label": "mood", "split": None}, vectors="none", dim=4,
        encoder="mean", epochs=1, linear_term=False, deterministic=True,
    )  # fmt: skip
    app = AppTest.from_function(seed_baseline, default_timeout=30)
    app.session_state["run"] = run.id
    app.run().button(key="train-twin").click().run()
    [twin] = [other for other in Store().runs() if other.id != run.id]
    twin.wait(60)
    assert twin.columns == run.columns == {"text": "review", "label": "mood", "split": None}
    assert twins_of(run, [twin]) == [twin]
