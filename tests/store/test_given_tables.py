"""Tables in memory are trained on as files are: kept by their content, resumed, repeated, predicted."""

import os
import time

import datasets
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import embedviz as ev
from embedviz.models import model_spec
from embedviz.store.given_tables import dataset_of_table, file_of_table
from embedviz.store.store import Store
from embedviz.testing import example_table

TARGET = {"columns": {"target": "target"}, "epochs": 1}


@pytest.fixture(autouse=True)
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("EMBEDVIZ_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture(scope="module")
def cars():
    return example_table(model_spec("categories"))


def test_the_same_content_is_written_once_and_has_one_fingerprint(cars, store):
    uploads = Store().uploads_folder
    one, two = dataset_of_table(uploads, cars), dataset_of_table(uploads, cars.copy())
    assert one.id == two.id
    assert len(list(uploads.iterdir())) == 1
    polars = dataset_of_table(uploads, pl.from_pandas(cars))
    assert polars.reference()["sha256"] == one.reference()["sha256"]
    assert dataset_of_table(uploads, cars.head(9)).reference()["sha256"] != one.reference()["sha256"]


def test_options_of_an_earlier_reading_do_not_stay(cars):
    uploads = Store().uploads_folder
    dataset_of_table(uploads, cars).set_options(missing=["van"])
    assert dataset_of_table(uploads, cars).options == {}


def test_a_part_of_a_split_has_one_path_and_time(cars, store):
    path = file_of_table(cars, "test")
    before = path.stat().st_mtime
    path.unlink()
    assert file_of_table(pl.from_pandas(cars), "test") == path
    assert path.stat().st_mtime == before


def test_a_table_is_swept_when_no_run_or_data_set_refers_to_it(cars):
    store, later = Store(), time.time() + 8 * 86400
    dataset = dataset_of_table(store.uploads_folder, cars[:400])
    path = file_of_table(cars[400:], "test")
    dataset.add_parts({"test": path})
    run = store.create_training("categories", dataset, {}, columns={"target": "target"})
    store.delete_dataset(dataset)
    store.sweep(later)
    assert store.deleted_datasets("local") == []
    assert path.is_file()  # the run reads it
    store.delete(run)
    store.sweep()
    assert path.is_file()  # the run can be restored
    store.sweep(later)
    assert not path.parent.exists()


def test_a_table_that_was_given_again_is_kept_until_its_data_set_is_made(cars):
    store = Store()
    path = file_of_table(cars, "test")
    os.utime(path.parent, (1, 1))
    file_of_table(cars, "test")
    store.sweep()
    assert path.is_file()
    os.utime(path.parent, (1, 1))
    store.sweep()
    assert not path.parent.exists()


def test_a_deleted_table_that_came_again_can_be_restored(cars):
    store = Store()
    dataset = dataset_of_table(store.uploads_folder, cars)
    store.delete_dataset(dataset)
    dataset_of_table(store.uploads_folder, cars)
    assert store.restore_dataset(dataset.id).size == dataset.size
    store.delete_dataset(dataset)
    dataset_of_table(store.uploads_folder, cars)
    store.delete_dataset(dataset)


@pytest.mark.slow
@pytest.mark.parametrize(
    "as_given",
    [lambda f: f, pl.from_pandas, pa.Table.from_pandas, lambda f: f.to_dict("records"), datasets.Dataset.from_pandas],
    ids=["pandas", "polars", "Arrow", "dicts", "datasets"],
)
def test_training_and_predicting_take_any_table(cars, as_given):
    run = ev.train("categories", as_given(cars), **TARGET)
    assert run.metrics["test/accuracy"] > 0.6
    assert len(run.predict(as_given(cars.head(3)))) == 3


@pytest.mark.slow
def test_a_run_on_a_table_is_resumed_by_a_worker_and_repeated(cars):
    run = ev.start("categories", pl.from_pandas(cars), **TARGET)
    assert run.wait() == "done"
    assert len(run.repeat(seeds=2)) == 4


@pytest.mark.slow
def test_tables_give_the_split(cars):
    parts = {"train": cars[:400], "dev": pl.from_pandas(cars[400:500]), "test": cars[500:].to_dict("records")}
    assert ev.train("categories", parts, **TARGET).protocol.sizes == {"train": 400, "validation": 100, "test": 100}
    run = ev.train("categories", cars[:400], test=pl.from_pandas(cars[400:]), **TARGET)
    assert run.protocol.sizes["test"] == 200
    hub = datasets.DatasetDict(
        {
            name: datasets.Dataset.from_pandas(pd.DataFrame(part))
            for name, part in [("train", cars[:500]), ("test", cars[500:])]
        }
    )
    assert ev.train("categories", hub, **TARGET).protocol.sizes["test"] == 100


def test_a_part_that_is_given_twice_is_refused(cars):
    with pytest.raises(ev.EmbedvizError, match="The test set is given twice"):
        ev.train("categories", {"train": cars, "test": cars}, test=cars, **TARGET)


@pytest.mark.slow
def test_texts_are_trained_on(two_topics):
    run = ev.train("skipgram", two_topics.splitlines(), dim=4, epochs=1)
    assert "hammer" in run.space


@pytest.mark.slow
def test_categories_of_numbers_are_categories(cars):
    frame = cars.assign(size=pd.Categorical([i % 3 for i in range(len(cars))]))
    assert "size" in ev.train("categories", frame, **TARGET).spaces


@pytest.mark.parametrize("data", [[1, 2], 42, []])
def test_other_objects_are_refused_in_a_sentence(data):
    with pytest.raises(ev.EmbedvizError, match=r"Expected a path|list of files is empty"):
        ev.train("skipgram", data)


def test_a_shared_server_takes_none(cars, monkeypatch):
    monkeypatch.setenv("EMBEDVIZ_MODE", "shared")
    with pytest.raises(ev.EmbedvizError, match="shared"):
        ev.train("categories", cars, **TARGET)
