"""Ratings as plain PyTorch and as ONNX, with columns that describe users and items, and the steps of training."""

import runpy

import numpy as np
import pytest
import torch

from embedviz.core.generators import result_of
from embedviz.data.reading import read_table
from embedviz.exports.onnx_file import write_onnx
from embedviz.exports.pytorch_folder import write_page
from embedviz.models.ratings.spec import SPEC
from embedviz.models.ratings.task import RatingsTask
from embedviz.testing.onnx_files import run_readers
from embedviz.testing.pages import run_pages
from embedviz.training.devices import Device
from tests.exports.page_module import has_even_docstrings, opened

pytestmark = pytest.mark.slow

FEW = {"dim": 6, "rounds": 3, "ranking_rounds": 2, "epochs": 2, "deterministic": True}


@pytest.fixture(scope="module")
def table(film_ratings):
    """Films with a title, genres and a year; people with an age that some lack."""
    frame = film_ratings.rename(columns={"film": "film_id"})
    number = frame["film_id"].str.extract(r"(\d+)")[0].astype(int)
    frame["title"] = "The " + number.map(lambda n: ["Red", "Blue", "Long"][n % 3]) + " story " + number.astype(str)
    frame["genres"] = number.map(lambda n: ["Drama", "Drama|War", "Comedy", "War|Comedy"][n % 4])
    frame["year"] = 1990 + number
    age = frame["user_id"].str[1:].astype(int)
    frame["age"] = (20 + age).where(age % 7 > 0)
    return read_table(frame.to_csv(index=False).encode(), name="films.csv")


def train(table, **settings):
    chosen = SPEC.Settings.of(**{**FEW, **settings})
    roles = {"user": "user_id", "item": "film_id", "rating": "stars"}
    prepared = result_of(SPEC.prepare(table, roles, chosen))
    learner = prepared.learner(chosen, Device("cpu", "cpu", "CPU"), 1)
    for _ in learner.run():
        pass
    return learner.best(), chosen, prepared


def test_titles_columns_and_someone_new_are_answered_as_by_the_model(table, tmp_path):
    trained, settings, _ = train(table)
    assert set(trained.described) == {"user", "item"}
    kinds = {column.kind for found in trained.described.values() for column in found.columns.columns}
    assert kinds >= {"number", "list", "words"}
    page = SPEC.pytorch_page(trained, settings)
    assert "age" in page.inputs["pairs"][-2]
    assert "genres" in page.inputs["pairs"][-1]
    run_pages({"described": page})
    run_readers({"described": SPEC.onnx_export(trained)})
    write_page(page, tmp_path, "page")
    estimate = opened(tmp_path)["estimate"]
    write_onnx(SPEC.onnx_export(trained), tmp_path / "films.onnx")
    reader = runpy.run_path(str(tmp_path / "films.py"), run_name="reader")
    rows = [
        {"user": "p3", "item": "new", "title": "A red war", "genres": "War|Comedy", "year": 2031},
        {"user": "p3", "item": "new", "genres": ""},
        {"user": "new", "item": trained.items.labels[4], "age": 44},
        {"user": "new", "item": "new", "age": 44, "genres": "Drama"},
        {"user": "new", "item": "new"},
    ]
    expected = trained.predict(rows)["prediction"]
    np.testing.assert_allclose([estimate(row) for row in rows], expected, atol=1e-5)
    assert expected.nunique() >= 4
    pairs = [(row["user"], row["item"]) for row in rows]
    np.testing.assert_allclose(reader["predict"](pairs, rows), expected, atol=1e-5)
    without = trained.predict(pairs)["prediction"]
    np.testing.assert_allclose(reader["predict"](pairs), without, atol=1e-5)
    assert not np.allclose(without, expected)
    assert not len(reader["predict"]([]))


@pytest.mark.parametrize("settings", [{"preset": "textbook"}, {"preset": "gradient"}])
def test_a_step_of_training_is_that_of_the_run(table, tmp_path, settings):
    """The same loss from the same weights on the same ratings, and the same weights after it."""
    trained, chosen, prepared = train(table, **settings)
    page = SPEC.pytorch_page(trained, chosen)
    assert has_even_docstrings(page.script)
    write_page(page, tmp_path, "page")
    page = opened(tmp_path)
    model, rates = page["model"], prepared.train.rating
    task = RatingsTask(prepared, trained.settings, torch.device("cpu"), lambda weights: {})
    f = trained.factors
    weights = {"user_embedding.weight": f.P, "item_embedding.weight": f.Q}
    if chosen.method == "gradient":
        weights |= {"user_bias": f.user_bias, "item_bias": f.item_bias}
    task.network.load_state_dict({name: torch.from_numpy(np.array(array)) for name, array in weights.items()})
    batch = torch.arange(20)
    optimizer = task.optimizer()
    loss = task.loss(batch, torch.Generator())
    loss.backward()
    optimizer.step()
    step = torch.optim.Adam(model.parameters(), lr=trained.settings.learning_rate)
    found = page["train_step"](
        model, step, task.user[batch], task.item[batch], torch.from_numpy(rates[:20].astype(np.float32))
    )
    assert found == pytest.approx(loss.item(), rel=1e-5)
    assert torch.allclose(model.user_embedding.weight, task.network.user_embedding.weight, atol=1e-6)
    assert not torch.equal(model.user_embedding.weight, torch.from_numpy(np.array(f.P)))
