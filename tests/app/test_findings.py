"""Findings on the Train page by AppTest: a click on a button mends the data, and Undo brings it back."""

import json
import time

import pytest

from embedviz.store.dataset import Dataset
from embedviz.store.store import Store
from tests.app.test_train import labels, opened

pytestmark = pytest.mark.slow

RATINGS = "user,item,stars\n" + "".join(f"u{i % 23},i{i % 17},{99 if i % 9 == 0 else i % 5 + 1}\n" for i in range(300))
COUNTS = "user,item,plays\n" + "".join(
    f"u{i % 23},i{i % 17},{(i * 37) % 41 + 900 * (i % 40 == 0) + 1}\n" for i in range(300)
)
MATRIX = "reader,Dune,Emma,It,Ulysses,Momo\n" + "".join(
    f"r{i},{i % 5 + 1},{'' if i % 3 else i % 4 + 1},{i % 2 * 3 + 1},{'' if i % 2 else 2},{i % 3 + 3}\n"
    for i in range(60)
)


def page(app, text, **roles):
    dataset = Dataset.upload(Store().uploads_folder, "r.csv", [text.encode()])
    opened(app, json.dumps({"dataset_id": dataset.id, "roles": roles}))
    return dataset, settled(app)


def settled(app):
    """Look again until the data has been read."""
    for _ in range(150):
        if not any("Reading the data" in str(bar) for bar in app.get("progress")) and (app.warning or app.text):
            texts = [text.value for text in app.text]
            if any("ratings of" in text for text in texts) or app.error:
                return app
        time.sleep(0.1)
        app.run()
    raise AssertionError("The data was not read.")


def said(app):
    return [element.value for kind in ("warning", "info", "success", "text", "error") for element in app.get(kind)]


def button(app, label):
    [found] = [button for button in app.button if button.label == label]
    return found


def test_a_sentinel_is_treated_as_missing_by_a_click_and_brought_back_by_another(app):
    dataset, app = page(app, RATINGS, user="user", item="item", rating="stars")
    assert any("99 in “stars” stands apart" in sentence for sentence in said(app))
    app.number_input(key="ratings--recommended-dim").set_value(9)
    button(app, "Treat 99 as missing").click().run()
    settled(app)
    assert not app.exception
    assert dataset.open(dataset.folder).options == {"missing": {"stars": ["99"]}}
    assert "99 is treated as missing in “stars”." in said(app)
    assert any("Ratings go from 1 to 5" in sentence for sentence in said(app))
    assert app.number_input(key="ratings--recommended-dim").value == 9
    button(app, "Undo").click().run()
    settled(app)
    assert dataset.open(dataset.folder).options == {}
    assert "Treat 99 as missing" in labels(app)


def test_counts_are_ranked_by_a_click(app):
    _, app = page(app, COUNTS, user="user", item="item", rating="plays")
    button(app, "Rank by who has what").click().run()
    settled(app)
    assert not app.exception
    assert app.selectbox(key="ratings--recommended-method").value == "ials"
    assert "Rank by who has what" not in labels(app)
    button(app, "Undo").click().run()
    settled(app)
    assert app.selectbox(key="ratings--recommended-method").value == "auto"


def test_a_wide_matrix_gets_a_row_for_each_rating_by_a_click(app):
    dataset, app = page(app, MATRIX, user="reader", item="Dune", rating="Emma")
    button(app, "Make a row for each rating").click().run()
    settled(app)
    assert not app.exception
    assert dataset.open(dataset.folder).options == {"melt": "reader"}
    draft, _ = app.session_state["draft"]
    assert draft.roles == {"user": "reader", "item": "item", "rating": "rating"}
    assert any("of 5 items by 60 users" in sentence for sentence in said(app))
