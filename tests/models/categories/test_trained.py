import dataclasses

import numpy as np
import pandas as pd
import pytest

from embedviz.core import archive
from embedviz.core.errors import ColumnError, DataError
from embedviz.models.categories.trained import TrainedCategories
from tests.models.categories.shop import KIND, fit, settings, shop

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def model(run):
    return run.trained


def test_a_new_value_counts_as_other_and_is_reported(model):
    rows = pd.DataFrame([{"material": "kryptonite", "weight": 2.0, "city": "Ulm", "sold": "2011-01-12"}])
    other = pd.DataFrame([{"material": "never seen either", "weight": 2.0, "city": "Ulm", "sold": "2011-01-12"}])
    found = model.predict(rows)
    assert found["note"][0] == "“kryptonite” in “material” is new or was rare, and counts as other."
    assert found["probability"][0] == model.predict(other)["probability"][0]
    assert model.predict(rows.assign(material="gold"))["note"][0] == ""


def test_columns_that_are_not_given_are_missing_and_reported(model):
    found = model.predict([{"material": "gold"}, {"material": "tin"}])
    assert found["prediction"].tolist() == ["dear", "cheap"]
    assert found["note"][0] == "Not given: “weight”, “city”, “sold”."


def test_cells_that_are_no_number_are_missing_and_reported(model):
    rows = [{"material": "gold", "weight": "heavy", "city": "Ulm", "sold": "some day"}]
    note = model.predict(rows)["note"][0]
    assert "“heavy” in “weight” is not a number; it counts as missing." in note
    assert "“some day” in “sold” is not a date; it counts as missing and is replaced by the median." in note


def test_the_columns_that_tell_are_the_reasons(model):
    found = model.predict(shop().dropna().head(20), explain=True)
    for reasons in found["reasons"]:
        size = {reason["feature"]: abs(reason["contribution"]) for reason in reasons}
        assert set(size) == {"material", "weight", "city", "sold"}
    total = pd.DataFrame([{r["feature"]: abs(r["contribution"]) for r in row} for row in found["reasons"]]).sum()
    assert total.idxmax() == "material"


def test_probabilities_are_shares_and_the_prediction_has_the_greatest(model):
    found = model.predict(shop())
    shares = found[["p(dear)", "p(cheap)", "p(odd)"]]
    np.testing.assert_allclose(shares.sum(axis=1), 1, atol=1e-5)
    np.testing.assert_array_equal(shares.max(axis=1), found["probability"])
    assert (("p(" + found["prediction"] + ")") == shares.idxmax(axis=1)).all()


def test_no_rows_and_rows_that_are_no_table(model):
    assert len(model.predict(shop().head(0), explain=True)) == 0
    for rows in ([1, 2], None, 3, "gold", b"gold", {"gold"}, np.zeros((2, 2)), iter([{}])):
        with pytest.raises(DataError, match="list of dicts"):
            model.predict(rows)


def test_a_column_that_occurs_twice_in_a_question_is_refused(model):
    rows = pd.DataFrame([["gold", "tin", 2.0]], columns=["material", "material", "weight"])
    with pytest.raises(DataError, match="'material' occurs twice"):
        model.predict(rows)


def test_the_form_has_what_a_page_asks_for(run):
    form = run.trained.form()
    assert (form.target.name, form.target.kind) == ("kind", "classes")
    assert form.target.classes == run.prepared.target.classes == ["dear", "cheap", "odd"]
    material, weight, city, sold = form.features
    assert material.kind == "category"
    assert set(material.values) == {"gold", "silver", "tin", "wood"}
    assert material.example == material.values[0]
    assert weight.low < weight.median < weight.high
    assert weight.kind == "number"
    assert set(city.values) == {"Ulm", "Bonn", "Kiel"}
    assert sold.low < sold.example < sold.high
    assert not run.trained.predict([{field.name: field.example for field in form.features}])["note"][0]


@pytest.mark.parametrize("preset", ["textbook", "recommended"])
def test_a_loaded_model_predicts_as_the_saved_one(preset, tmp_path):
    trained = fit(shop(), KIND, preset=preset, epochs=2).trained
    trained.save(tmp_path / "model.safetensors")
    loaded = TrainedCategories.load(tmp_path / "model.safetensors")
    rows = shop().head(20).assign(material="kryptonite", weight=None)
    pd.testing.assert_frame_equal(loaded.predict(rows, explain=True), trained.predict(rows, explain=True))
    assert loaded.form() == trained.form()
    assert list(loaded.spaces()) == list(trained.spaces())
    for name, space in trained.spaces().items():
        assert loaded.spaces()[name].labels == space.labels
        np.testing.assert_array_equal(loaded.spaces()[name].vectors, space.vectors)
        pd.testing.assert_frame_equal(loaded.spaces()[name].columns, space.columns)


