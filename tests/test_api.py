"""Training in the background from Python: start, wait, stop, resume, rename, and the list of runs."""

import gzip

import pytest

import embedviz as ev
from embedviz.core.errors import EmbedvizError, RunError
from embedviz.jobs.shared_executor import shared_executor
from tests.jobs.waiting import in_training

pytestmark = pytest.mark.slow


@pytest.fixture
def text(two_topics, tmp_path):
    (tmp_path / "t.txt").write_text(two_topics)
    yield tmp_path / "t.txt"
    shared_executor().close()


def test_a_run_is_started_stopped_resumed_and_renamed(text):
    run = ev.start("skipgram", text, epochs=3000, dim=50, min_count=1, subsample=0, name="first", probes=["cat"])
    in_training(run)
    with pytest.raises(TimeoutError):
        run.wait(0)
    run.stop()
    assert run.wait(60) == "stopped"
    assert "cat" in run.space
    assert run.metrics["test/loss"] > 0
    offset = run.events().offset
    assert run.resume() is run
    in_training(run, offset)
    run.rename("second")
    run.stop()
    assert run.wait(60) == "stopped"
    [listed] = ev.runs()
    assert isinstance(listed, ev.Run)
    assert (listed.id, listed.name, listed.owner) == (run.id, "second", "local")
    assert ev.open_run(run.folder).name == "second"
    with pytest.raises(RunError, match="1 to 120"):
        run.rename(" ")


def test_the_survey_is_handed_over_before_the_training(text):
    found = []
    heard = []
    run = ev.train(
        "skipgram", text, dim=4, epochs=1, min_count=1, out=text.parent / "run", on_survey=found.append,
        on_progress=heard.append,
    )  # fmt: skip
    assert found[0].sentences
    assert found[0].warnings is not None
    assert found[0].classes == []
    assert run.folder == text.parent / "run"
    assert any(progress.loss for progress in heard)


def test_a_shared_server_trains_for_no_python(text, monkeypatch):
    monkeypatch.setenv("EMBEDVIZ_MODE", "shared")
    with pytest.raises(EmbedvizError, match="one's own machine"):
        ev.train("skipgram", text)


def test_words_are_learned_from_a_folder_and_from_several_files(two_topics, tmp_path):
    folder = tmp_path / "texts"
    folder.mkdir()
    lines = two_topics.splitlines()
    (folder / "a.txt").write_text("\n".join(lines[::2]), encoding="utf-8")
    (folder / "b.txt.gz").write_bytes(gzip.compress("\n".join(lines[1::2]).encode()))
    settings = {"dim": 4, "epochs": 1, "min_count": 1, "device": "cpu", "deterministic": True}
    surveys = []
    run = ev.train("skipgram", folder, out=tmp_path / "one", on_survey=surveys.append, **settings)
    several = ev.train("skipgram", [folder / "a.txt", folder / "b.txt.gz"], out=tmp_path / "two", **settings)
    n_words = len(two_topics.split())
    assert f"The text has {n_words:,} words;" in " ".join(surveys[0].sentences)
    assert run.protocol.details["words_in_the_text"] == n_words
    assert run.metrics == several.metrics
    assert run.name == "texts, skipgram"
    (folder / "a.txt").unlink()
    with pytest.raises(EmbedvizError, match=r"a\.txt no longer exists"):
        run.repeat(seeds=2)


def test_models_of_rows_read_one_file(tmp_path):
    with pytest.raises(EmbedvizError, match="The model ratings reads one file"):
        ev.train("ratings", ["a.csv", "b.csv"], out=tmp_path / "run")
    with pytest.raises(EmbedvizError, match="list of files is empty"):
        ev.train("skipgram", [], out=tmp_path / "run")
