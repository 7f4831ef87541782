"""The texts as points: the vectors that the output layer reads, and what is predicted of each."""

import numpy as np
import pytest
import torch

from embedviz.core.cost import Machine
from embedviz.models.sentiment.spec import SPEC
from embedviz.models.sentiment.survey import estimated_cost
from embedviz.models.sentiment.trained import TrainedSentiment
from embedviz.space.storage import read_space, write_space
from tests.models.sentiment.reviews import COLUMNS, finish, fitted, reviews, table_of, training


def spaces_of(run):
    return finish(SPEC.examples(run.trained, run.prepared, None))


@pytest.fixture(scope="module")
def run():
    frame = reviews(200)
    frame.loc[3, "text"], frame.loc[5, "label"], frame.loc[7, "text"] = "unheard zebra", None, "all of it. " * 40
    return frame, fitted(frame, epochs=4, max_length=20)


@pytest.mark.parametrize(
    "options",
    [{}, {"encoder": "mean"}, {"pooling": "last"}, {"bidirectional": False, "linear_term": False}],
    ids=str,
)
def test_the_vectors_are_what_the_output_layer_reads(options):
    found = fitted(reviews(100), **options)
    space, network, texts = spaces_of(found)["text"], found.trained.network, found.prepared.texts
    read = []
    network.fc.register_forward_pre_hook(lambda _, inputs: read.append(inputs[0].numpy()))
    for row in range(len(texts)):
        with torch.no_grad():
            network(*network.batch(texts, np.array([row])))
    assert space.vectors == pytest.approx(np.concatenate(read), abs=1e-5)
    assert space.dim == found.trained.settings.pooled_dim(12)


def test_predictions_are_those_of_predict(run):
    frame, found = run
    space = spaces_of(found)["text"]
    columns = space.columns
    predicted = found.trained.predict(frame["text"].iloc[columns["row"] - 1].tolist())
    assert columns["prediction"].tolist() == predicted["prediction"].tolist()
    assert columns["confidence"].to_numpy() == pytest.approx(predicted["probability"].to_numpy(), abs=1e-5)
    assert columns["target"].tolist() == frame["label"].iloc[columns["row"] - 1].tolist()
    is_right = columns["target"] == columns["prediction"]
    assert np.where(is_right, "right", "wrong").tolist() == columns["right or wrong"].tolist()


def test_accuracy_on_the_test_part_is_that_of_the_scores(run):
    _, found = run
    columns = spaces_of(found)["text"].columns
    tested = columns[columns["part"] == "test"]
    assert (tested["right or wrong"] == "right").mean() == pytest.approx(found.metrics["test/accuracy"])
    assert len(tested) == len(found.prepared.split.test)


def test_texts_stand_whole_in_a_column_and_rows_without_a_class_are_no_points(run, tmp_path):
    frame, found = run
    space = spaces_of(found)["text"]
    assert len(space) == 199
    assert 6 not in set(space.columns["row"])
    assert space.columns["text"].tolist() == frame["text"].drop(5).tolist()
    assert max(map(len, space.labels)) <= 61
    write_space(space, tmp_path)
    again = read_space(tmp_path, "text")
    assert again.columns.equals(space.columns)
    assert np.array_equal(again.vectors, space.vectors)


def test_a_saved_model_gives_the_same_points(run, tmp_path):
    _, found = run
    found.trained.save(tmp_path / "model.safetensors")
    loaded = TrainedSentiment.load(tmp_path / "model.safetensors")
    one, two = (finish(SPEC.examples(model, found.prepared, None))["text"] for model in (found.trained, loaded))
    assert np.array_equal(one.vectors, two.vectors)
    assert one.columns.equals(two.columns)


def test_before_the_network_is_used_there_are_no_points():
    begun = training(reviews(100))
    for event in begun.learner.run():
        if event.message == "Starting the network":
            break
    assert spaces_of(begun) == {}


def test_texts_are_chosen_by_their_rows(run):
    frame, found = run
    left = SPEC.filter_rows(frame, COLUMNS, found.trained.settings, "text", ["1", "4"], True)
    assert left["text"].tolist() == [frame["text"][0], "unheard zebra"]
    assert SPEC.filters_by("text")
    assert table_of(left).frame.index.tolist() == [0, 1]


def test_the_estimate_counts_the_points(monkeypatch, run):
    _, found = run

    def cost():
        return estimated_cost(found.trained.settings, 10_000, 8_000, 1_000_000, 5_000, 100, Machine(threads=1))

    whole = cost()
    monkeypatch.setattr("embedviz.training.examples.MAX_EXAMPLES", 0)
    monkeypatch.setattr("embedviz.models.sentiment.survey.MAX_EXAMPLES", 0)
    assert 1 < whole.seconds - cost().seconds < 60
    assert whole.memory_bytes - cost().memory_bytes == 12 * 10_000 * found.trained.settings.pooled_dim(100)
