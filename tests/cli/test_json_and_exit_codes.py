"""--json on every command, exit codes, help and the tab key."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import typer
from typer.main import get_command

import embedviz
from embedviz import cli
from embedviz.cli.exit_codes import ExitCode
from embedviz.cli.printing import print_table
from embedviz.core.errors import JobFailedError
from embedviz.experiments import QUESTIONS
from embedviz.models import MODELS, model_spec
from embedviz.space import EmbeddingSpace

ROOT = Path(__file__).resolve().parents[2]


def call(monkeypatch, *words):
    """Run a command in this process, and return its exit code."""
    monkeypatch.setattr(sys, "argv", ["embedviz", *map(str, words)])
    try:
        cli.main()
    except SystemExit as leave:
        return leave.code
    return 0


def completions(words, monkeypatch, capsys):
    """What the shell offers for the last of the words."""
    monkeypatch.setenv("COMP_WORDS", " ".join(["embedviz", *words]))
    monkeypatch.setenv("COMP_CWORD", str(len(words)))
    monkeypatch.setenv("_EMBEDVIZ_COMPLETE", "complete_bash")
    with pytest.raises(SystemExit):
        cli.app(prog_name="embedviz")
    return capsys.readouterr().out.split()


def commands(group, path=()):
    """Every command with the words that call it; of models and questions the first stands for all."""
    context = typer.Context(group)
    context.info_name = path[-1] if path else "embedviz"
    names = group.list_commands(context)
    for name in names[:1] if path in (("train",), ("experiment",)) else names:
        command = group.get_command(context, name)
        if hasattr(command, "list_commands"):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name), command


COMMANDS = dict(commands(get_command(cli.app)))


@pytest.fixture
def vectors(tmp_path):
    path = tmp_path / "v.vec"
    EmbeddingSpace(["king", "queen", "car"], np.array([[2, 1], [2, 2], [-1, 3]], np.float32)).save(path)
    return path


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_has_json_an_example_and_a_sentence(path):
    command = COMMANDS[path]
    assert any("--json" in option.opts for option in command.params)
    assert re.match(rf"Example: (\S+=\S+ )?embedviz {' '.join(path)} ", command.epilog or "")
    assert command.help


def test_a_result_is_one_json_document(vectors, monkeypatch, capsys):
    assert call(monkeypatch, "neighbors", vectors, "king", "--json") == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed == {
        "neighbors": [
            {"label": "queen", "similarity": pytest.approx(0.9486833)},
            {"label": "car", "similarity": pytest.approx(0.1414214)},
        ]
    }
    assert call(monkeypatch, "convert", vectors, vectors.with_suffix(".bin"), "--json") == 0
    assert json.loads(capsys.readouterr().out)["written"] == [str(vectors.with_suffix(".bin"))]


def test_a_missing_number_is_null_and_remarks_are_notes(tmp_path, monkeypatch, capsys):
    (tmp_path / "cars.csv").write_text("make,doors\nFerro,2\nVulpa,\n")
    assert call(monkeypatch, "profile", tmp_path / "cars.csv", "--json") == 0
    printed = capsys.readouterr()
    document = json.loads(printed.out, parse_constant=pytest.fail)
    assert [column["column"] for column in document["columns"]] == ["make", "doors"]
    assert document["notes"] == printed.err.splitlines()

    from embedviz.cli.printing import json_document

    with json_document():
        print_table(pd.DataFrame({"score": [0.5, np.nan, np.inf], "when": pd.to_datetime(["2020-01-02", None, None])}))
    assert json.loads(capsys.readouterr().out, parse_constant=pytest.fail)["rows"] == [
        {"score": 0.5, "when": "2020-01-02T00:00:00"},
        {"score": None, "when": None},
        {"score": None, "when": None},
    ]


def test_a_mistake_is_1_with_nothing_on_the_output(vectors, monkeypatch, capsys):
    assert call(monkeypatch, "neighbors", vectors, "kin", "--json") == ExitCode.MISTAKE
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err == "'kin' is not among the 3 words. Did you mean king?\n"


@pytest.mark.parametrize(
    "words",
    [
        ["neighbors"],
        ["neighbors", "v.vec", "king", "--unknown"],
        ["neighbors", "v.vec", "king", "-k", "many"],
        ["no-such-command"],
        ["train", "skipgram", "kjv"],
        ["train", "skipgram", "kjv", "--dm", "5", "--out", "run"],
        ["runs", "list", "more"],
        ["--port", "99999", "--no-browser"],
    ],
)
def test_a_wrong_call_is_2(words, monkeypatch, capsys):
    assert call(monkeypatch, *words) == ExitCode.WRONG_CALL
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "Traceback" not in printed.err


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (JobFailedError("It failed.", "training"), ExitCode.NOT_FINISHED),
        (JobFailedError("It failed.", "experiment"), ExitCode.NOT_FINISHED),
        (JobFailedError("The file is wrong.", "reading"), ExitCode.MISTAKE),
        (ZeroDivisionError("oh"), ExitCode.BUG),
        (KeyboardInterrupt(), ExitCode.INTERRUPTED),
    ],
)
def test_what_is_raised_has_its_code(error, code, vectors, monkeypatch, capsys):
    def raising(*args):
        raise error

    monkeypatch.setattr("embedviz.cli.vectors.open_vectors", raising)
    assert call(monkeypatch, "neighbors", vectors, "king") == code
    assert ("Traceback" in capsys.readouterr().err) == (code == ExitCode.BUG)


@pytest.mark.slow
@pytest.mark.parametrize("flags", [[], ["--json"]])
def test_an_output_that_nobody_reads_any_more_is_no_traceback(vectors, flags):
    command = [sys.executable, "-m", "embedviz", "neighbors", str(vectors), "king", *flags]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        process.stdout.close()  # long before the answer comes
        message = process.stderr.read()
    assert process.returncode == ExitCode.BROKEN_PIPE
    assert message == ""


def test_help_says_what_the_exit_codes_mean(monkeypatch, capsys):
    assert call(monkeypatch, "--help") == 0
    words = " ".join(capsys.readouterr().out.replace("│", " ").split())
    for code in ExitCode:
        if code != ExitCode.BROKEN_PIPE:
            assert f"{code.value} " in words


@pytest.mark.parametrize("model", MODELS)
def test_help_of_a_training_lists_the_settings_of_its_model(model, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "200")
    assert call(monkeypatch, "train", model, "--help") == 0
    printed = capsys.readouterr().out
    for name in model_spec(model).Settings.model_fields:
        assert f"--{name.replace('_', '-')} " in printed
    assert "--preset" in printed


def test_help_of_an_experiment_lists_the_settings_of_its_question_and_of_the_model_that_is_named(monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "200")
    assert call(monkeypatch, "experiment", "dimensions", "--model", "ratings", "--help") == 0
    printed = capsys.readouterr().out
    assert "--largest" in printed
    assert "--penalty" in printed
    assert call(monkeypatch, "experiment", "dimensions", "--help") == 0
    assert "--penalty" not in capsys.readouterr().out


def test_the_tab_key_offers_models_questions_settings_and_their_values(monkeypatch, capsys):
    offered = completions(["train", "s"], monkeypatch, capsys)
    assert {name for name in MODELS if name.startswith("s")} == set(offered)
    assert set(completions(["experiment", ""], monkeypatch, capsys)) == set(QUESTIONS)
    assert "--dim" in completions(["train", "skipgram", "--d"], monkeypatch, capsys)
    assert completions(["train", "skipgram", "--loss", "h"], monkeypatch, capsys) == ["hierarchical_softmax"]
    assert completions(["train", "sentiment", "--preset", "te"], monkeypatch, capsys) == ["textbook"]
    assert "--max-rows" in completions(["serve", "x", "--max"], monkeypatch, capsys)


def test_the_tab_key_offers_samples_files_roles_and_columns(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("cars.csv").write_text("make;body\nFerro;van\n")
    Path("folder").mkdir()
    assert completions(["train", "categories", "ca"], monkeypatch, capsys) == ["cars.csv"]
    assert "folder/" in completions(["train", "skipgram", "f"], monkeypatch, capsys)
    assert completions(["train", "skipgram", "kj"], monkeypatch, capsys) == ["kjv"]
    assert "target=" in completions(["train", "categories", "cars.csv", "--columns", "ta"], monkeypatch, capsys)
    offered = completions(["train", "categories", "cars.csv", "--columns", "target=b"], monkeypatch, capsys)
    assert offered == ["target=body"]


def test_the_tab_key_finds_a_file_with_a_blank_and_skips_one_that_is_a_folder(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("my cars.csv").write_text("make;body\nFerro;van\n")
    Path("folder.csv").mkdir()
    words = ["train", "categories", "folder.csv", "my\\ cars.csv", "--columns", "target=b"]
    assert completions(words, monkeypatch, capsys) == ["target=body"]


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["train", "categories", "cars.csv", "--columns", "target", "="], ["make", "body"]),
        (["train", "categories", "cars.csv", "--columns", "target", "=", "b"], ["body"]),
        (
            ["train", "categories", "cars.csv", "--columns", "target=b"],
            ["target=body"],
        ),  # "=" is not in COMP_WORDBREAKS
        (["train", "categories", "cars.csv", "--columns", "target", "=", "body", "--columns", "spl"], ["split="]),
        (["train", "skipgram", "--loss", "=", "h"], ["hierarchical_softmax"]),
        (["train", "senti"], ["sentiment"]),
    ],
    ids=" ".join,
)
def test_bash_is_offered_what_follows_the_sign_at_which_it_splits(words, offered, tmp_path):
    """COMP_WORDS are those of an interactive bash 5.2, with the cursor behind the last character."""
    (tmp_path / "cars.csv").write_text("make;body\nFerro;van\n")
    program = tmp_path / "embedviz"
    program.write_text(f"#!{sys.executable}\nfrom embedviz.cli import main\nmain()\n")
    program.chmod(0o755)
    script = (
        'source <(_EMBEDVIZ_COMPLETE=source_bash embedviz); COMP_WORDS=(embedviz "$@"); COMP_CWORD=$#; '
        "_embedviz_completion embedviz; printf '%s\\n' \"${COMPREPLY[@]}\""
    )
    environment = os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    made = subprocess.run(
        ["bash", "--norc", "-c", script, "bash", *words],
        capture_output=True, text=True, cwd=tmp_path, env=environment, check=True,
    )  # fmt: skip
    assert (made.stdout.split(), made.stderr) == (offered, "")


def test_the_tab_key_makes_no_store(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("EMBEDVIZ_HOME", str(tmp_path / "none"))
    monkeypatch.chdir(tmp_path)
    assert completions(["runs", "show", "a"], monkeypatch, capsys) == []
    assert not (tmp_path / "none").exists()


@pytest.mark.slow
def test_what_the_tab_key_asks_loads_no_pandas():
    code = "import sys, embedviz.cli; sys.exit(bool({'pandas', 'torch', 'fastapi'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_training_that_is_stopped_by_ctrl_c_is_3_and_keeps_the_best(many_topics, tmp_path):
    (tmp_path / "t.txt").write_text(many_topics * 20)
    command = [sys.executable, "-m", "embedviz", "train", "skipgram", str(tmp_path / "t.txt"), "--dim", "64", "--json"]
    command += ["--epochs", "5000", "--min-count", "1", "--device", "cpu", "--out", str(tmp_path / "run")]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        seen = b""
        while b"validation loss" not in seen:
            seen += (more := process.stderr.read1())
            assert more, seen
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        out, message = process.communicate(timeout=100)
    assert process.returncode == ExitCode.NOT_FINISHED, message
    document = json.loads(out)
    assert document["run"]["status"] == "stopped"
    assert document["metrics"]["test/loss"] > 0
    assert b"runs resume" in message
    assert embedviz.open_run(tmp_path / "run").space.dim == 64
