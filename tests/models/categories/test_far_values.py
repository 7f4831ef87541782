"""Far values, in features and in a numeric target, leave the other values apart; row numbers are no feature."""

import numpy as np
import pandas as pd
import pytest

from embedviz.models.categories.encoding import NumberEncoder
from embedviz.models.categories.schema import Target, spans_powers
from tests.models.categories.shop import PRICE, fit, prepare, settings, shop, survey


def test_far_targets_are_clipped_while_learned_and_the_others_stay_apart():
    near = np.random.default_rng(0).normal(100, 10, 1000)
    target = Target.of_numbers("x", np.append(near, [1e9, -1e9]))
    assert target.std == pytest.approx(near.std(), rel=0.1)
    assert target.standardise(near).std() == pytest.approx(1, rel=0.1)
    assert np.abs(target.standardise(np.array([1e9, -1e9]))).max() < 6
    assert target.far(near) == 0
    assert target.far(np.array([1e9, 100, -1e9])) == 2
    np.testing.assert_allclose(target.restore(target.standardise(near)), near)
    assert (target.low, target.high) == (-1e9, 1e9)  # a page shows what the table holds


def test_a_heavy_tail_is_no_far_value():
    numbers = np.random.default_rng(0).lognormal(0, 1, 5000)
    assert Target.of_numbers("x", numbers).far(numbers) == 0


def test_a_model_learns_in_spite_of_a_far_target_and_the_survey_says_so():
    frame = shop()
    train = prepare(frame, PRICE).split.train
    frame.loc[train[5], "price"] = 1e9
    found = fit(frame, PRICE, epochs=60, hidden_dim=32).evaluation.metrics
    assert found["test/rmse"] < 0.7 * found["baseline/rmse"]
    [note] = [s for s in survey(frame, PRICE).sentences if "far from the other numbers" in s]
    assert note.startswith(
        "1 training row lies far from the other numbers in “price”; what is learned of it is clipped."
    )
    assert not [s for s in survey(shop(), PRICE).sentences if "far from" in s]


def test_a_far_number_of_a_feature_leaves_the_others_apart():
    near = np.random.default_rng(0).normal(0, 1, 1000)
    for numbers in (np.append(near, 2000.0), np.append(near, 1e20)):
        encoder = NumberEncoder.fit("x", "", numbers, settings(), 16)
        assert encoder is not None
        assert encoder.standardise(near).std() == pytest.approx(1, rel=0.1)
        assert encoder.edges[-2] < 3  # only the last bin reaches the far one
    rare = NumberEncoder.fit("x", "", np.append(np.zeros(1000), 7.0), settings(), 16)  # all usual numbers are equal
    assert rare is not None
    assert rare.standardise(np.array([7.0]))[0] > rare.standardise(np.array([0.0]))[0]


def test_auto_takes_the_logarithm_of_positive_numbers_over_powers_of_ten():
    powers = 10 ** np.random.default_rng(0).uniform(0, 4, 500)
    assert spans_powers(powers)
    assert Target.of_numbers("x", powers, "auto").scale == "log"
    for others in (powers - 1e5, np.append(powers, 0.0), np.append(powers, -1.0), np.sqrt(np.sqrt(powers)), powers[:0]):
        assert not spans_powers(others)
    assert Target.of_numbers("x", np.append(powers, 0.0), "auto").scale == "linear"
    assert Target.of_numbers("x", powers, "linear").scale == "linear"
    frame = pd.DataFrame({"a": np.log(powers), "price": powers})
    assert any(
        "The logarithm of “price” is learned (positive numbers over two powers of ten or more);" in s
        for s in survey(frame, {"target": "price"}).sentences
    )
    assert np.isfinite(
        Target.of_numbers("x", powers, "auto").standardise(np.array([0.0, -5.0]))
    ).all()  # a held-out row


@pytest.mark.parametrize("shuffled", [False, True])
def test_row_numbers_are_left_out_and_the_survey_says_so(shuffled):
    numbers = np.arange(300) + 1
    frame = shop().assign(passenger=np.random.default_rng(0).permutation(numbers) if shuffled else numbers)
    assert "passenger" not in [feature.column for feature in prepare(frame, PRICE).encoder.features]
    assert "“passenger” numbers the rows and is left out." in survey(frame, PRICE).sentences
    chosen = prepare(frame, {**PRICE, "number": ["passenger"]})
    assert "passenger" in [feature.column for feature in chosen.encoder.features]
