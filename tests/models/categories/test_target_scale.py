"""The logarithm of a heavy-tailed target is learned, and everything people see is in its own unit."""

import numpy as np
import pandas as pd
import pytest

from embedviz.core.errors import DataError
from embedviz.core.generators import result_of
from embedviz.models.categories.schema import Target
from embedviz.models.categories.spec import SPEC
from tests.models.categories.shop import fit, survey

COLUMNS = {"target": "price"}


def incomes(n=600):
    """price = 10^size but for some noise: from 1 to a million."""
    rng = np.random.default_rng(0)
    size = rng.uniform(0, 6, n)
    return pd.DataFrame(
        {"size": size.round(3), "place": rng.choice(["a", "b"], n), "price": 10**size * rng.normal(1, 0.02, n)}
    )


def test_numbers_come_back_as_they_were():
    numbers = np.array([1.0, 10, 1000, 1e6])
    for scale in ("linear", "log"):
        target = Target.of_numbers("x", numbers, scale)
        np.testing.assert_allclose(target.restore(target.standardise(numbers)), numbers)
        assert (target.low, target.high) == (1, 1e6)
    assert np.isfinite(Target.of_numbers("x", numbers, "log").restore(np.array([1e6]))).all()


def test_small_and_large_ones_are_predicted_in_their_own_unit():
    log = fit(incomes(), COLUMNS, epochs=30, target_scale="log")
    rows = pd.DataFrame({"size": [1.0, 3.0, 5.0], "place": "a"})
    found = log.trained.predict(rows, explain=True)
    np.testing.assert_allclose(np.log10(found["prediction"]), [1, 3, 5], atol=0.3)
    linear = fit(incomes(), COLUMNS, epochs=30, target_scale="linear").trained.predict(rows)["prediction"]
    assert abs(np.log10(max(linear[0], 1e-9)) - 1) > 0.5  # what the logarithm is for
    metrics = log.evaluation.metrics
    assert metrics["test/rmse"] < metrics["baseline/rmse"]
    assert metrics["baseline/rmse"] > 1e4
    reached = [result_of(baseline.measure())["test/rmse"] for baseline in SPEC.baselines(log.prepared)]
    assert min(reached) > 100  # in its own unit as well
    added = [sum(reason["contribution"] for reason in reasons) for reasons in found["reasons"]]
    assert added[2] - added[0] == pytest.approx(found["prediction"][2] - found["prediction"][0], rel=0.05)


def test_a_saved_model_keeps_its_scale(tmp_path):
    trained = fit(incomes(), COLUMNS, epochs=2, target_scale="log").trained
    trained.save(tmp_path / "model.safetensors")
    loaded = type(trained).load(tmp_path / "model.safetensors")
    rows = incomes().head(5)
    pd.testing.assert_frame_equal(loaded.predict(rows), trained.predict(rows))
    assert loaded.form().target.scale == "log"


def test_numbers_without_a_logarithm_are_refused():
    frame = incomes()
    frame.loc[[3, 4], "price"] = [0, -1]
    with pytest.raises(DataError, match="“price” is 0 or below in 2 rows"):
        survey(frame, COLUMNS, target_scale="log")


def test_the_survey_says_what_is_learned():
    assert any(
        "The logarithm of “price” is learned" in s for s in survey(incomes(), COLUMNS, target_scale="log").sentences
    )
