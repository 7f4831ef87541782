"""The zip that reproduces a run."""

import ast
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pandas as pd
import pytest

import embedviz as ev
from embedviz.core.errors import DataError, RunError, SettingsError
from embedviz.exports.make_again import _arguments
from embedviz.exports.run_inputs import inputs_of
from embedviz.exports.same_figures import check_files, compare_figures, print_comparison

pytestmark = pytest.mark.slow
TEXT = "the cat sat on the mat and the dog sat on the rug while the bird flew over the house\n" * 60
WORDS = {"dim": 4, "epochs": 2, "min_count": 1, "deterministic": True, "device": "cpu"}


@pytest.fixture
def text_file(tmp_path):
    (tmp_path / "text.txt").write_text(TEXT)
    return tmp_path / "text.txt"


def unpacked(run, tmp_path, with_data=True) -> Path:
    run.make_again(tmp_path / "again.zip", with_data=with_data)
    folder = tmp_path / "unpacked"
    zipfile.ZipFile(tmp_path / "again.zip").extractall(folder)
    return folder


def perform(folder, tmp_path) -> subprocess.CompletedProcess[str]:
    """Run the script in a store of its own."""
    home = {**os.environ, "EMBEDVIZ_HOME": str(tmp_path / "another home")}
    return subprocess.run([sys.executable, str(folder / "make_again.py")], env=home, capture_output=True, text=True)


def test_a_deterministic_training_has_equal_figures(text_file, tmp_path):
    run = ev.train("skipgram", text_file, name='Cats """ and dogs', **WORDS)
    folder = unpacked(run, tmp_path)
    text_file.unlink()
    done = perform(folder, tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count(" equal") == len(run.metrics)


def test_a_file_name_runs_no_code(tmp_path):
    path = tmp_path / 'a""" + exit("injected") + """.txt'
    path.write_text(TEXT)
    folder = unpacked(ev.train("skipgram", path, name='b""" + exit(1)\n', **WORDS), tmp_path, with_data=False)
    tree = ast.parse((folder / "make_again.py").read_text())
    assert "injected" in ast.get_docstring(tree)
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == "exit"]


def test_another_seed_is_found_to_differ(text_file, tmp_path):
    """The script fails where it should: the figures of a training with other data cannot come out."""
    run = ev.train("skipgram", text_file, **WORDS)
    folder = unpacked(run, tmp_path)
    record = json.loads((folder / "run.json").read_text())
    record["figures"]["test/loss"] += 1
    record |= {"deviations": {"test/loss": 1e-9}, "repeats": 3}
    (folder / "run.json").write_text(json.dumps(record))
    done = perform(folder, tmp_path)
    assert done.returncode == 1, done.stderr
    assert "different" in done.stdout


def test_a_table_with_its_parts_options_and_roles_comes_along(tmp_path):
    rows = [f"{'great' if i % 2 else 'awful'} film number {i % 7};{'good' if i % 2 else 'bad'};{i}" for i in range(120)]
    for name, part in (("train.csv", rows[:80]), ("test.csv", rows[80:])):
        (tmp_path / name).write_text("\n".join(["words;mood;number", *part]))
    settings = {"vectors": "none", "encoder": "mean", "epochs": 2, "dim": 4, "device": "cpu", "threads": 1}
    run = ev.train(
        "sentiment", tmp_path / "train.csv", test=tmp_path / "test.csv", read={"delimiter": ";"},
        columns={"text": "words", "label": "mood"}, **settings,
    )  # fmt: skip
    folder = unpacked(run, tmp_path)
    assert sorted(path.name for path in (folder / "data").iterdir()) == ["test.csv", "train.csv"]
    done = perform(folder, tmp_path)
    assert done.returncode == 0, done.stderr
    assert "test/accuracy" in done.stdout


def test_a_training_that_started_from_another_brings_it_along(text_file, tmp_path):
    first = ev.train("skipgram", text_file, **WORDS)
    run = ev.train("skipgram", text_file, vectors=f"run:{first.id}:word", **WORDS)
    done = perform(unpacked(run, tmp_path), tmp_path)
    assert done.returncode == 0, done.stderr


def test_a_training_without_some_labels_is_made_without_them(text_file, tmp_path):
    filters = [{"space": "word", "labels": ["cat"], "keep": False}]
    run = ev.train("skipgram", text_file, filters=filters, **WORDS)
    assert "cat" not in run.space.labels
    folder = unpacked(run, tmp_path)
    assert json.loads((folder / "filter-0.json").read_text()) == filters[0]
    assert perform(folder, tmp_path).returncode == 0
    with pytest.raises(SettingsError, match="cannot be filtered"):
        ev.train("skipgram", text_file, filters=[{"space": "user", "labels": ["cat"], "keep": True}], **WORDS)
    with pytest.raises(SettingsError, match="A filter is"):
        ev.train("skipgram", text_file, filters=[{"space": "word", "labels": "cat"}], **WORDS)


