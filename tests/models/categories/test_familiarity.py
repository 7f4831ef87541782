"""Scores of rows with rare and with unseen values apart."""

import numpy as np
import pandas as pd
import pytest

from embedviz.data.category_names import Names
from embedviz.data.splits import Split, SplitMethod
from embedviz.models.categories.familiarity import least_counts, measured_groups
from embedviz.models.categories.spec import SPEC
from tests.models.categories.shop import finish, fit, shop


def test_the_rarest_value_of_a_row_counts_by_the_training_set_alone():
    color = Names.of(pd.Series(["red", "red", "blue", None, "blue", "green", None]))
    size = Names.of(pd.Series(["L", "L", "L", "L", "S", "L", "L"]))
    train = np.arange(4)
    np.testing.assert_array_equal(least_counts([color, size], train, 7), [2, 2, 1, 1, 0, 0, 1])
    np.testing.assert_array_equal(least_counts([], train, 7), [4] * 7)


def test_measured_rows_are_in_one_group_each():
    split = Split(np.arange(2), np.array([2]), np.array([3, 4, 5, 6]), SplitMethod.RANDOM, 0)
    groups = measured_groups(split, np.array([0, 0, 0, 20, 19, 1, 0]))
    assert {name: rows.tolist() for name, rows in groups.items()} == {
        "common": [True, False, False, False],
        "rare": [False, True, True, False],
        "unseen": [False, False, False, True],
    }
    assert measured_groups(split, np.full(7, 20)) == {}


def test_groups_are_scored_apart_for_the_network_and_for_its_baselines():
    frame = shop(400)
    frame["shelf"] = [f"s{i // 12}" if i % 2 else "main" for i in range(400)]  # 6 rows a shelf
    run = fit(frame, {"target": "kind", "ignore": ["price"]}, test_share=0.3)
    metrics, details = run.evaluation.metrics, run.evaluation.protocol.details
    sizes = {name: details.get(f"test_rows_with_{name}_values", 0) for name in ("common", "rare", "unseen")}
    assert sizes["rare"] > 20
    assert sum(sizes.values()) == len(run.prepared.split.test)
    weighted = sum(metrics[f"{name}/accuracy"] * n for name, n in sizes.items() if n) / sum(sizes.values())
    assert weighted == pytest.approx(metrics["test/accuracy"])
    for baseline in SPEC.baselines(run.prepared)[1:]:
        scores = finish(baseline.measure())
        assert 0 < scores["rare/accuracy"] <= 1
