"""Every page by AppTest: empty, with a run open, after a mistake; never a traceback."""

import contextlib
import time

import numpy as np
import pandas as pd
import pytest

from components.turns import Turns
from embedviz.core.jobs.status import Status, write_status
from embedviz.jobs.perform import perform
from embedviz.jobs.preview import preview_of
from embedviz.space import EmbeddingSpace
from embedviz.space.storage import write_space
from embedviz.space.subwords import Subwords
from embedviz.store.dataset import Dataset
from embedviz.store.store import Store

pytestmark = pytest.mark.slow

PAGES = ["home", "data", "train", "runs", "neighbours", "predict", "evaluate", "map", "compare"]
TITLES = {"home": "See what embeddings learn", **{page: page.capitalize() for page in PAGES[1:]}}


@pytest.fixture
def with_vectors(app):
    """The app with a run of pretrained vectors open: king and queen side by side, table across."""
    store = Store()
    dataset = Dataset.upload(store.uploads_folder, "v.txt", [b"king 1 0\n"])
    run = store.create_vectors(dataset, name="*my* [run](http://x)")
    space = EmbeddingSpace(
        ["king", "queen", "table", "chair"],
        pd.DataFrame([[1, 0.1], [0.9, 0.2], [-0.2, 1], [-0.1, 1]]).to_numpy("float32"),
        pd.DataFrame({"count": [9, 7, 5, 3]}),
    )
    write_space(space, run.folder / "spaces", "word")
    write_status(run.folder, Status("done"))
    app.session_state["current_run"] = run.id
    return app


def go(app, page):
    app.run()
    if page != "home":
        app.switch_page(f"{page}.py").run()
    assert not app.exception
    return app


def show_data(app, dataset):
    """Open the Data page with a data set whose beginning has been read."""
    perform(preview_of(dataset))
    app.session_state["dataset"] = dataset.id
    return go(app, "data")


def rerun_until(app, is_so, seconds=60):
    """Run the page again until it is so, as its fragments do in a browser."""
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, page_text(app)
        time.sleep(0.2)
        app.run()
    assert not app.exception


def page_text(app) -> str:
    return " ".join(
        str(e.value) for kind in ("markdown", "text", "info", "warning", "error", "caption") for e in getattr(app, kind)
    )


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_with_nothing_there_and_offers_a_next_step(app, page):
    go(app, page)
    assert app.title[0].value == TITLES[page]
    assert app.button
    assert not app.error


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_with_a_run(with_vectors, page):
    go(with_vectors, page)
    assert with_vectors.title[0].value == TITLES[page]
    assert not with_vectors.error


