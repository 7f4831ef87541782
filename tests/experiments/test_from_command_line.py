"""Every question asked on the command line, of files that are no samples: verdict, table, runs and report."""

import sys

import pandas as pd
import pytest

from embedviz import cli
from embedviz.experiments import QUESTIONS, find_question
from embedviz.jobs.shared_executor import close_shared_executor
from tests.experiments.planted import bought, topics

pytestmark = pytest.mark.slow
RATINGS = "--model ratings --method gradient --epochs 5"
TABLE = "--model categories --columns target=bought --epochs 2 --hidden-dim 8 --members 1"
WORDS = "--model skipgram --min-count 1"
TEXTS = "--model sentiment --columns text=text label=topic --encoder mean --epochs 2"
ASKED = {  # question -> the file that it is asked of, and the rest of the command
    "dimensions": ("words.txt", f"{WORDS} --epochs 2 --largest 4 --seeds 1"),
    "one_hot": ("bought.csv", f"{TABLE} --smallest 2 --largest 2 --seeds 1"),
    "pretrained": ("topics.csv", f"{TEXTS} --smallest 0.5 --steps 1 --seeds 1"),
    "algorithms": ("words.txt", f"{WORDS} --dim 4 --seconds 0.5 --seeds 1 --algorithms skipgram,ppmi_svd"),
    "similar": ("bought.csv", f"{TABLE} --neighbors 5"),
    "holds": ("ratings.csv", f"{RATINGS} --dim 2 --seeds 2"),
    "tune": ("ratings.csv", f"{RATINGS} --trials 2 --confirm 1"),
}


@pytest.fixture(scope="module", autouse=True)
def shared_workers():
    """One pair of workers for all questions, which begin in a second then."""
    yield
    close_shared_executor()


@pytest.fixture
def files(tmp_path, two_topics, ratings_file):
    (tmp_path / "words.txt").write_text(two_topics)
    bought(300, towns=20).to_csv(tmp_path / "bought.csv", index=False)
    topics(120).to_csv(tmp_path / "topics.csv", index=False)
    ratings_file.replace(tmp_path / "ratings.csv")
    return tmp_path


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_of_a_file(question, files, tmp_path, monkeypatch, capsys):
    file, rest = ASKED[question]
    out = tmp_path / "answer"
    words = ["experiment", question, str(files / file), *rest.split(), "--budget", "3m", "--out", str(out)]
    monkeypatch.setattr(sys, "argv", ["embedviz", *words])
    cli.main()
    printed = capsys.readouterr().out.splitlines()
    table, runs = pd.read_csv(out / "table.csv"), pd.read_csv(out / "runs.csv")
    assert len(table)
    assert set(runs["outcome"]) <= {"done", "done (before)", "pruned"}
    assert printed[0].split("\t") == list(table.columns)
    assert printed[1 + len(table)].endswith(".")
    report = (out / "report.html").read_text("utf-8")
    assert find_question(question).title in report
    assert file in report
    assert f"embedviz experiment {question}" in report
