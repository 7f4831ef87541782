"""Trainings on files of a published split: from Python, by the command line, resumed, repeated, beside baselines."""

import io
import json
import random
import sys
import zipfile
from dataclasses import replace

import pandas as pd
import pytest

import embedviz as ev
from embedviz import cli
from embedviz.core.errors import EmbedvizError, RunError, SettingsError
from embedviz.core.jobs.status import write_status, written_status
from embedviz.jobs.inline import run_inline
from embedviz.store.comparisons import twins_of
from embedviz.store.data_reference import fingerprint
from embedviz.store.dataset import Dataset
from embedviz.store.reference_reading import read_reference
from embedviz.store.store import Store

pytestmark = pytest.mark.slow
SENTIMENT = {
    "vectors": "none", "dim": 8, "encoder": "mean", "epochs": 4, "linear_term": False, "deterministic": True,
    "batch_size": 8, "learning_rate": 0.02, "embedding_rate": 0.02,
}  # fmt: skip
FLAGS = [
    f"--no-{name.replace('_', '-')}" if value is False else f"--{name.replace('_', '-')}={value}"
    for name, value in SENTIMENT.items()
    if name != "deterministic"
]


def texts(n, seed):
    rng = random.Random(seed)
    topics = {"animals": ["cat", "dog", "cow", "naïve"], "tools": ["saw", "nail", "drill", "screw"]}
    labels = [("animals", "tools")[i % 2] for i in range(n)]
    return pd.DataFrame({"text": [" ".join(rng.choices(topics[label], k=8)) for label in labels], "label": labels})


@pytest.fixture
def files(tmp_path, monkeypatch):
    """train.csv (160 rows), dev.csv with semicolons (40), test.tsv in Latin-1 (60, columns in another order)."""
    monkeypatch.chdir(tmp_path)
    texts(160, 0).to_csv("train.csv", index=False)
    texts(40, 1).to_csv("dev.csv", index=False, sep=";")
    texts(60, 2)[["label", "text"]].to_csv("test.tsv", index=False, sep="\t", encoding="latin-1")
    return tmp_path


def interrupt(run):
    write_status(run.folder, replace(written_status(run.folder), state="interrupted"))


def train(**more):
    return ev.train("sentiment", "train.csv", **{**SENTIMENT, **more})


def test_the_files_are_the_parts_and_the_run_keeps_all(files):
    surveys = []
    run = train(test="test.tsv", validation=files / "dev.csv", on_survey=surveys.append)
    assert run.protocol.sizes == {"train": 160, "validation": 40, "test": 60}
    assert "The split of column “split”: 160 training, 40 validation and 60 test texts." in surveys[0].sentences
    assert run.metrics["test/accuracy"] > 0.9
    assert [(part["part"], part["path"]) for part in run.data["parts"]] == [
        ("validation", str(files / "dev.csv")), ("test", str(files / "test.tsv")),
    ]  # fmt: skip
    assert json.loads((run.folder / "run.json").read_text())["spec"]["data"]["parts"] == run.data["parts"]
    rows = run.baselines().set_index("name")
    assert rows.loc["Majority", "test/accuracy"] == run.metrics["baseline/accuracy"] == 0.5


def test_repeats_over_seeds_keep_the_split_and_folds_are_refused_at_once(files):
    run = train(test="test.tsv")
    assert run.protocol.sizes["test"] == 60
    frame = run.repeat(seeds=2)
    assert frame["baseline/accuracy"][:2].tolist() == [0.5, 0.5]
    assert frame["validation/log_loss"][0] != frame["validation/log_loss"][1]
    with pytest.raises(SettingsError, match="Folds would replace the split of column “split”"):
        run.repeat(folds=2)
    assert not (run.folder / "repeats" / "folds-2").exists()


def test_a_run_is_resumed_on_the_files_that_it_began_with(files):
    run = train(test="test.tsv", validation="dev.csv")
    interrupt(run)
    before = dict(run.metrics)
    assert run_inline(ev.open_run(run.folder)).metrics == before
    interrupt(run)
    texts(60, 3).to_csv("test.tsv", index=False, sep="\t")
    with pytest.raises(RunError, match=r"test\.tsv was changed since it was opened"):
        run_inline(ev.open_run(run.folder))


def test_a_changed_test_file_is_read_again(files):
    uploads = Store().uploads_folder
    tables, keys = [], []
    for n in (60, 30):
        texts(n, 5).to_csv("test.tsv", index=False, sep="\t")
        dataset = Dataset.at_path(uploads, files / "train.csv")
        dataset.add_parts({"test": files / "test.tsv"})
        assert dataset.preview().frame["split"].tolist() == ["train"] * 160 + ["test"] * n
        reference = Dataset.open(dataset.folder).reference()
        tables.append(read_reference(reference, dataset.folder))
        keys.append(fingerprint(reference))
    assert [len(table.frame) for table in tables] == [220, 190]
    assert len({*keys, fingerprint(Dataset.at_path(uploads, files / "train.csv").reference())}) == 3


