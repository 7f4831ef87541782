"""The content of the test set changes nothing that is learned: vocabulary, scaling, pooling, weights.

Ratings: tests/models/ratings.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from embedviz.core import archive
from embedviz.core.generators import result_of
from embedviz.data.reading import read_table
from embedviz.data.roles import roles_of
from embedviz.models import model_spec
from embedviz.training.devices import choose


@dataclass
class Case:
    """A trained model, the data that it was trained on, and its test scores."""

    prepared: Any
    trained: Any
    metrics: dict[str, float]


def train(name, frame, columns, **settings):
    spec = model_spec(name)
    chosen = spec.Settings.of(deterministic=True, **settings)
    table = read_table(frame.to_csv(index=False).encode(), name="t.csv")
    prepared = result_of(spec.prepare(table, roles_of(table, columns), chosen))
    learner = prepared.learner(chosen, choose("cpu"), 1)
    for _ in learner.run():
        pass
    return Case(prepared, learner.best(), spec.evaluate(learner.best(), prepared).metrics)


def assert_same(one, two, tmp_path):
    """The files of both are the same, byte for byte: arrays and all else that is kept."""
    files = []
    for number, case in enumerate((one, two)):
        archive.save(case.trained, tmp_path / f"{number}.safetensors")
        files.append((tmp_path / f"{number}.safetensors").read_bytes())
    assert files[0] == files[1]


@pytest.mark.parametrize("encoder", ["lstm", "mean"])
def test_the_texts_that_test_teach_sentiment_nothing(tweets, encoder, tmp_path):
    def train_on(frame):
        columns = {"text": "tweet", "label": "mood"}
        return train("sentiment", frame, columns, vectors="none", dim=6, hidden_dim=4, encoder=encoder, epochs=1)

    def words(case):
        return set(case.trained.spaces()["word"].labels)

    before = train_on(tweets)
    labelled = np.flatnonzero(tweets["mood"].notna())
    changed = tweets.copy()
    rows = labelled[before.prepared.split.test]
    changed.loc[rows, "tweet"] = "zyx zyx wvu unheard words, many of them, and love love hate"
    after = train_on(changed)
    assert_same(before, after, tmp_path)
    assert after.metrics["test/accuracy"] < before.metrics["test/accuracy"]
    changed.loc[labelled[before.prepared.split.train[:3]], "tweet"] = "zyx zyx wvu"  # as a check of the check
    assert "zyx" in words(train_on(changed))
    assert "zyx" not in words(after)


@pytest.mark.parametrize("preset", ["recommended", "textbook"])
def test_the_rows_that_test_teach_categories_nothing(cars, preset, tmp_path):
    def train_on(frame):
        return train("categories", frame, {"target": "body"}, preset=preset, epochs=1)

    before = train_on(cars)
    changed = cars.copy()
    rows = before.prepared.split.test
    changed.loc[rows, "make"] = "Unheard"
    changed.loc[rows, "horse power"] = 1e6
    after = train_on(changed)
    assert_same(before, after, tmp_path)
    assert after.metrics["test/log_loss"] != before.metrics["test/log_loss"]


@pytest.mark.parametrize("odd", ["heavy", "?", "inf", "1e400", "007"])
def test_an_odd_cell_in_a_row_that_tests_takes_no_feature_away(cars, odd, tmp_path):
    def train_on(frame):
        return train("categories", frame, {"target": "body"}, epochs=1)

    before = train_on(cars)
    assert "horse power" in [feature.column for feature in before.trained.encoder.features]
    changed = cars.astype({"horse power": object})
    changed.loc[before.prepared.split.test[0], "horse power"] = odd
    assert_same(before, train_on(changed), tmp_path)
    changed.loc[before.prepared.split.test, "horse power"] = odd
    assert_same(before, train_on(changed), tmp_path)
