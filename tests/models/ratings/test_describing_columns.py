"""Columns that describe users and items: their features, and estimates of what has no ratings."""

import numpy as np
import pandas as pd
import pytest

from embedviz.models.ratings.describing_columns import DescribingColumns
from tests.models.ratings.tastes import train

FILMS = pd.DataFrame(
    {
        "year": [1990.0, 2000.0, None, 2010.0] * 5,
        "genres": ["Drama|War", "Comedy", "Comedy|Drama", None] * 5,
        "title": [f"Star {word} ({i})" for i, word in enumerate(["Wars", "Trek", "Man", "Dust"] * 5)],
        "country": ["fr", "de", "fr", "fr"] * 5,
        "same": ["x"] * 20,
    }
)


def test_numbers_lists_words_and_categories_have_features():
    columns = DescribingColumns.fit(FILMS)
    found = {column.column: (column.kind, set(column.values)) for column in columns.columns}
    assert found == {
        "year": ("number", set()),
        "genres": ("list", {"Drama", "Comedy", "War"}),
        "title": ("words", {"wars", "trek", "man", "dust"}),
        "country": ("category", {"fr", "de"}),
    }
    encoded = columns.encode(FILMS)
    assert encoded.shape == (20, 1 + 3 + 4 + 2 + 1)
    assert (encoded[:, -1] == 1).all()
    assert np.abs(encoded[:, :-1].mean(0)).max() < 0.05
    assert encoded[2, 0] == 0  # a missing year says nothing
    assert not encoded[3, 1:4].any()


def test_values_that_are_as_frequent_have_an_order_that_is_the_same_in_each_process():
    cells = pd.Series(["red|blue|green|tall|old"] * 5 + ["blue|new"] * 2 + ["new|thin"] * 3, name="kind")
    [column] = DescribingColumns.fit(cells.to_frame()).columns
    assert column.values == ["blue", "green", "new", "old", "red", "tall"]


def test_columns_that_a_frame_lacks_count_as_missing():
    columns = DescribingColumns.fit(FILMS)
    encoded = columns.encode(FILMS[["country"]])
    assert not encoded[:, :8].any()
    assert encoded[:, 8:10].any()
    assert columns.are_in(FILMS[["country"]]).all()
    assert not columns.are_in(pd.DataFrame({"other": [1]})).any()


@pytest.fixture(scope="module")
def described(tastes):
    return train(tastes, rounds=20)


def test_a_new_item_has_an_estimate_by_its_columns(described, saved):
    trained = saved(described.trained)
    asked = pd.DataFrame(
        {"user": ["u0", "u0", "u1", "u1"], "film": ["new1", "new2"] * 2, "kind": ["x", "y"] * 2, "stars": 0}
    )
    found = trained.predict(asked, explain=True)
    one, two, three, four = found["prediction"]
    assert one > two + 0.5  # u0 likes kind x, u1 kind y
    assert four > three + 0.5
    assert "made from the columns that describe it" in found["note"][0]
    without = trained.predict(asked.drop(columns="kind"))
    assert "shrunk towards the overall mean" in without["note"][0]


def test_a_new_user_and_a_new_item_have_an_estimate_by_their_columns(described):
    asked = pd.DataFrame({"user": ["n", "n"], "film": ["new1", "new2"], "kind": ["x", "y"], "group": ["a", "a"]})
    found = described.trained.predict(asked)
    assert found["prediction"][0] > found["prediction"][1] + 0.3
    assert "made from their columns" in found["note"][0]


def test_the_test_set_is_measured_with_the_columns_of_new_items(tastes):
    new = tastes["film"] >= 45
    frame = tastes.assign(part=np.where(new, "test", "train"))
    frame.loc[frame.index[~new][::7], "part"] = "test"
    columns = {"user": "user", "item": "film", "rating": "stars", "split": "part"}
    with_columns, without = (train(frame, columns, rounds=20, use_columns=use) for use in (True, False))
    evaluation, plain = with_columns.evaluate(), without.evaluate()
    assert evaluation.protocol.details["unknown_pairs"] == new.sum()
    assert evaluation.protocol.details["pairs_by_columns"] == new.sum()
    assert "pairs_by_columns" not in plain.protocol.details
    assert evaluation.metrics["test/rmse"] < 0.85 * plain.metrics["test/rmse"]


def test_without_columns_nothing_is_described(tastes):
    found = train(tastes, rounds=3, use_columns=False).trained
    assert found.described == {}
    asked = pd.DataFrame({"user": ["u0"], "film": ["new"], "kind": ["x"]})
    assert "shrunk" in found.predict(asked)["note"][0]
