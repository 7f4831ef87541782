"""The texts and rows of a run as spaces: written at the end of a training, and as good as any space."""

import numpy as np
import pandas as pd
import pytest

import embedviz as ev
from embedviz.core.errors import UnknownSpaceError
from embedviz.core.jobs.reporter import Control, Reporter, StopRequested
from embedviz.jobs.perform import perform
from embedviz.jobs.training import train
from embedviz.store.comparisons import comparison_of
from embedviz.store.maps import has_history
from embedviz.store.run_specs import TrainingSpec

pytestmark = pytest.mark.slow

TWEETS = {
    "vectors": "none",
    "dim": 16,
    "encoder": "mean",
    "learning_rate": 0.02,
    "embedding_rate": 0.02,
    "epochs": 6,
    "device": "cpu",
}


@pytest.fixture(scope="module")
def tweets_run(tweets, tmp_path_factory):
    folder = tmp_path_factory.mktemp("tweets")
    tweets.to_csv(folder / "t.csv", index=False)
    columns = {"text": "tweet", "label": "mood"}
    return ev.train("sentiment", folder / "t.csv", columns=columns, out=folder / "run", **TWEETS)


def test_the_words_come_first_and_the_texts_beside_them(tweets_run, tweets):
    assert list(tweets_run.spaces) == ["word", "text"]
    assert tweets_run.space.name == "word"
    assert tweets_run.space_kinds["text"] == "text"
    columns = tweets_run.spaces["text"].columns
    assert columns["text"].tolist() == tweets["tweet"].drop(17).tolist()
    assert columns["target"].tolist() == tweets["mood"].drop(17).tolist()
    assert columns["prediction"].tolist() == tweets_run.predict(columns["text"].tolist())["prediction"].tolist()
    sizes = columns["part"].value_counts()
    assert dict(sizes) == {{"train": "training"}.get(part, part): n for part, n in tweets_run.protocol.sizes.items()}


def test_they_have_neighbours_and_a_map_but_no_history(tweets_run):
    space = tweets_run.spaces["text"]
    shares = [
        (space.neighbors(label, 5)["target"] == target).mean()
        for label, target in zip(space.labels[:100], space.columns["target"], strict=False)
    ]
    assert np.mean(shares) > 0.8  # of three classes
    assert len(ev.project(space, n_neighbors=5).coords) == len(space)
    assert has_history(tweets_run, "word")
    assert not has_history(tweets_run, "text")


def test_two_runs_are_compared_on_the_texts_of_both(tweets_run, tweets, tmp_path):
    tweets.to_csv(tmp_path / "t.csv", index=False)
    columns = {"text": "tweet", "label": "mood"}
    other = ev.train("sentiment", tmp_path / "t.csv", columns=columns, out=tmp_path / "run", seed=1, **TWEETS)
    comparison = comparison_of(tweets_run, "text", other, "text", 5)
    assert perform(comparison) == "done"
    found = comparison.found
    assert found is not None
    assert found.shared == 599
    assert found.overlap > found.chance


def test_a_table_without_categories_has_its_rows_to_look_at(tmp_path):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"x": rng.normal(size=200), "height": rng.normal(size=200)})
    frame["z"] = frame["x"] + frame["height"]
    frame.to_csv(tmp_path / "t.csv", index=False)
    run = ev.train("categories", tmp_path / "t.csv", columns={"target": "z"}, epochs=2, out=tmp_path / "run")
    assert run.space.name == "row"
    assert run.space.columns["height"].tolist() == pytest.approx(frame["height"].tolist())
    assert run.space.columns["x (column)"].tolist() == pytest.approx(frame["x"].tolist())  # x is a coordinate of maps
    assert (run.space.columns["prediction"] - run.space.columns["target"]).tolist() == pytest.approx(
        run.space.columns["error"].tolist()
    )


def test_a_run_without_them_opens_as_before(tweets_run, tmp_path):
    folder = tmp_path / "old"
    (folder / "spaces").mkdir(parents=True)
    for path in tweets_run.folder.rglob("*"):
        if path.is_file() and not path.name.startswith("text."):
            copy = folder / path.relative_to(tweets_run.folder)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
    old = ev.open_run(folder)
    assert list(old.spaces) == ["word"]
    assert old.predict(["love"])["prediction"].tolist() == tweets_run.predict(["love"])["prediction"].tolist()
    with pytest.raises(UnknownSpaceError, match="no space 'text'"):
        old.spaces["text"]


def test_a_stopped_training_shows_its_texts_too(tweets, tmp_path):
    tweets.to_csv(tmp_path / "t.csv", index=False)
    columns = {"text": "tweet", "label": "mood"}
    run = ev.train("sentiment", tmp_path / "t.csv", columns=columns, out=tmp_path / "run", **{**TWEETS, "epochs": 2})
    (run.folder / "spaces" / "text.safetensors").unlink()
    control = Control()

    def stop_in_training(progress, **_):
        if progress.epoch and progress.epoch >= 1:
            control.request_stop()

    with pytest.raises(StopRequested):
        train(run.spec_as(TrainingSpec), run.folder, Reporter(stop_in_training, control))
    assert len(run.spaces["text"]) == 599
