"""The Train page by AppTest: the setup, its address, and the clicks on its buttons."""

import json
import re

import pytest
from streamlit.testing.v1 import AppTest

from embedviz.core.cost import Cost
from embedviz.jobs.shared_executor import shared_executor
from embedviz.store.dataset import Dataset
from embedviz.store.run_specs import TrainingSpec
from embedviz.store.store import Store
from tests.jobs.waiting import wait_for

pytestmark = pytest.mark.slow

TEXT = b"the king and the queen sat at the table with bread and water\n" * 40


@pytest.fixture
def dataset() -> Dataset:
    return Dataset.upload(Store().uploads_folder, "t.txt", [TEXT])


def address(dataset: Dataset, **more) -> str:
    return json.dumps({"dataset_id": dataset.id, "roles": {"text": "text"}, **more})


def opened(app: AppTest, draft: str) -> AppTest:
    app.query_params["draft"] = draft
    app.run()
    app.switch_page("train.py")
    app.query_params["draft"] = draft
    app.run()
    assert not app.exception
    return app


@pytest.fixture
def reviews() -> str:
    """Address of the setup of labelled texts."""
    texts = b"text,label\n" + b"a warm and lovely film,good\na dull and flat film,bad\n" * 20
    dataset = Dataset.upload(Store().uploads_folder, "reviews.csv", [texts])
    return json.dumps({"dataset_id": dataset.id, "roles": {"text": "text", "label": "label"}})