def test_weights_of_another_model_are_refused(model, tmp_path):
    other = dataclasses.replace(model, settings=settings(hidden_dim=17))
    with pytest.raises(DataError, match="not the weights"):
        other.predict(shop().head(1))
    archive.save(model.encoder, tmp_path / "encoder.safetensors")
    with pytest.raises(DataError, match="not written by this version"):
        TrainedCategories.load(tmp_path / "encoder.safetensors")


def test_a_number_that_was_never_missing_is_reported_where_it_is():
    frame = shop().assign(width=[float(i % 17) for i in range(300)])
    asked = frame.tail(1).assign(width=None, city="Ulm", weight=2.0)
    assert fit(frame, KIND).trained.predict(asked)["note"][0] == "“width” is empty and is replaced by the median."
    asked = asked.assign(width="wide")
    note = fit(frame, KIND).trained.predict(asked)["note"][0]
    assert note == "“wide” in “width” is not a number; it counts as missing and is replaced by the median."
    textbook = fit(frame, KIND, preset="textbook").trained.predict(asked.assign(width=None, weight=None))["note"][0]
    assert "“weight” is empty and is replaced by the mean." in textbook


@pytest.mark.parametrize("preset", ["textbook", "recommended"])
def test_a_new_value_is_the_mean_of_the_known_ones_where_other_is_untrained(preset, tmp_path):
    frame = shop().drop(columns="city").dropna()
    model = fit(frame, KIND, preset=preset, other_share=0.0).trained
    values = model.encoder.values["material"]
    assert values.counts[0] == 0
    known = np.asarray(model.spaces()["material"].vectors)  # without that of “other”
    [vectors] = [w for w in model.weights.values() if w.shape[1:] == known.shape[1:] and np.array_equal(w[1:], known)]
    np.testing.assert_allclose(vectors[0], np.average(known, axis=0, weights=values.counts[1:]), atol=1e-5)
    found = model.predict(frame.head(1).assign(material="kryptonite"))
    assert found["note"][0] == "“kryptonite” in “material” is new, and counts as the mean of the known values."
    model.save(tmp_path / "model.safetensors")
    loaded = TrainedCategories.load(tmp_path / "model.safetensors")
    assert loaded.predict(frame.head(1).assign(material="kryptonite")).equals(found)


def test_more_notes_than_are_shown_are_counted():
    frame = shop().assign(**{f"n{i}": [float(j % (7 + i)) for j in range(300)] for i in range(9)})
    asked = frame.tail(1).assign(**{f"n{i}": None for i in range(9)}, city="Ulm", weight=2.0)
    assert (
        fit(frame, KIND)
        .trained.predict(asked)["note"][0]
        .endswith("“n4” is empty and is replaced by the median. And 4 more.")
    )


@pytest.mark.parametrize("preset", ["textbook", "recommended"])
def test_numbers_far_outside_hide_nothing(preset):
    frame = shop()
    frame.loc[3, "weight"], frame.loc[5, "price"] = 1e12, 1e29
    run = fit(frame, {"target": "kind"}, preset=preset, epochs=30)
    metrics = run.evaluation.metrics
    assert np.isfinite(metrics["test/log_loss"])
    assert metrics["test/accuracy"] > 0.8
    assert run.trained.form().features[-1].name == "price"


def test_columns_are_found_in_spite_of_their_spelling_and_the_note_says_so(model):
    rows = shop().head(5)
    other = rows.rename(columns={"material": "MATERIAL ", "city": "City"})
    found, expected = model.predict(other), model.predict(rows)
    assert found["prediction"].tolist() == expected["prediction"].tolist()
    pd.testing.assert_series_equal(found["probability"], expected["probability"])
    assert all("“MATERIAL ” as “material”, “City” as “city”" in note for note in found["note"])
    assert not any("spelling" in note for note in expected["note"])


def test_rows_without_any_column_of_the_training_are_refused(model):
    with pytest.raises(
        ColumnError, match="“material”, “weight”, “city”, “sold” were expected, these rows have “Werkstoff”"
    ):
        model.predict(pd.DataFrame({"Werkstoff": ["gold", "tin"]}))
    with pytest.raises(ColumnError, match="these rows have no column"):
        model.predict([{}])
    assert "Not given" in model.predict([{"material": "gold"}])["note"][0]
