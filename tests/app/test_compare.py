"""The Compare page by AppTest, with comparisons that real workers do."""

import time

import numpy as np
import pytest

from embedviz.core.jobs.status import Status, write_status
from embedviz.space import EmbeddingSpace
from embedviz.space.storage import write_space
from embedviz.store.dataset import Dataset
from embedviz.store.store import Store

pytestmark = pytest.mark.slow

LABELS = [f"w{i}" for i in range(30)] + ["*bold* [a](http://x)"]


def with_space(name, vectors, labels=LABELS):
    store = Store()
    run = store.create_vectors(Dataset.upload(store.uploads_folder, "v.txt", [b"king 1 0\n"]), name=name)
    write_space(EmbeddingSpace(labels, vectors.astype(np.float32)), run.folder / "spaces", "word")
    write_status(run.folder, Status("done"))
    return run


def opened(app, run):
    app.session_state["current_run"] = run.id
    app.run()
    app.switch_page("compare.py").run()
    assert not app.exception
    return app


def shown_text(app):
    return " ".join(
        str(e.value) for kind in ("text", "info", "warning", "error", "caption") for e in getattr(app, kind)
    )


def when_done(app, words):
    end = time.monotonic() + 60
    while words not in shown_text(app):
        assert time.monotonic() < end, shown_text(app)
        time.sleep(0.2)
        app.run()
        assert not app.exception
    return app


@pytest.fixture
def vectors():
    return np.random.default_rng(0).normal(size=(len(LABELS), 6))


def test_without_another_space_the_page_says_how_to_get_one(app, vectors):
    opened(app, with_space("mine", vectors))
    assert "There is no other space yet" in shown_text(app)
    assert "Bring data" in [button.label for button in app.button]


def test_a_rotated_copy_shares_every_neighbour_and_both_lists_are_shown(app, vectors):
    turned = vectors @ np.linalg.qr(np.random.default_rng(1).normal(size=(6, 6)))[0]
    run, _ = with_space("mine", vectors), with_space("*turned*", turned)
    when_done(opened(app, run), "of its 10 nearest neighbours")
    assert "a word shares 100% of its 10 nearest neighbours between the two spaces" in shown_text(app)
    assert "differ by 0% of their length" in shown_text(app)
    movers, here, there = (table.value for table in app.dataframe)
    assert len(movers) == len(LABELS)
    assert here["in both"].all()
    assert here["label"].tolist() == there["label"].tolist()


def test_the_word_whose_neighbours_changed_most_comes_first(app, vectors):
    moved = vectors.copy()
    moved[5] = -moved[5]
    run, _ = with_space("mine", vectors), with_space("other", moved)
    when_done(opened(app, run), "of its 10 nearest neighbours")
    assert app.dataframe[0].value["label"].iloc[0] == "w5"
    assert "Nearest to “w5”" in shown_text(app)
    assert not app.dataframe[1].value["in both"].all()


def test_spaces_without_a_common_label_are_reported(app, vectors):
    run, _ = with_space("mine", vectors), with_space("other", vectors, [f"v{i}" for i in range(len(LABELS))])
    when_done(opened(app, run), "have 0 labels in common")
