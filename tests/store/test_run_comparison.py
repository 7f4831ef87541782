import dataclasses

import numpy as np
import pytest

from embedviz.core.errors import RunError
from embedviz.core.typed_json import write_typed
from embedviz.store.dataset import Dataset
from embedviz.store.run_comparison import NO_SETTING, different_settings, scores_frame
from embedviz.store.run_folder import METRICS, Metrics, TrainingRecord
from embedviz.store.store import Store


@pytest.fixture
def training():
    """A function that creates a training of that model and those settings, which may be any values, with these scores."""
    store = Store()
    dataset = Dataset.upload(store.uploads_folder, "text.txt", [b"a b c d\n"])

    def create(model="skipgram", metrics=None, without=(), **settings):
        run = store.create_training(model, dataset, {})
        values = {**run.spec.settings, **settings}
        kept = {name: value for name, value in values.items() if name not in without}
        run._record = dataclasses.replace(run._record, spec=dataclasses.asdict(run.spec) | {"settings": kept})
        write_typed(run.folder / run.record_file, run._record)
        if metrics:
            write_typed(run.folder / METRICS, Metrics(metrics, TrainingRecord(score="loss")))
        return store.run(run.id)

    return create


def test_only_settings_that_differ_are_shown(training):
    found = different_settings({"a": training(dim=50), "b": training(dim=100)})
    assert found.to_dict("index") == {"dim": {"a": "50", "b": "100"}}
    assert different_settings({"a": training(), "b": training()}).empty


def test_none_beside_a_number_is_a_difference_and_so_is_a_setting_that_is_missing(training):
    found = different_settings({"a": training(epochs=None), "b": training(epochs=3), "c": training(without=["window"])})
    assert found.loc["epochs", ["a", "b"]].tolist() == ["none", "3"]
    assert found.loc["window", "c"] == NO_SETTING
    assert found.loc["window", "a"] == found.loc["window", "b"] != NO_SETTING


def test_a_whole_number_is_the_same_whether_it_is_written_1_or_1_0(training):
    assert different_settings({"a": training(subsample=1), "b": training(subsample=1.0)}).empty
    assert not different_settings({"a": training(subsample=1), "b": training(subsample=True)}).empty


def test_runs_of_different_models_differ_in_their_model(training):
    assert different_settings({"a": training(), "b": training("cbow")}).loc["model"].tolist() == ["skipgram", "cbow"]


def test_scores_are_numbers_of_the_set_that_was_measured(training):
    frame = scores_frame(
        {
            "a": training(metrics={"test/loss": 2.0, "validation/loss": 1.0, "test/auc": 0.5}),
            "b": training(metrics={"validation/loss": 1.5}),
            "c": training(),
        }
    )
    assert frame["loss"].tolist()[:2] == [2.0, 1.5]
    assert frame["AUC"].tolist()[0] == 0.5
    assert np.isnan(frame.loc["b", "AUC"])
    assert frame.dtypes.eq(float).all()


def test_a_label_keeps_tags_and_notes_beside_the_name(training):
    run = training()
    run.set_label(tags=[" seed  1 ", "best", "best", ""], notes=" two lines\nof notes ")
    run.rename("mine")
    assert dataclasses.astuple(run.label) == ("mine", ["seed 1", "best"], "two lines\nof notes")
    with pytest.raises(RunError, match="at most 20 tags"):
        run.set_label(tags=["x" * 41])
    with pytest.raises(RunError, match="at most 2,000 characters"):
        run.set_label(notes="x" * 2001)
    assert run.label.tags == ["seed 1", "best"]
