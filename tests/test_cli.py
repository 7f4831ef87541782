"""The command line as people type it."""

import sys

import pandas as pd
import pytest

import embedviz
from embedviz import cli


def call(monkeypatch, *words):
    monkeypatch.setattr(sys, "argv", ["embedviz", *map(str, words)])
    cli.main()


@pytest.fixture
def tweets_file(tweets, tmp_path):
    tweets.to_csv(tmp_path / "tweets.csv", index=False)
    return tmp_path / "tweets.csv"


def test_train_then_predict_a_file(tweets_file, tmp_path, monkeypatch, capsys):
    out, answers = tmp_path / "run", tmp_path / "answers.csv"
    call(
        monkeypatch, "train", "sentiment", tweets_file, "--columns", "text=tweet", "label=mood", "--preset", "fast",
        "--vectors", "none", "--epochs", "3", "--dim", "8", "--device", "cpu", "--out", out,
    )  # fmt: skip
    assert "test/accuracy\t" in capsys.readouterr().out
    run = embedviz.open_run(out)
    assert run.settings.encoder == "mean"
    assert run.metrics["test/accuracy"] > 0.8
    call(monkeypatch, "predict", out, tweets_file, "--out", answers)
    frame = pd.read_csv(answers)
    assert list(frame.columns[:3]) == ["tweet", "mood", "likes"]
    assert (frame["prediction"] == frame["mood"]).mean() > 0.8


def test_evaluate_prints_the_scores_beside_baselines_and_folds_with_their_protocol(
    tweets_file, tmp_path, monkeypatch, capsys
):
    out = tmp_path / "run"
    settings = {"vectors": "none", "dim": 8, "encoder": "mean", "epochs": 1, "linear_term": False, "device": "cpu"}
    embedviz.train("sentiment", tweets_file, columns={"text": "tweet", "label": "mood"}, out=out, **settings)
    call(monkeypatch, "evaluate", out, "--baselines", "--folds", "2")
    printed = capsys.readouterr().out
    head, *lines = [line.split("\t") for line in printed.splitlines()]
    rows = {line[0]: line[1] for line in lines if len(line) == len(head)}
    assert head[:2] == ["what", "accuracy"]
    assert {"This run, test part", "Knowing nothing", "Majority", "TF-IDF", "This run, 2 folds"} <= set(rows)
    assert "±" in rows["This run, 2 folds"]
    assert "The strongest baseline, TF-IDF, reaches accuracy" in printed
    assert "Split by row, every class in proportion, seed 0" in printed
    with pytest.raises(SystemExit):
        call(monkeypatch, "evaluate", out, "--seeds", "3", "--folds", "2")
    assert "seeds=5, or folds=5" in capsys.readouterr().err


def test_several_columns_for_a_role_are_a_list():
    assert cli._columns(["target=body", "ignore=id", "ignore=url"]) == {"target": "body", "ignore": ["id", "url"]}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["train", "sentiment", "nothing.csv", "--out", "x"], "no file"),
        (["train", "sentimental", "nothing.csv", "--out", "x"], "no model 'sentimental'"),
        (["train", "sentiment", "FILE", "--columns", "who=tweet", "--out", "x"], "no role 'who'"),
        (["train", "sentiment", "FILE", "--preset", "perfect", "--out", "x"], "no preset 'perfect'"),
    ],
)
def test_a_mistake_is_one_sentence_and_exit_code_1(words, said, tweets_file, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as left:
        call(monkeypatch, *(tweets_file if word == "FILE" else word for word in words))
    assert left.value.code == 1
    error = capsys.readouterr().err
    assert said in error
    assert "Traceback" not in error
