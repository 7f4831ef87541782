"""embedviz runs list, show, stop, resume, delete, restore."""

import json
import shutil
import sys

import pytest

import embedviz
from embedviz.cli.exit_codes import ExitCode
from embedviz.core.jobs.stop_request import is_stop_requested
from embedviz.store.dataset import Dataset
from embedviz.store.store import Store
from tests.cli.test_json_and_exit_codes import call, completions


@pytest.fixture
def runs(two_topics, tmp_path):
    """Three trainings in the store that were never begun: one named Topics, two named Twice."""
    (tmp_path / "t.txt").write_text(two_topics)
    store = Store()
    dataset = Dataset.at_path(store.uploads_folder, tmp_path / "t.txt")
    settings = {"dim": 4, "epochs": 1, "min_count": 1, "device": "cpu", "threads": 1}
    return [store.create_training("skipgram", dataset, settings, name=name) for name in ("Topics", "Twice", "Twice")]


def asked(monkeypatch, capsys, *words):
    assert call(monkeypatch, "runs", *words, "--json") == 0
    return json.loads(capsys.readouterr().out)


def test_runs_are_listed_with_their_state(runs, monkeypatch, capsys, hold):
    hold(runs[0].folder)
    listed = asked(monkeypatch, capsys, "list")["runs"]
    assert {run["id"] for run in listed} == {run.id for run in runs}
    assert [run["name"] for run in asked(monkeypatch, capsys, "list", "--state", "running")["runs"]] == ["Topics"]
    assert asked(monkeypatch, capsys, "list", "--model", "ratings")["runs"] == []
    assert call(monkeypatch, "runs", "list") == 0
    head, *lines = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert head == ["id", "name", "state", "model", "metric", "score", "baseline", "seconds", "created"]
    assert runs[0].id[:8] in [line[0] for line in lines]


@pytest.mark.parametrize("flags", [["--state", "finished"], ["--model", "skip-gram"]])
def test_a_state_or_model_that_is_none_is_a_mistake_and_no_empty_list(flags, runs, monkeypatch, capsys):
    assert call(monkeypatch, "runs", "list", *flags) == ExitCode.MISTAKE
    out, err = capsys.readouterr()
    assert (out, len(err.splitlines())) == ("", 1)
    assert f"There is no {flags[0][2:]} '{flags[1]}'" in err


def test_a_run_is_shown_by_folder_id_beginning_or_name(runs, monkeypatch, capsys):
    for name in (runs[0].folder, runs[0].id, runs[0].id[:6], "topics"):
        shown = asked(monkeypatch, capsys, "show", name)
        assert shown["run"]["id"] == runs[0].id
        assert shown["settings"]["dim"] == 4
    assert call(monkeypatch, "runs", "show", "Twice") == ExitCode.MISTAKE
    message = capsys.readouterr().err
    assert "2 runs go by 'Twice'" in message
    assert runs[1].id[:8] in message
    assert call(monkeypatch, "runs", "show", "Topisc") == ExitCode.MISTAKE
    assert "Did you mean 'Topics'" in capsys.readouterr().err


def test_the_tab_key_offers_runs(runs, monkeypatch, capsys):
    assert runs[0].id[:8] in completions(["runs", "show", runs[0].id[:3]], monkeypatch, capsys)
    assert "Topics" in completions(["runs", "show", "To"], monkeypatch, capsys)


def test_a_running_run_is_asked_to_stop(runs, monkeypatch, capsys, hold):
    lease = hold(runs[0].folder)
    assert call(monkeypatch, "runs", "stop", "Topics", "--no-wait") == 0
    assert is_stop_requested(runs[0].folder, lease.generation)
    capsys.readouterr()
    assert call(monkeypatch, "runs", "stop", runs[1].id) == ExitCode.MISTAKE
    assert "is interrupted already" in capsys.readouterr().err


def test_a_run_is_deleted_after_a_question_and_restored(runs, monkeypatch, capsys):
    import io

    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    assert call(monkeypatch, "runs", "delete", "Topics") == ExitCode.MISTAKE
    assert "Nothing was deleted." in capsys.readouterr().err
    assert asked(monkeypatch, capsys, "delete", "Topics", "--yes")["deleted"]["id"] == runs[0].id
    assert len(asked(monkeypatch, capsys, "list")["runs"]) == 2
    assert asked(monkeypatch, capsys, "restore", "Topics")["run"]["id"] == runs[0].id
    assert len(asked(monkeypatch, capsys, "list")["runs"]) == 3
    assert call(monkeypatch, "runs", "restore", "Topics") == ExitCode.MISTAKE
    assert "no deleted run 'Topics'" in capsys.readouterr().err


def test_a_run_at_work_is_not_deleted(runs, monkeypatch, capsys, hold):
    hold(runs[0].folder)
    assert call(monkeypatch, "runs", "delete", "Topics", "--yes") == ExitCode.MISTAKE
    assert "Stop it first" in capsys.readouterr().err


def test_a_run_outside_the_store_is_not_deleted(runs, tmp_path, monkeypatch, capsys):
    runs[0].folder.rename(tmp_path / "mine")
    assert call(monkeypatch, "runs", "delete", tmp_path / "mine", "--yes") == ExitCode.MISTAKE
    assert "outside the store" in capsys.readouterr().err
    assert (tmp_path / "mine").is_dir()


@pytest.mark.slow
def test_a_run_is_resumed_here_and_in_the_background(runs, monkeypatch, capsys):
    here = asked(monkeypatch, capsys, "resume", "Topics")
    assert here["run"]["state"] == "done"
    assert here["metrics"]["test/loss"] > 0
    assert call(monkeypatch, "runs", "resume", "Topics") == ExitCode.MISTAKE
    assert "is done" in capsys.readouterr().err
    started = asked(monkeypatch, capsys, "resume", runs[1].id, "--background")["run"]["state"]
    assert started in ("queued", "running", "done")
    run = embedviz.open_run(runs[1].folder)
    assert run.wait(100) == "done"


def test_a_run_that_cannot_be_resumed_in_the_background_is_a_sentence(runs, monkeypatch, capsys):
    monkeypatch.setattr(sys, "executable", shutil.which("false"))
    assert call(monkeypatch, "runs", "resume", runs[0].folder, "--background") == ExitCode.MISTAKE
    assert "resume.log" in capsys.readouterr().err
