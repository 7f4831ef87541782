"""The rows as points: the vectors that the output layer reads, what is predicted of each, and its cells."""

import numpy as np
import pytest
import torch

from embedviz.core.cost import Machine
from embedviz.models.categories.cost import training_cost
from embedviz.models.categories.spec import SPEC
from embedviz.models.categories.trained import TrainedCategories
from embedviz.space.storage import read_space, write_space
from tests.models.categories.shop import KIND, PRICE, finish, fit, settings, shop, table_of


def space_of(run, frame, name="row"):
    return finish(SPEC.examples(run.trained, run.prepared, table_of(frame)))[name]


@pytest.fixture(scope="module")
def frame():
    return shop().assign(title=[f"Thing {i}, of the shop's many things that are sold to people" for i in range(300)])


def test_the_vectors_are_what_the_textbook_network_s_output_layer_reads(frame):
    found = fit(frame, KIND, network="textbook", numbers="standardised", members=1)
    network, rows, read = found.trained.network, found.prepared.rows, []
    network.inner.fc2.register_forward_pre_hook(lambda _, inputs: read.append(inputs[0].numpy()))
    with torch.no_grad():
        network(torch.from_numpy(rows.codes), torch.from_numpy(rows.numbers))
    space = space_of(found, frame)
    assert np.array_equal(space.vectors, read[0])


@pytest.mark.parametrize("layers", [1, 2])
def test_the_vectors_of_an_ensemble_are_the_means_of_its_members(frame, layers):
    found = fit(frame, KIND, layers=layers)
    inner, rows = found.trained.network.inner, found.prepared.rows
    with torch.no_grad():
        vectors, _, features = found.trained.network.inputs(
            torch.from_numpy(rows.codes).unbind(1), torch.from_numpy(rows.numbers)
        )
        z = torch.cat([vectors, features], 1).expand(2, -1, -1)
        for i in range(layers):
            z = z * inner.scales_in[i - 1] if i else z
            z = torch.relu(z @ inner.weights[i] * inner.scales_out[i] + inner.biases[i])
        expected = (z * torch.sign(inner.scales_out[-1])).numpy().mean(0)
    assert space_of(found, frame).vectors == pytest.approx(expected, abs=1e-5)


def test_predictions_of_classes_are_those_of_predict(run):
    frame = shop()
    columns = space_of(run, frame).columns
    predicted = run.trained.predict(frame.iloc[columns["row"] - 1])
    assert columns["prediction"].tolist() == predicted["prediction"].tolist()
    assert columns["confidence"].to_numpy() == pytest.approx(predicted["probability"].to_numpy(), abs=1e-5)
    assert columns["target"].tolist() == frame["kind"].iloc[columns["row"] - 1].tolist()
    tested = columns[columns["part"] == "test"]
    assert (tested["right or wrong"] == "right").mean() == pytest.approx(run.evaluation.metrics["test/accuracy"])


def test_numbers_have_an_error(frame):
    found = fit(frame.drop(columns="title"), PRICE)
    columns = space_of(found, frame.drop(columns="title")).columns
    assert columns["target"].tolist() == frame["price"].tolist()
    assert columns["prediction"].to_numpy() == pytest.approx(found.trained.predict(frame)["prediction"].to_numpy())
    assert columns["error"].to_numpy() == pytest.approx(columns["prediction"] - columns["target"])
    tested = columns[columns["part"] == "test"]
    rmse = np.sqrt((tested["error"] ** 2).mean())
    assert rmse == pytest.approx(found.evaluation.metrics["test/rmse"])
    assert "confidence" not in columns


def test_the_cells_are_columns_and_a_column_of_distinct_texts_names_the_rows(frame, tmp_path):
    found = fit(frame, KIND)
    space = space_of(found, frame)
    assert space.kind == "row"
    assert space.labels[0] == "Thing 0, of the shop's many things that are sold to people"
    assert len(space.labels[299]) <= 61
    assert space.columns["city"].tolist() == frame["city"].tolist()
    assert (
        space.columns["price"].tolist() == frame["price"].tolist()
    )  # it was left out of the training, not of what is shown
    assert space.columns["material"].isna().tolist() == frame["material"].isna().tolist()
    assert "kind" not in space.columns
    write_space(space, tmp_path)
    again = read_space(tmp_path, "row")
    assert again.columns.equals(space.columns)
    assert np.array_equal(again.vectors, space.vectors)


def test_rows_without_a_text_of_their_own_are_numbered(run):
    space = space_of(run, shop())
    assert space.labels[:2] == ["row 1", "row 2"]


def test_columns_called_like_ours_keep_theirs_apart():
    frame = shop(60).assign(prediction="rain", row="x", similarity=1.5)
    found = fit(frame, {**KIND, "category": ["row"]}, min_count=1)
    spaces = finish(SPEC.examples(found.trained, found.prepared, table_of(frame)))
    assert list(spaces) == ["row (rows)"]
    columns = spaces["row (rows)"].columns
    assert columns["row"].tolist() == list(range(1, 61))
    assert set(columns["row (column)"]) == {"x"}
    assert set(columns["prediction (column)"]) == {"rain"}
    assert set(columns["similarity (column)"]) == {1.5}


def test_a_wide_table_shows_its_first_columns(frame):
    wide = frame.assign(**{f"c{i}": i for i in range(60)})
    space = space_of(fit(wide, KIND), wide)
    assert space.notes == ("Of its 66 columns the first 50 are shown.",)
    assert "c42" in space.columns
    assert "c45" not in space.columns


def test_a_number_far_from_all_others_is_a_point_too(frame):
    far = frame.assign(weight=frame["weight"].where(frame.index != 7, 1e30), count=1)
    found = fit(far, {**KIND, "number": ["weight"]}, network="textbook", numbers="standardised", members=1)
    space = space_of(found, far)
    assert space.columns["weight"][7] == 1e30
    assert np.isfinite(space.vectors).all()
    assert "count" not in space.columns  # in a space it is how often a label occurs


def test_a_saved_model_gives_the_same_points(run, tmp_path):
    run.trained.save(tmp_path / "model.safetensors")
    loaded = TrainedCategories.load(tmp_path / "model.safetensors")
    one, two = (finish(SPEC.examples(model, run.prepared, table_of(shop())))["row"] for model in (run.trained, loaded))
    assert np.array_equal(one.vectors, two.vectors)
    assert one.columns.equals(two.columns)


def test_rows_are_chosen_by_their_numbers(frame):
    left = SPEC.filter_rows(frame, KIND, settings(), "row", ["2", "300"], True)
    assert left["title"].tolist() == [frame["title"][1], frame["title"][299]]
    assert SPEC.filter_rows(frame, KIND, settings(), "city", ["Rare"], True)["title"].tolist() == [frame["title"][0]]


def test_the_estimate_counts_the_points(monkeypatch):
    def cost():
        return training_cost(settings(), 10_000, 8_000, [5, 4], 2, 3, Machine(threads=1))

    whole = cost()
    monkeypatch.setattr("embedviz.training.examples.MAX_EXAMPLES", 0)
    assert 0 < whole.seconds - cost().seconds < 5
    assert whole.memory_bytes - cost().memory_bytes == 12 * 10_000 * 16