def test_a_training_that_started_from_a_space_whose_name_holds_quotes_runs_no_code(text_file, tmp_path, monkeypatch):
    first = ev.train("skipgram", text_file, **WORDS)
    space = 'word" + exit("injected") + "'
    values = first.training_settings().model_copy(update={"vectors": f"run:{first.id}:{space}"})
    monkeypatch.setattr(type(first), "training_settings", lambda run: values)
    arguments = ", ".join(_arguments(first, inputs_of(first), {}, first))
    calls = [
        ast.unparse(node.func) for node in ast.walk(ast.parse(f"train({arguments})")) if isinstance(node, ast.Call)
    ]
    assert calls == ["train"]


def test_a_file_called_none_in_the_working_folder_is_no_vectors(text_file, tmp_path, monkeypatch):
    run = ev.train("skipgram", text_file, **WORDS)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "none").write_text("private")
    assert not (unpacked(run, tmp_path) / "vectors").exists()


def test_pretrained_vectors_from_a_file_come_along(text_file, tmp_path):
    vectors = tmp_path / "start.vec"
    vectors.write_text("3 4\ncat 1 0 0 0\ndog 0 1 0 0\nmat 0 0 1 0\n")
    run = ev.train("skipgram", text_file, vectors=str(vectors), **WORDS)
    folder = unpacked(run, tmp_path, with_data=False)
    assert (folder / "vectors" / "start.vec").read_text() == vectors.read_text()
    assert str(tmp_path) not in (folder / "make_again.py").read_text()


def test_without_the_data_its_fingerprint_says_what_belongs_there(text_file, tmp_path):
    run = ev.train("skipgram", text_file, **WORDS)
    folder = unpacked(run, tmp_path, with_data=False)
    assert not (folder / "data").exists()
    assert "Put the data there first: data/text.txt" in (folder / "make_again.py").read_text()
    assert "There is no file" in perform(folder, tmp_path).stderr
    (folder / "data").mkdir()
    (folder / "data" / "text.txt").write_text(TEXT + "more")
    assert "is not the data of the run" in perform(folder, tmp_path).stderr
    (folder / "data" / "text.txt").write_text(TEXT)
    assert perform(folder, tmp_path).returncode == 0


def test_the_record_has_settings_seed_versions_and_machine(text_file, tmp_path):
    run = ev.train("skipgram", text_file, seed=7, **WORDS)
    folder = unpacked(run, tmp_path)
    record = json.loads((folder / "run.json").read_text())
    assert record["settings"]["seed"] == 7
    assert record["figures"] == run.metrics
    assert record["versions"] == {"embedviz": ev.__version__}
    assert record["export"]["versions"]["embedviz"] == ev.__version__
    assert record["machine"]["device"] == run.record["device"]
    pins = (folder / "requirements.txt").read_text().splitlines()
    assert f"embedviz=={ev.__version__}" in pins
    assert any(pin.startswith("torch==2") and "+" not in pin for pin in pins)


def test_what_cannot_be_made_again_is_refused(text_file, tmp_path):
    run = ev.start("skipgram", text_file, **{**WORDS, "epochs": 100})
    run.stop()
    run.wait()
    assert run.status == "stopped"
    with pytest.raises(RunError, match="Resume it first"):
        run.make_again(tmp_path / "again.zip")
    done = ev.train("skipgram", text_file, **WORDS)
    text_file.write_text(TEXT + "changed")
    with pytest.raises(DataError):
        done.make_again(tmp_path / "again.zip")
    assert not (tmp_path / "again.zip").exists()


def test_where_figures_differ_the_seeds_decide(text_file):
    run = ev.train("skipgram", text_file, **WORDS)
    near = compare_figures(run, {"test/loss": run.metrics["test/loss"] + 0.001}, {"test/loss": 0.01}, 3)
    assert near["result"].tolist() == ["within the deviation over seeds"]
    assert print_comparison(near)
    far = compare_figures(run, {"test/loss": run.metrics["test/loss"] + 1}, {"test/loss": 0.01}, 3)
    assert far["result"].tolist() == ["different"]
    assert not print_comparison(far)


def test_seeds_are_trained_where_no_deviation_is_known(text_file):
    run = ev.train("skipgram", text_file, **WORDS)
    found = compare_figures(run, {"test/loss": run.metrics["test/loss"] + 1e-4})
    assert isinstance(found, pd.DataFrame)
    assert found["result"].tolist() in (["within the deviation over seeds"], ["different"])
    assert len(run.repeat(seeds=3)) == 5


def test_a_file_of_the_run_is_told_by_its_content(tmp_path):
    (tmp_path / "a.txt").write_text("a")
    check_files(tmp_path, {"a.txt": "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"})
    with pytest.raises(DataError, match="is not the data"):
        check_files(tmp_path, {"a.txt": "0" * 64})