def labels(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


def followed_job():
    """A page that follows a job; session state "looks" counts down the looks at it that still find it running."""
    import streamlit as st

    from components import live
    from embedviz.core.jobs.status import Status

    class Job:
        id = "0"

        @property
        def state(self) -> Status:
            left = st.session_state.get("looks", 0)
            st.session_state["looks"] = left - 1
            return Status("running" if left > 0 else "done")

        def last_event(self) -> dict:
            return {}

    state = live.follow(Job(), lambda drawn: st.text(drawn.state), key="job")  # type: ignore[arg-type]
    st.text(f"below: {state.state}")
    if st.button("Train"):
        st.session_state["clicks"] = st.session_state.get("clicks", 0) + 1


def test_a_click_that_meets_the_end_of_a_job_is_kept():
    app = AppTest.from_function(followed_job, default_timeout=30).run()
    app.session_state["looks"] = 1
    app.button[0].click().run()
    assert not app.exception
    assert app.session_state["clicks"] == 1


def test_a_page_is_drawn_from_one_state_of_the_job():
    app = AppTest.from_function(followed_job, default_timeout=30)
    app.session_state["looks"] = 1
    app.run()
    assert [text.value for text in app.text] == ["running", "below: running"]


def test_the_setup_is_found_again_by_its_address(app, dataset):
    opened(app, address(dataset))
    assert "Train" in labels(app)
    assert "Data: t.txt" in [text.value for text in app.text]


def test_a_click_on_train_starts_one_run_and_shows_it(app, dataset):
    opened(app, address(dataset))
    app.number_input(key="skipgram--recommended-epochs").set_value(1)
    app.button(key="train").click().run()
    assert not app.exception
    [run] = Store().runs()
    assert app.session_state["current_run"] == run.id
    assert run.spec.settings["epochs"] == 1
    assert "draft" not in app.query_params
    assert "Train" not in labels(app)
    run.wait(60)


def test_the_setup_comes_back_by_the_browsers_step_and_not_by_an_address_left_behind(app, dataset, monkeypatch):
    opened(app, address(dataset))
    app.number_input(key="skipgram--recommended-epochs").set_value(1)
    app.button(key="train").click().run()
    app.query_params["draft"] = address(dataset)  # sent before the browser had the last address
    app.run()
    assert "Train" not in labels(app)
    monkeypatch.setattr("components.training_draft.is_history_step", lambda: True)
    app.query_params["draft"] = address(dataset)
    app.run()
    assert "Train" in labels(app)
    [run] = Store().runs()
    run.wait(60)


def test_a_run_that_cannot_start_leaves_the_setup(app, dataset, monkeypatch):
    from components import starting
    from embedviz.core.errors import QueueFullError

    def refuse(*_, **__):
        raise QueueFullError("50 runs are waiting already.")

    monkeypatch.setattr(starting, "start_training", refuse)
    opened(app, address(dataset))
    app.button(key="train").click().run()
    assert "50 runs are waiting already" in app.error[0].value
    app.run()
    assert "Train" in labels(app)


def test_opening_a_run_closes_the_setup(app, dataset):
    opened(app, address(dataset))
    run = Store().create_training("skipgram", dataset, {})
    app.session_state["current_run"] = run.id
    app.query_params["run"] = run.id
    app.run()
    assert not app.exception
    assert "Train" not in labels(app)
    assert run.name in [heading.value for heading in app.header]


def test_the_open_run_is_opened_again_in_place_of_its_setup(app, dataset):
    run = Store().create_training("skipgram", dataset, {})
    app.query_params["run"] = run.id
    opened(app, address(dataset, run_id=run.id))
    assert "Train" in labels(app)
    app.switch_page("home.py").run()
    app.button(key=f"open-{run.id}").click().run()
    assert not app.exception
    assert app.title[0].value == "Train"
    assert "Train" not in labels(app)


def test_a_run_is_set_up_again_with_its_settings(app, dataset):
    run = Store().create_training("skipgram", dataset, {"epochs": 7}, columns={"text": "text"})
    opened(app, address(dataset, run_id=run.id))
    [preset] = [group for group in app.button_group if group.label == "Preset"]
    assert preset.value == "same as the run"
    assert app.number_input(key=f"skipgram-{run.id}-same as the run-epochs").value == 7


@pytest.mark.parametrize("damaged", ["{", "[]", "{}", '{"dataset_id": 3}', '{"dataset_id": "x", "roles": [1]}', "null"])
def test_a_damaged_address_opens_nothing(app, damaged):
    opened(app, damaged)
    assert "No training is open" in app.info[0].value


def test_somebody_elses_data_cannot_be_trained_on(app):
    theirs = Dataset.upload(Store().uploads_folder, "t.txt", [TEXT], owner="somebody else")
    opened(app, address(theirs))
    assert "belongs to another visitor" in app.error[0].value
    assert "Train" not in labels(app)


def test_an_encoder_is_downloaded_only_after_a_click(app, reviews):
    pytest.importorskip("huggingface_hub")
    opened(app, reviews)
    assert "Download and read the data" not in labels(app)
    [encoder] = [field for field in app.text_input if field.label == "Sentence encoder"]
    encoder.set_value("owner-of-nothing/model-of-nothing").run()
    assert not app.exception
    assert any("has to be downloaded once from the Hugging Face hub" in info.value for info in app.info)
    assert "Download and read the data" in labels(app)


def test_a_shared_server_offers_no_encoder(app, reviews, monkeypatch):
    monkeypatch.setattr("components.model_settings.is_shared", lambda: True)
    opened(app, reviews)
    assert not [field for field in app.text_input if field.label == "Sentence encoder"]


def test_a_training_is_logged_where_the_form_says(app, dataset, tmp_path):
    pytest.importorskip("tensorboard", reason="pip install tensorboard")
    opened(app, address(dataset))
    app.text_input(key="track").set_value("somewhere").run()
    assert "is no place to track a training" in app.error[0].value
    assert "Train" not in labels(app)
    app.text_input(key="track").set_value(f"tensorboard:{tmp_path}").run()
    app.button(key="train").click().run()
    assert not app.exception
    [run] = Store().runs()
    assert run.spec_as(TrainingSpec).track == [f"tensorboard:{tmp_path}"]


def test_a_shared_server_logs_to_no_place_that_a_visitor_names(app, dataset, monkeypatch):
    monkeypatch.setattr("components.training_setup.is_shared", lambda: True)
    opened(app, address(dataset))
    assert not [field for field in app.text_input if field.key == "track"]


@pytest.mark.timeout(180)
def test_a_run_that_waits_shows_its_place_and_when_it_begins_and_leaves_the_queue(app, many_topics, monkeypatch):
    dataset = Dataset.upload(Store().uploads_folder, "t.txt", [many_topics.encode()])
    monkeypatch.setenv("EMBEDVIZ_LIMIT_VISITOR_RUNNING", "1")
    shared_executor().close()  # of other limits
    settings = {"min_count": 1, "epochs": 10_000, "dim": 50, "subsample": 0}
    cost = Cost(40, 1e8)
    running, waiting = (Store().create_training("skipgram", dataset, settings, estimate=cost) for _ in range(2))
    for run in (running, waiting):
        shared_executor().submit(run)
    wait_for(lambda: running.events().events, what="the first run")
    app.query_params["run"] = waiting.id
    app.run()
    app.switch_page("train.py")
    app.query_params["run"] = waiting.id
    app.run()
    assert not app.exception
    shown = " ".join(info.value for info in app.info)
    assert re.search(r"Waiting: number 1 in the queue, begins in about [\d.]+ (s|min)", shown), shown
    assert not app.metric  # no time, which has not begun
    assert app.button(key=f"stop-{waiting.id}").label == "Leave the queue"
    app.button(key=f"stop-{waiting.id}").click().run()
    assert "Taken out of the queue." in [info.value for info in app.info]
    assert not app.metric
    shared_executor().stop(running)
