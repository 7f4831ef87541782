import json

import numpy as np
import pytest

from embedviz.data.splits import Fold
from tests.models.categories.shop import KIND, PRICE, fitted, made, shop


@pytest.mark.parametrize("columns", [KIND, PRICE])
def test_nothing_is_learned_from_rows_that_do_not_train(columns):
    frame = shop()
    first = fitted(frame, columns)
    held_out = np.concatenate([first.rows["test"], first.rows["validation"]])
    changed = frame.copy()
    changed.loc[held_out, "material"] = "kryptonite"
    changed.loc[held_out, "city"] = None
    changed.loc[held_out, "weight"] = 1e6
    changed.loc[held_out, "sold"] = "1900-01-01"
    second = made(changed, columns)
    assert all(np.array_equal(first.rows[part], second.rows[part]) for part in first.rows)
    assert json.dumps(first.encoder.as_dict()) == json.dumps(second.encoder.as_dict())
    assert json.dumps(first.knowledge()) == json.dumps(second.knowledge())
    one, two = made(frame, columns).weights(), second.weights()
    assert all(np.array_equal(one[name], two[name]) for name in one)


def test_test_targets_teach_nothing():
    frame = shop()
    first = fitted(frame, PRICE)
    changed = frame.copy()
    changed.loc[first.rows["test"], "price"] *= 1000
    second = fitted(changed, PRICE)
    one, two = first.weights(), second.weights()
    assert all(np.array_equal(one[name], two[name]) for name in one)
    assert first.scale == second.scale


def test_a_number_is_learned_far_better_than_its_mean():
    metrics = fitted(shop(), PRICE, epochs=60, hidden_dim=32).evaluate()
    assert metrics["test/rmse"] < 0.7 * metrics["baseline/rmse"]
    assert metrics["test/r2"] > 0.5
    assert metrics["test/mae"] <= metrics["test/rmse"]


def test_a_number_target_keeps_its_contract():
    model = fitted(shop(), PRICE)
    [mean, *others] = [step for step in model.baselines() if hasattr(step, "seconds")]
    assert mean.metrics["test/rmse"] == pytest.approx(model.evaluate()["baseline/rmse"])
    assert [row.name for row in others] == ["One-hot, ridge regression", "Boosted trees"]
    assert all(row.metrics["test/rmse"] < mean.metrics["test/rmse"] for row in others)
    errors = model.pictures()["errors"]
    assert errors["rows"].sum() == len(model.rows["test"])
    assert (errors["low"] <= errors["high"]).all()
    found = model.predict(shop().head(3), reasons=True)
    assert list(found) == ["prediction", "note", "reasons"]
    assert model.knowledge()["target"]["kind"] == "number"


def test_folds_test_every_row_once():
    tested = np.concatenate([made(shop(), KIND, Fold(i, 4)).rows["test"] for i in range(4)])
    assert sorted(tested) == list(range(300))
