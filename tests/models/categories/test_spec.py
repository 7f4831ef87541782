import numpy as np
import pytest

from embedviz.core import archive
from embedviz.data.folds import Fold
from embedviz.models.categories.prepared import CategoriesPrepared
from embedviz.models.categories.spec import SPEC
from tests.models.categories.shop import CPU, KIND, PRICE, finish, fit, prepare, settings, shop, untrained


def same_weights(one, two):
    assert list(one.weights) == list(two.weights)
    return all(np.array_equal(array, two.weights[name]) for name, array in one.weights.items())


@pytest.mark.parametrize("columns", [KIND, PRICE])
def test_nothing_is_learned_from_rows_that_do_not_train(columns):
    frame = shop()
    first = prepare(frame, columns)
    held_out = np.concatenate([first.split.test, first.split.validation])
    changed = frame.copy()
    changed.loc[held_out, "material"] = "kryptonite"
    changed.loc[held_out, "city"] = None
    changed.loc[held_out, "weight"] = 1e6
    changed.loc[held_out, "sold"] = "1900-01-01"
    second = prepare(changed, columns)
    for part in ("train", "validation", "test"):
        assert np.array_equal(first.split.part(part), second.split.part(part))
    assert archive_of(first.encoder) == archive_of(second.encoder)
    assert (first.target, first.fields) == (second.target, second.fields)
    assert same_weights(untrained(first).trained, untrained(second).trained)


def archive_of(encoder):
    """The encoder in values that can be compared."""
    values = {name: (known.labels, known.counts.tolist(), known.missing) for name, known in encoder.values.items()}
    return encoder.features, values, encoder.numbers, encoder.untrained


def test_test_targets_teach_nothing():
    frame = shop()
    first = fit(frame, PRICE)
    changed = frame.copy()
    changed.loc[first.prepared.split.test, "price"] *= 1000
    second = fit(changed, PRICE)
    assert same_weights(first.trained, second.trained)
    assert first.prepared.target == second.prepared.target


def test_a_number_is_learned_far_better_than_its_mean():
    metrics = fit(shop(), PRICE, epochs=60, hidden_dim=32).evaluation.metrics
    assert metrics["test/rmse"] < 0.7 * metrics["baseline/rmse"]
    assert metrics["test/r2"] > 0.5
    assert metrics["test/mae"] <= metrics["test/rmse"]


def test_a_number_target_keeps_its_contract():
    run = fit(shop(), PRICE)
    evaluation = run.evaluation
    assert evaluation.primary_metric == "rmse"
    [mean, *others] = SPEC.baselines(run.prepared)
    mean_rmse = finish(mean.measure())["test/rmse"]
    assert mean_rmse == pytest.approx(evaluation.metrics["baseline/rmse"])
    assert [baseline.name for baseline in others] == ["One-hot, ridge regression", "Boosted trees"]
    assert all(finish(baseline.measure())["test/rmse"] < mean_rmse for baseline in others)
    errors = evaluation.frames["errors"]
    assert errors["rows"].sum() == len(run.prepared.split.test)
    assert (errors["low"] <= errors["high"]).all()
    found = run.trained.predict(shop().head(3), explain=True)
    assert list(found) == ["prediction", "note", "reasons"]
    assert run.trained.form().target.kind == "number"


def test_folds_test_every_row_once():
    tested = np.concatenate([prepare(shop(), KIND, Fold(i, 4)).split.test for i in range(4)])
    assert sorted(tested) == list(range(300))


@pytest.mark.parametrize("columns", [KIND, PRICE])
def test_prepared_rows_are_saved_and_loaded(columns, tmp_path):
    run = fit(shop(), columns)
    archive.save(run.prepared, tmp_path / "prepared.safetensors")
    loaded = archive.load(CategoriesPrepared, tmp_path / "prepared.safetensors")
    learner = loaded.learner(settings(), CPU, 1)
    for _ in learner.run():
        pass
    assert same_weights(run.trained, learner.best())
    assert SPEC.evaluate(learner.best(), loaded).metrics == run.evaluation.metrics


def test_the_protocol_is_made_of_numbers_and_names():
    evaluation = fit(shop(), KIND).evaluation
    assert evaluation.primary_metric == "accuracy"
    assert evaluation.protocol.unit == "rows"
    assert evaluation.protocol.sizes == {"train": 240, "validation": 30, "test": 30}
    assert evaluation.protocol.details == {
        "target": "kind", "classes": 3, "columns": 4, "categories": 2, "values": 8, "pooled_values": 0, "min_count": 5,
        "epochs": 3, "selection_metric": "validation/log_loss", "ordered_classes": "",
        "test_rows_with_common_values": 29, "test_rows_with_rare_values": 1,
    }  # fmt: skip


def test_classes_that_are_numbers_have_their_absolute_error():
    frame = shop(200).assign(stars=lambda f: f.kind.map({"dear": 5, "odd": 3, "cheap": 1}))
    found = fit(frame, {"target": "stars", "ignore": ["price", "kind"]}, target_kind="classes", epochs=40)
    assert found.evaluation.metrics["test/mae"] < found.evaluation.metrics["baseline/mae"]
    assert all("test/mae" in finish(baseline.measure()) for baseline in SPEC.baselines(found.prepared))
    assert found.evaluation.protocol.details["ordered_classes"] == "1 to 5"