def test_another_test_file_is_other_data(files):
    one, two, other = train(test="test.tsv"), train(test="test.tsv", seed=1), train(test="dev.csv", seed=1)
    assert [run.id for run in twins_of(one, [two, other])] == [two.id]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda frame: frame[["text"]], "t.csv lacks the column “label”, which train.csv has"),
        (lambda frame: frame.assign(id=1), "t.csv has the column “id”, which train.csv lacks"),
        (lambda frame: frame.assign(label=None), "None of the 30 test rows of “split” has both a text and a class"),
        (lambda frame: frame.assign(label=-1), "No test row of “split” has a class that a training row has"),
    ],
)
def test_test_files_that_cannot_test_are_refused_in_a_sentence(files, change, message):
    change(texts(30, 4)).to_csv("t.csv", index=False)
    with pytest.raises(EmbedvizError, match=message):
        train(test="t.csv")


def test_a_file_is_named_once_and_exists(files):
    with pytest.raises(EmbedvizError, match=r"train.csv is given for two parts"):
        train(test="train.csv")
    with pytest.raises(EmbedvizError, match=r"dev.csv is given for two parts"):
        train(test="dev.csv", validation="dev.csv")
    with pytest.raises(EmbedvizError, match="There is no file"):
        train(test="nowhere.csv")


def test_a_model_of_words_says_that_it_has_no_split(files):
    for given in ({"test": "test.tsv"}, {"validation": "dev.csv"}, {"columns": {"split": "label"}}):
        with pytest.raises(SettingsError, match="The model skipgram takes no split"):
            ev.train("skipgram", "train.csv", **given)
    assert ev.runs() == []


def test_users_of_movielens_train_on_base_and_test_on_test(tmp_path, monkeypatch):
    """Two files without column names, tabs between user, item, rating and time."""
    monkeypatch.chdir(tmp_path)
    rng = random.Random(0)
    rows = [
        (user, item, max(1, min(5, round(rng.gauss(4.5 if user % 2 == item % 2 else 2, 0.7)))), 880_000_000 + user * 99 + item)
        for user in range(1, 41) for item in rng.sample(range(1, 31), 15)
    ]  # fmt: skip
    rng.shuffle(rows)
    for name, part in (("u1.base", sorted(rows[:480])), ("u1.test", sorted(rows[480:]))):
        (tmp_path / name).write_text("".join("\t".join(map(str, row)) + "\n" for row in part))
    run = ev.train("ratings", "u1.base", test="u1.test", rounds=5, dim=4, deterministic=True)
    assert run.protocol.sizes == {"train": 432, "validation": 48, "test": 120}
    assert run.metrics["test/rmse"] < run.metrics["baseline/rmse"]
    with pytest.raises(EmbedvizError, match="and so does the setting split=latest"):
        ev.train("ratings", "u1.base", test="u1.test", split="latest", rounds=2)


def test_the_command_line_takes_the_files(files, monkeypatch, capsys):
    words = ["train", "sentiment", "train.csv", "--test", "test.tsv", "--validation", "dev.csv", *FLAGS, "--out", "run"]
    monkeypatch.setattr(sys, "argv", ["embedviz", *words])
    cli.main()
    printed = capsys.readouterr()
    assert "test/accuracy\t" in printed.out
    assert "The split of column “split”: 160 training, 40 validation and 60 test texts." in printed.err
    assert ev.open_run("run").protocol.sizes["validation"] == 40


def test_a_guess_is_taken_away_on_the_command_line(files, monkeypatch, capsys):
    texts(80, 0).assign(part=["train", "test", "train", "train", "test"] * 16).to_csv("all.csv", index=False)
    for words, column in (([], "part"), (["--columns", "split=", "label=label"], "")):
        out = f"run {column}"
        monkeypatch.setattr(sys, "argv", ["embedviz", "train", "sentiment", "all.csv", *words, *FLAGS, "--out", out])
        cli.main()
        assert ev.open_run(out).protocol.column == column
    capsys.readouterr()


def test_a_background_training_takes_the_files_too(files):
    from embedviz.jobs.shared_executor import shared_executor

    run = ev.start("sentiment", "train.csv", test="test.tsv", **SENTIMENT)
    assert run.wait(120) == "done"
    assert run.protocol.sizes["test"] == 60
    shared_executor().close()


def test_a_zip_is_read_with_its_split(files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in ("train.csv", "dev.csv", "test.tsv"):
            archive.write(name)
    (files / "all.zip").write_bytes(buffer.getvalue())
    member = {"train": "train.csv", "validation": "dev.csv", "test": "test.tsv"}
    run = ev.train("sentiment", "all.zip", read={"member": member}, **SENTIMENT)
    assert run.protocol.sizes == {"train": 160, "validation": 40, "test": 60}
    assert run.metrics == train(test="test.tsv", validation="dev.csv").metrics
    with pytest.raises(EmbedvizError, match="The parts of the split are named twice"):
        ev.train("sentiment", "all.zip", read={"member": member}, test="test.tsv", **SENTIMENT)


def test_a_run_older_than_the_role_keeps_its_drawn_split(files):
    frame = pd.concat([texts(100, 0).assign(part="train"), texts(40, 1).assign(part="test")])
    frame.to_csv("all.csv", index=False)
    run = ev.train("sentiment", "all.csv", **SENTIMENT)
    assert run.protocol.column == "part"
    path = run.folder / "run.json"
    record = json.loads(path.read_text())
    del record["spec"]["follows_split"]
    path.write_text(json.dumps(record))
    old = ev.open_run(run.folder)
    assert (run.columns, old.columns) == ({}, {"split": None})
    interrupt(run)
    assert run_inline(old).protocol.column == ""
    again = Store().create_training("sentiment", Store().dataset(old.data["id"]), {}, columns=old.columns)
    assert again.columns == {"split": None}
