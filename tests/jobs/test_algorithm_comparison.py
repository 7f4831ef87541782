"""Every model of words in the registry, really trained on a small text for the same time."""

import pytest

import embedviz as ev
from embedviz.core.errors import SettingsError
from embedviz.core.jobs.reporter import Control
from embedviz.jobs.algorithm_comparison import comparison_of_algorithms, kept_comparisons
from embedviz.jobs.inline import run_inline
from embedviz.jobs.perform import perform
from embedviz.jobs.speed_trial import has_epochs
from embedviz.models.compatibility import word_models
from embedviz.store.dataset import Dataset
from embedviz.store.store import Store

SMALL = {"dim": 8, "min_count": 1}
SECONDS = 0.5


@pytest.fixture
def dataset(tmp_path, two_topics):
    (tmp_path / "t.txt").write_text(two_topics)
    return Dataset.at_path(Store().uploads_folder, tmp_path / "t.txt", "somebody")


def asked(dataset, algorithms=("skipgram", "cbow"), seconds=SECONDS, **settings):
    return comparison_of_algorithms(dataset, algorithms, seconds=seconds, settings={**SMALL, **settings})


def test_models_of_words_are_those_that_need_a_text_alone():
    assert {"skipgram", "cbow"} <= set(word_models())
    assert not {"sentiment", "ratings", "categories"} & set(word_models())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"algorithms": ["skipgram", "sentiment"]}, "'sentiment' is no model of words. Models of words: skipgram"),
        ({"algorithms": ["skipgram", "skipgram"]}, "One algorithm cannot be compared"),
        ({"seconds": 0}, "0.1 to 3600 seconds, not for 0"),
        ({"seconds": float("nan")}, "0.1 to 3600 seconds"),
        ({"epochs": 3}, "The epochs follow from the seconds"),
        ({"dim": 1}, "dim"),
        ({"x_max": 10.0}, "x_max"),  # which GloVe has and skip-gram has not
    ],
)
def test_a_wrong_question_is_refused_before_anything_is_written(dataset, change, message):
    with pytest.raises(SettingsError, match=message):
        asked(dataset, **change)
    assert kept_comparisons(dataset) == []


@pytest.mark.slow
def test_every_algorithm_becomes_an_ordinary_run_of_about_the_time(dataset):
    found = run_inline(comparison_of_algorithms(dataset, seconds=SECONDS, settings=SMALL))
    frame = found.frame()
    assert frame["model"].tolist() == list(word_models())
    assert frame["status"].eq("done").all()
    assert frame["test/auc"].between(0.3, 1).all()  # how good they are depends on the epochs that a busy machine allows
    assert frame["test/loss"].gt(0).all()
    assert frame["memory_bytes"].gt(0).all()
    for model, epochs, seconds in zip(frame["model"], frame["epochs"], frame["seconds"], strict=True):
        assert (epochs > 0) == has_epochs(word_models()[model])
        assert 0 < seconds < 60  # of 0.5 and a minimum of one epoch, on a busy machine
    stored = {run.id: run for run in Store().runs("somebody")}
    assert set(frame["run"]) == set(stored)
    for model, run in found.runs.items():
        assert stored[run.id].space.dim == 8
        assert run.settings.window == 5
        if has_epochs(word_models()[model]):
            assert run.settings.epochs == frame.set_index("model")["epochs"][model]
            events = run.events().events
            assert max(event.get("step", 0) for event in events) == max(e.get("total_steps", 0) for e in events)
    near = found.neighbors("cat", k=3)
    for model, run in found.runs.items():
        assert near[model].tolist() == run.space.neighbors("cat", 3)["label"].tolist()
    assert any("do not look English" in note for note in found.notes())


@pytest.mark.slow
def test_a_stopped_comparison_goes_on_where_it_was(dataset):
    found, control = asked(dataset, seconds=1.0), Control()

    def stop_in_the_first_training(progress):
        if found.rows and progress.fraction > 0.05:
            control.request_stop()

    assert perform(found, control, stop_in_the_first_training) == "stopped"
    [first] = found.rows
    assert found.runs["skipgram"].status == "stopped"
    run_inline(found)
    assert [row.model for row in found.rows] == ["skipgram", "cbow"]
    assert found.rows[0].run_id == first.run_id
    assert found.frame()["status"].tolist() == ["done", "done"]


@pytest.mark.slow
def test_the_same_question_is_answered_once_until_a_run_of_it_is_deleted(dataset):
    found = run_inline(asked(dataset))
    runs = found.frame()["run"].tolist()
    assert asked(dataset).status == "done"
    Store().delete(found.runs["cbow"])
    assert found.frame()["status"].tolist() == ["done", "deleted"]
    again = asked(dataset)
    assert again.status != "done"
    assert run_inline(again).frame()["run"].tolist() != runs
    assert len(kept_comparisons(dataset)) == 1


@pytest.mark.slow
def test_english_words_are_scored_on_the_small_sets_from_python(tmp_path):
    text = "the king and the queen of the land were with the father and mother of his son in the house by the sea "
    words = "that for this from they which have not but their are been will what when there who would into them than upon our you your"
    (tmp_path / "e.txt").write_text((text + words + "\n") * 200)
    found = ev.compare_algorithms(tmp_path / "e.txt", ["skipgram", "ppmi_svd"], seconds=SECONDS, **SMALL)
    frame = found.frame()
    assert frame["small-pairs coverage"].between(0.0, 0.5).all()
    assert frame["small-analogies coverage"].gt(0).all()
    assert "do not look English" not in " ".join(found.notes())
    assert "has no epochs" in " ".join(found.notes())


def test_scores_of_whole_windows_are_not_set_beside_those_of_pairs(dataset):
    from embedviz.jobs.algorithm_table import AlgorithmRun, algorithm_notes

    rows = [AlgorithmRun(name, "0" * 32, 3, []) for name in ("skipgram", "cbow")]
    assert any("CBOW" in note and "whole window" in note for note in algorithm_notes(rows, 5))
    assert not any("whole window" in note for note in algorithm_notes(rows[:1], 5))
