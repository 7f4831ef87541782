"""What embedviz doctor finds, and what it says of it."""

import errno
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from embedviz import cli
from embedviz.core.errors import EmbedvizError
from embedviz.core.home import made_folder, store_trouble
from embedviz.data.samples import SAMPLES
from embedviz.doctor import workers
from embedviz.doctor.host import host_findings
from embedviz.doctor.packages import package_findings
from embedviz.doctor.samples import sample_findings
from embedviz.doctor.stored import store_findings
from embedviz.store.dataset import Dataset
from embedviz.store.store import Store
from tests.unprivileged import unprivileged

ROOT = Path(__file__).resolve().parents[2]


def levels(findings, about):
    return [finding.level for finding in findings if finding.about == about]


def one(findings, about, level):
    (found,) = [finding for finding in findings if (finding.about, finding.level) == (about, level)]
    return found


def test_a_sound_store_has_no_finding_but_ok(own_home):
    own_home.chmod(0o700)
    found = list(store_findings())
    assert {finding.about for finding in found} == {"store", "disk", "records"}
    assert {finding.level for finding in found} == {"ok"}


def test_a_store_that_others_may_read_is_warned_of(own_home):
    own_home.chmod(0o755)
    assert f"chmod 700 {own_home}" in one(store_findings(), "store", "warning").remedy


def test_torn_files_and_damaged_records_are_counted(own_home, two_topics):
    own_home.chmod(0o700)
    store = Store()
    dataset = Dataset.upload(store.uploads_folder, "t.txt", [two_topics.encode()])
    run = store.create_training("skipgram", dataset, {})
    (run.folder / run.record_file).write_text("{")
    torn = store.runs_folder / ".model.safetensors.ab12.tmp"
    torn.write_bytes(bytes(2_000_000))
    assert not [finding for finding in store_findings() if "never finished" in finding.sentence]  # it may be under way
    two_hours_ago = time.time() - 7200
    os.utime(torn, (two_hours_ago, two_hours_ago))
    warnings = [finding.sentence for finding in store_findings() if finding.level == "warning"]
    assert any("1 files of 2.0 MB were never finished" in sentence for sentence in warnings)
    assert any("1 records are damaged" in sentence and f"runs/{run.id}" in sentence for sentence in warnings)


