"""What the test part holds changes nothing that is learned: vocabulary, scaling, pooling, weights. Ratings: test_ratings."""

import numpy as np
import pytest

from embedviz.data.reading import read_table
from embedviz.data.roles import roles_of
from embedviz.models import model_class
from embedviz.training.devices import choose


def trained(name, frame, columns, **settings):
    cls = model_class(name)
    model = cls(cls.Settings.of(deterministic=True, **settings))
    table = read_table(frame.to_csv(index=False).encode(), name="t.csv")
    for _ in model.prepare(table, roles_of(table, columns)):
        pass
    for _ in model.fit(choose("cpu"), 1):
        pass
    return model


def assert_same(one, two):
    first, second = one.weights(), two.weights()
    assert first.keys() == second.keys()
    assert all(np.array_equal(first[key], second[key]) for key in first)
    assert one.knowledge() == two.knowledge()


@pytest.mark.parametrize("encoder", ["lstm", "mean"])
def test_the_texts_that_test_teach_sentiment_nothing(tweets, encoder):
    def model(frame):
        columns = {"text": "tweet", "label": "mood"}
        return trained("sentiment", frame, columns, vectors="none", dim=6, hidden_dim=4, encoder=encoder, epochs=1)

    before = model(tweets)
    labelled = np.flatnonzero(tweets["mood"].notna())
    changed = tweets.copy()
    changed.loc[labelled[before.rows["test"]], "tweet"] = "zyx zyx wvu unheard words, many of them, and love love hate"
    after = model(changed)
    assert_same(before, after)
    assert after.evaluate()["test/accuracy"] < before.evaluate()["test/accuracy"]
    changed.loc[labelled[before.rows["train"][:3]], "tweet"] = "zyx zyx wvu"  # as a check of the check
    assert "zyx" in model(changed).knowledge()["labels"]
    assert "zyx" not in after.knowledge()["labels"]


@pytest.mark.parametrize("preset", ["recommended", "textbook"])
def test_the_rows_that_test_teach_categories_nothing(cars, preset):
    def model(frame):
        return trained("categories", frame, {"target": "body"}, preset=preset, epochs=1)

    before = model(cars)
    changed = cars.copy()
    rows = before.rows["test"]
    changed.loc[rows, "make"] = "Unheard"
    changed.loc[rows, "horse power"] = 1e6
    after = model(changed)
    assert_same(before, after)
    assert after.evaluate()["test/log_loss"] != before.evaluate()["test/log_loss"]


@pytest.mark.parametrize("odd", ["heavy", "?", "inf", "1e400", "007"])
def test_an_odd_cell_in_a_row_that_tests_takes_no_feature_away(cars, odd):
    def model(frame):
        return trained("categories", frame, {"target": "body"}, epochs=1)

    before = model(cars)
    assert "horse power" in [feature.column for feature in before.read.features]
    changed = cars.astype({"horse power": object})
    changed.loc[before.rows["test"][0], "horse power"] = odd
    assert_same(before, model(changed))
    changed.loc[before.rows["test"], "horse power"] = odd
    assert_same(before, model(changed))