def test_a_page_is_run_in_its_turn_and_gives_it_back_to_the_one_it_leads_to(app, monkeypatch):
    seen = []

    class Watched(Turns):
        @contextlib.contextmanager
        def take(self, visitor):
            with super().take(visitor):
                seen.append("begun")
                try:
                    yield
                finally:
                    seen.append("ended")

    monkeypatch.setattr("components.turns.TURNS", Watched(at_once=1, timeout_s=60))
    app.switch_page("runs.py").run()
    assert seen == ["begun", "ended"]
    app.switch_page("data.py").run()
    app.button(key="sample-kjv").click().run()  # the page is run again at its end
    assert app.title[0].value == "Data"
    assert seen == ["begun", "ended"] * (len(seen) // 2)
    assert len(seen) >= 8


def test_king_and_queen_are_measured_against_table(with_vectors):
    assert "King and queen are closer to each other than either is to table" in page_text(
        go(with_vectors, "neighbours")
    )


def test_an_unknown_word_gets_neighbours_that_are_marked_as_an_estimate(with_vectors):
    [run] = Store().runs("local")
    subwords = Subwords(np.random.default_rng(0).normal(size=(50, 2)).astype(np.float32), 3, 6)
    words = EmbeddingSpace(
        ["king", "queen", "car"],
        np.array([[1, 0], [1, 1], [0, 1]], np.float32),
        notes=["3 of 4 lines were read."],
        subwords=subwords,
    )
    write_space(words, run.folder / "spaces", "word")
    go(with_vectors, "neighbours")
    assert "3 of 4 lines were read." in page_text(with_vectors)
    with_vectors.session_state["history"], with_vectors.session_state["history-at"] = ["kingz"], 0
    with_vectors.session_state["history-run"] = f"{run.id} word"
    with_vectors.run()
    assert not with_vectors.exception
    assert "its vector is an estimate, composed from its character n" in page_text(with_vectors)
    [near] = [button for button in with_vectors.button if button.label == "king"]
    near.click().run()
    assert "is an estimate" not in page_text(with_vectors)


@pytest.mark.parametrize(
    ("tab", "key", "asked"),
    [("Two words", "second-{}-word", "kingz"), ("Odd one out", "odd-{}-word", ["king", "queen", "kingz"])],
)
def test_two_words_and_the_odd_one_out_take_an_unknown_word_and_mark_it(with_vectors, tab, key, asked):
    [run] = Store().runs("local")
    subwords = Subwords(np.random.default_rng(0).normal(size=(50, 2)).astype(np.float32), 3, 6)
    vectors = np.array([[1, 0], [1, 1], [0, 1]], np.float32)
    write_space(EmbeddingSpace(["king", "queen", "car"], vectors, subwords=subwords), run.folder / "spaces", "word")
    go(with_vectors, "neighbours")
    assert "is an estimate" not in page_text(with_vectors)
    with_vectors.session_state["tab-4-word"] = tab
    with_vectors.session_state[key.format(run.id)] = asked
    with_vectors.run()
    assert not with_vectors.exception
    assert "its vector is an estimate, composed from its character n" in page_text(with_vectors)
    assert ("odd one out" in page_text(with_vectors)) == (tab == "Odd one out")


@pytest.mark.parametrize("tab", ["Neighbours", "Two words", "Analogy", "Odd one out"])
def test_every_question_starts_with_words_that_the_space_has(with_vectors, tab):
    go(with_vectors, "neighbours")
    with_vectors.session_state["tab-4-word"] = tab
    with_vectors.run()
    assert not with_vectors.exception
    assert not with_vectors.warning
    assert with_vectors.dataframe or tab == "Two words"


def test_of_two_runs_with_one_name_the_open_one_stays_open(with_vectors):
    store = Store()
    [first] = store.runs("local")
    twin = store.create_vectors(store.datasets("local")[0], name=first.name)
    write_space(first.space, twin.folder / "spaces", "word")
    write_status(twin.folder, Status("done"))
    for run in (twin, first):
        with_vectors.session_state["current_run"] = run.id
        with_vectors.query_params["run"] = run.id
        go(with_vectors, "neighbours")
        with_vectors.number_input(key="k").set_value(3).run()
        assert with_vectors.session_state["current_run"] == run.id
        with_vectors.number_input(key="k").set_value(4).run()
        assert with_vectors.session_state["current_run"] == run.id


def test_the_run_just_opened_stays_when_the_browser_still_has_the_address_before(app, monkeypatch):
    store = Store()
    before, after = (
        store.create_vectors(Dataset.upload(store.uploads_folder, f"{name}.txt", [f"{name} 1 0\n".encode()]))
        for name in ("before", "after")
    )
    for run in (before, after):
        write_status(run.folder, Status("done"))
    app.session_state["current_run"] = after.id
    app.query_params["run"] = before.id
    app.run()
    assert app.session_state["current_run"] == after.id
    monkeypatch.setattr("components.session.is_history_step", lambda: True)
    app.query_params["run"] = before.id  # the browser's way back
    app.run()
    assert app.session_state["current_run"] == before.id


def test_an_address_that_names_no_run_shows_a_message(app):
    app.query_params["run"] = "../../etc/passwd"
    app.run()
    assert not app.exception
    assert "does not name a run" in page_text(app)


def test_a_sample_is_read_and_can_be_trained_on(app):
    go(app, "data")
    app.button(key="sample-kjv").click().run()
    rerun_until(app, lambda: "each line is one unit" in page_text(app))
    [train] = [button for button in app.button if button.label == "Train on this"]
    train.click().run()
    assert "Word vectors (skip-gram)" in " ".join(s.value for s in app.header)


def test_roles_are_guessed_and_can_be_changed(app):
    dataset = Dataset.upload(
        Store().uploads_folder, "r.csv", [b"review,stars,notes\nso very good a film,5,one two three\na bad film it was,1,four five six\n" * 9]
    )  # fmt: skip
    show_data(app, dataset)
    assert "\u201creview\u201d as text" in page_text(app)
    app.selectbox(key=f"text-{dataset.id}").set_value("notes").run()
    assert "\u201cnotes\u201d as text" in page_text(app)
    app.selectbox(key=f"label-{dataset.id}").set_value("stars").run()
    assert "\u201cstars\u201d as the" in page_text(app)
    assert not app.exception


def test_a_role_that_is_chosen_takes_its_column_from_the_one_that_was_guessed(app):
    data = b"review,stars\nso very good a film,5\na bad film it was,1\n" * 9
    dataset = Dataset.upload(Store().uploads_folder, "r.csv", [data])
    show_data(app, dataset)
    assert "\u201cstars\u201d as the label" in page_text(app)
    app.selectbox(key=f"user-{dataset.id}").set_value("stars").run()
    assert "is now the user, no longer the label" in page_text(app)
    assert "\u201cstars\u201d as the user" in page_text(app)


def test_a_column_may_be_the_label_of_one_model_and_the_target_of_another(app):
    data = b"review,stars\nso very good a film,5\na bad film it was,1\n" * 9
    dataset = Dataset.upload(Store().uploads_folder, "r.csv", [data])
    show_data(app, dataset)
    app.selectbox(key=f"target-{dataset.id}").set_value("stars").run()
    assert "\u201cstars\u201d as the label" in page_text(app)
    assert "\u201cstars\u201d as the target" in page_text(app)


def test_past_the_quota_the_oldest_uploads_are_offered(app, monkeypatch):
    monkeypatch.setenv("EMBEDVIZ_LIMIT_VISITOR_MB", "0.0001")
    store = Store()
    for name in ("old.txt", "new.txt"):
        Dataset.upload(store.uploads_folder, name, [b"a b c d\n" * 100])
    go(app, "runs")
    assert "more than the quota" in page_text(app)
    offered = [text.value for text in app.text if ".txt" in text.value]
    assert [text.split(" ")[0] for text in offered] == ["old.txt", "new.txt"]
    next(button for button in app.button if button.label == "Delete the upload").click().run()
    assert [dataset.title for dataset in store.datasets("local")] == ["new.txt"]


def test_a_bad_upload_is_a_sentence_and_what_was_open_stays(app):
    go(app, "data")
    app.button(key="sample-kjv").click().run()
    store = Store()
    bad = Dataset.upload(store.uploads_folder, "bad.csv", [b"\x00\x01\x02" * 100])
    show_data(app, bad)
    assert "binary file" in " ".join(e.value for e in app.error)
    assert len(store.datasets("local")) == 2


def test_what_people_name_their_things_is_never_markdown(with_vectors):
    go(with_vectors, "home")
    assert all("](http" not in m.value for m in with_vectors.markdown)


def test_names_of_spaces_are_never_markdown(app):
    store = Store()
    run = store.create_vectors(Dataset.upload(store.uploads_folder, "v.txt", [b"king 1 0\n"]))
    for name in ("[size](http://x)", "make"):
        write_space(EmbeddingSpace(["a", "b", "c"], np.eye(3, dtype=np.float32)), run.folder / "spaces", name)
    write_status(run.folder, Status("done"))
    app.session_state["current_run"] = run.id
    go(app, "neighbours")
    [control] = [group for group in app.button_group if group.label == "Space"]
    assert "[size](http://x)" not in control.options


def test_the_space_is_in_the_address_and_a_link_opens_it(app, monkeypatch):
    store = Store()
    run = store.create_vectors(Dataset.upload(store.uploads_folder, "v.txt", [b"king 1 0\n"]))
    for name in ("item", "user"):
        write_space(EmbeddingSpace([f"{name} 1", "b", "c"], np.eye(3, dtype=np.float32)), run.folder / "spaces", name)
    write_status(run.folder, Status("done"))
    app.query_params["run"], app.query_params["space"] = run.id, "user"
    go(app, "neighbours")
    [control] = [group for group in app.button_group if group.label == "Space"]
    assert control.value == "user"
    control.set_value("item").run()
    assert app.query_params["space"] == "item"
    app.query_params["space"] = "user"  # sent before the browser had the last address
    app.run()
    [control] = [group for group in app.button_group if group.label == "Space"]
    assert control.value == "item"
    monkeypatch.setattr("components.space_picker.is_history_step", lambda: True)
    app.query_params["space"] = "user"
    app.run()
    [control] = [group for group in app.button_group if group.label == "Space"]
    assert control.value == "user"
    app.query_params["space"] = "nothing"
    app.run()
    assert not app.exception
    assert app.query_params["space"] == "user"