def test_a_store_that_cannot_be_made_is_a_problem(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("EMBEDVIZ_HOME", str(tmp_path / "file"))
    found = list(store_findings())
    assert levels(found, "store") == ["problem"]
    assert "cannot be made" in found[0].sentence


def test_the_packages_here_are_those_that_are_required():
    found = list(package_findings())
    assert levels(found, "packages") == ["ok"]
    assert "streamlit 1." in one(found, "packages", "ok").sentence
    assert "serve" in one(found, "extras", "ok").sentence


def test_a_package_of_another_version_is_a_problem(monkeypatch):
    lines = [
        "streamlit>=99",
        "nothing-of-this-name",
        'fastapi>=0.1; extra == "serve"',
        'nothing-else; extra == "cluster"',
    ]
    monkeypatch.setattr("embedviz.doctor.packages.requires", lambda name: lines)
    found = list(package_findings())
    sentences = [finding.sentence for finding in found if finding.level == "problem"]
    assert len(sentences) == 2
    assert any(sentence.startswith("streamlit 1.") and ">=99 is needed" in sentence for sentence in sentences)
    assert "nothing-of-this-name is not installed." in sentences
    assert one(found, "extras", "ok").sentence == "Extras that are installed: serve; not installed: cluster."


def test_a_missing_or_changed_sample_is_named(tmp_path, monkeypatch):
    assert levels(sample_findings(), "samples") == ["ok"]
    monkeypatch.setenv("EMBEDVIZ_SAMPLES", str(tmp_path))
    (tmp_path / SAMPLES["kjv"].file).write_bytes(b"something else")
    found = list(sample_findings())
    assert levels(found, "samples") == ["warning"] * len(SAMPLES)
    assert any("not as it was shipped" in finding.sentence for finding in found)


def test_a_wrong_mode_priority_and_limit_are_problems(monkeypatch):
    monkeypatch.setenv("EMBEDVIZ_MODE", "public")
    monkeypatch.setenv("EMBEDVIZ_WORKER_PRIORITY", "high")
    monkeypatch.setenv("EMBEDVIZ_LIMIT_ROWS", "many")
    found = list(host_findings())
    assert one(found, "mode", "problem").remedy == "Set it to local or shared."
    assert one(found, "priority", "problem").remedy == "Set it to idle or low."
    assert "EMBEDVIZ_LIMIT_ROWS" in one(found, "limits", "problem").sentence


def test_a_shared_server_is_told_what_it_lacks(monkeypatch):
    monkeypatch.setenv("EMBEDVIZ_MODE", "shared")
    monkeypatch.delenv("EMBEDVIZ_HOME")
    monkeypatch.setenv("EMBEDVIZ_LIMIT_JOB_MB", "100000000")
    found = list(host_findings())
    assert "EMBEDVIZ_ALLOWED_HOSTS" in one(found, "hosts", "warning").remedy
    assert one(found, "uploads", "warning").remedy == "Set STREAMLIT_SERVER_MAX_UPLOAD_SIZE=25."
    assert "EMBEDVIZ_HOME" in one(found, "store", "warning").remedy
    assert "EMBEDVIZ_LIMIT_JOB_MB" in one(found, "memory", "warning").remedy
    monkeypatch.setenv("EMBEDVIZ_LIMIT_JOB_MB", "10")
    monkeypatch.setenv("EMBEDVIZ_LIMIT_MEMORY_MB", "100000000")
    assert "EMBEDVIZ_LIMIT_MEMORY_MB" in one(host_findings(), "memory", "warning").remedy
    monkeypatch.delenv("EMBEDVIZ_LIMIT_MEMORY_MB")
    monkeypatch.setenv("EMBEDVIZ_ALLOWED_HOSTS", "example.org")
    monkeypatch.setenv("EMBEDVIZ_HOME", "/srv/embedviz")
    monkeypatch.setenv("EMBEDVIZ_LIMIT_JOB_MB", "10")
    monkeypatch.setenv("STREAMLIT_SERVER_MAX_UPLOAD_SIZE", "25")
    assert not [finding for finding in host_findings() if finding.level != "ok"]


def test_a_port_that_another_program_holds_is_warned_of(monkeypatch):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        monkeypatch.setenv("STREAMLIT_SERVER_PORT", str(other.getsockname()[1]))
        monkeypatch.setattr("embedviz.doctor.host.ASK_S", 0.2)
        assert levels(host_findings(), "port") == ["warning"]
    assert levels(host_findings(), "port") == ["ok"]


@pytest.mark.slow
@pytest.mark.timeout(200)
def test_the_command_lists_everything_and_a_problem_is_exit_code_1(monkeypatch, capsys):
    monkeypatch.setenv("EMBEDVIZ_MODE", "public")
    monkeypatch.setattr(sys, "argv", ["embedviz", "doctor", "--json"])
    with pytest.raises(SystemExit) as leave:
        cli.main()
    assert leave.value.code == 1
    findings = json.loads(capsys.readouterr().out)["findings"]
    assert {finding["about"] for finding in findings} >= {
        "packages",
        "store",
        "samples",
        "mode",
        "port",
        "workers",
        "device",
    }
    assert [finding["about"] for finding in findings if finding["level"] == "problem"] == ["mode"]


@pytest.mark.slow
def test_a_worker_that_does_not_answer_is_a_problem(monkeypatch):
    monkeypatch.setattr(workers, "START_S", 0.01)
    assert levels(workers.worker_findings(), "workers") == ["problem"]


def test_an_error_is_found_by_its_id_in_the_log_of_a_job(own_home, monkeypatch, capsys):
    folder = own_home / "runs" / ("a" * 32)
    folder.mkdir(parents=True)
    (folder / "log.txt").write_text(
        "error 11111111\nfirst\n\nerror 22222222\nTraceback\n  second\n\nerror 33333333\nthird\n"
    )
    monkeypatch.setattr(sys, "argv", ["embedviz", "doctor", "--error", "22222222"])
    cli.main()
    assert capsys.readouterr().out == f"{folder / 'log.txt'}\nTraceback\n  second\n"
    monkeypatch.setattr(sys, "argv", ["embedviz", "doctor", "--error", "2222"])
    with pytest.raises(SystemExit):
        cli.main()
    assert "has an error '2222'" in capsys.readouterr().err


@pytest.mark.parametrize(("errno_name", "sentence"), [("ENOSPC", "is full"), ("EROFS", "cannot be written to")])
def test_what_a_store_without_room_raises_has_a_sentence(own_home, errno_name, sentence):
    error = OSError(getattr(errno, errno_name), "…", str(own_home / "runs" / "x"))
    assert sentence in store_trouble(error)
    assert store_trouble(EmbedvizError("something else")) == ""


def test_a_file_elsewhere_that_may_not_be_written_is_no_trouble_of_the_store(tmp_path):
    assert store_trouble(PermissionError(13, "Permission denied", str(tmp_path / "out.csv"))) == ""


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    "words", [("runs", "list"), ("train", "skipgram", "kjv", "--out", "run"), ("doctor",)], ids=" ".join
)
def test_a_read_only_home_ends_a_command_in_a_sentence(words, tmp_path):
    home = tmp_path / "store"
    home.mkdir(mode=0o500)
    _ends_in_a_sentence(home, words)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_store_that_became_read_only_ends_a_training_in_a_sentence(tmp_path):
    home = tmp_path / "store"
    for part in [*Store(made_folder(home)).folder.iterdir(), home]:
        part.chmod(0o500)
    _ends_in_a_sentence(home, ("train", "skipgram", "kjv", "--out", str(tmp_path / "run")))


def _ends_in_a_sentence(home, words):
    done = subprocess.run(
        [*unprivileged(), sys.executable, "-m", "embedviz", *words],
        env={**os.environ, "EMBEDVIZ_HOME": str(home), "PYTHONPATH": str(ROOT)},
        cwd=home.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert str(home) in done.stdout + done.stderr
    assert "EMBEDVIZ_HOME" in done.stdout + done.stderr
