"""Guided tours by AppTest: the step on a page, the ways on, back and out, and how long a tour takes."""

import pytest
from streamlit.testing.v1 import AppTest

from components.tours import times
from components.tours.claims import CLAIMS
from components.tours.content import TOURS
from embedviz.store.dataset import Dataset
from embedviz.store.run_folder import RunFolder
from embedviz.store.store import Store

TEXT = b"the king and the queen sat at the table with bread and water\n" * 40
WORDS = TOURS["words"]


@pytest.fixture
def run() -> RunFolder:
    """A run of the words tour that has not been trained."""
    dataset = Dataset.upload(Store().uploads_folder, "t.txt", [TEXT])
    return Store().create_training("skipgram", dataset, {}, owner="local", name=WORDS.run_name)


def on_page(app: AppTest, run: RunFolder, page: str, **more: str) -> AppTest:
    app.run()
    app.switch_page(page)
    for name, value in {"run": run.id, **more}.items():
        app.query_params[name] = value
    return app.run()


def texts(app: AppTest) -> list[str]:
    return [element.value for element in (*app.markdown, *app.caption)]


@pytest.mark.parametrize("tour", TOURS.values(), ids=TOURS)
def test_a_tour_begins_with_the_training_and_ends_on_the_map(tour):
    pages = [step.page for step in tour.steps]
    assert (pages[0], pages[-1]) == ("train", "map")
    assert len(set(pages)) == len(pages)  # a page shows one step
    made = [step.claim for step in tour.steps if step.claim]
    assert made
    assert set(made) <= set(CLAIMS)


def test_a_tour_loaded_again_by_its_address_goes_on(app, run):
    on_page(app, run, "train.py", tour="words")
    assert any("Embedding" in text for text in texts(app))
    assert "Step 1 of 3" in texts(app)
    [next_button] = [button for button in app.button if button.label == "Next: neighbours"]
    assert next_button.disabled  # nothing is trained yet
    assert app.query_params["tour"] == "words"  # for the next reload


def test_an_address_that_names_another_tour_than_the_run_starts_none(app, run):
    on_page(app, run, "train.py", tour="birds")
    assert not any("Step 1" in text for text in texts(app))
    on_page(app, run, "train.py", tour="no such tour")
    assert not app.exception


def test_a_tour_can_be_left(app, run):
    on_page(app, run, "train.py", tour="words")
    [leave] = [button for button in app.button if button.label == "Leave the tour"]
    leave.click().run()
    assert not any("Step 1" in text for text in texts(app))
    assert "tour" not in app.query_params


def faster(monkeypatch, words_per_second: float | None) -> str:
    """The time on the words tour's card on a machine of this speed."""
    monkeypatch.setattr(times, "measured_speed", lambda: words_per_second)
    return times.time_of(WORDS, [])


def test_the_time_of_a_tour_follows_the_speed_of_the_machine(monkeypatch):
    assert faster(monkeypatch, None) == "Trains in under a minute."
    assert faster(monkeypatch, 1e6) == f"Trains in about {WORDS.work:.0f} s."
    assert faster(monkeypatch, 0.5e6) == f"Trains in about {2 * WORDS.work:.0f} s."
    assert faster(monkeypatch, 1e9) == "Trains in about 1 s."
