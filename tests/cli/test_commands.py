"""The command line as people type it."""

import sys

import numpy as np
import pandas as pd
import pytest

import embedviz
from embedviz import cli
from embedviz.cli.arguments import columns_of, repeated
from embedviz.core.errors import SettingsError
from embedviz.jobs.shared_executor import close_shared_executor
from embedviz.space import EmbeddingSpace
from embedviz.space.subwords import Subwords

pytestmark = pytest.mark.slow


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
    label = run.spaces["text"].labels[0]
    call(monkeypatch, "neighbors", out, label, "--space", "text", "-k", "3")
    head, *near = capsys.readouterr().out.splitlines()
    assert head.split("\t")[:4] == ["label", "similarity", "text", "target"]
    assert len(near) == 3


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
    assert head[:2] == ["model", "accuracy"]
    assert {"This run, test set", "Majority", "TF-IDF", "This run, 2 folds"} <= set(rows)
    assert "±" in rows["This run, 2 folds"]
    assert "The strongest baseline, TF-IDF, reaches accuracy" in printed
    assert "Split by row, every class in proportion, seed 0" in printed
    with pytest.raises(SystemExit):
        call(monkeypatch, "evaluate", out, "--seeds", "3", "--folds", "2")
    assert "seeds=5, or folds=5" in capsys.readouterr().err


def test_ratings_in_tabs_are_trained_and_asked_by_the_command_line(film_ratings, tmp_path, monkeypatch, capsys):
    file, out = tmp_path / "u.tsv", tmp_path / "run"
    film_ratings.to_csv(file, sep="\t", index=False)
    roles = ["user=user_id", "item=film", "rating=stars", "time=timestamp"]
    call(monkeypatch, "train", "ratings", file, "--columns", *roles, "--dim", "4", "--out", out)
    printed = capsys.readouterr()
    assert "ratings of 40 items by 60 users" in printed.err  # what was found is reported before it trains
    scores = dict(line.split("\t") for line in printed.out.splitlines())
    assert float(scores["test/rmse"]) < float(scores["baseline/rmse"])
    run = embedviz.open_run(out)
    assert set(run.spaces) == {"item", "user", "item (estimates)", "user (estimates)"}
    call(monkeypatch, "neighbors", out, "Film 0", "--space", "item", "-k", "5")
    near = [line.split("\t")[0] for line in capsys.readouterr().out.splitlines()[1:]]
    assert len(near) == 5
    assert all(int(film.split()[1]) % 2 == 0 for film in near)  # the even films are of one kind
    call(monkeypatch, "predict", out, file, "--out", tmp_path / "answers.csv")
    assert (pd.read_csv(tmp_path / "answers.csv")["prediction"].between(1, 10)).all()


def test_a_table_is_trained_and_asked_by_the_command_line(cars, tmp_path, monkeypatch, capsys):
    file, out = tmp_path / "cars.csv", tmp_path / "run"
    cars.to_csv(file, sep=";", index=False)
    call(monkeypatch, "train", "categories", file, "--columns", "target=body", "--epochs", "20", "--out", out)
    printed = capsys.readouterr()
    assert "Classes: " in printed.err
    assert "van " in printed.err
    scores = dict(line.split("\t") for line in printed.out.splitlines())
    assert float(scores["test/accuracy"]) > float(scores["baseline/accuracy"])
    assert "make" in embedviz.open_run(out).spaces
    call(monkeypatch, "predict", out, file)
    head, *rows = capsys.readouterr().out.splitlines()
    assert {"make", "body", "prediction"} <= set(head.split("\t"))
    assert len(rows) == len(cars)


def test_a_file_is_read_as_one_says(tmp_path, monkeypatch, capsys):
    file, out = tmp_path / "russian.csv", tmp_path / "run"
    rows = [("хороший тёплый фильм", "хорошо"), ("скучный плохой фильм", "плохо")] * 40
    text = "отзыв;оценка\n" + "".join(f"{text} {i};{label}\n" for i, (text, label) in enumerate(rows))
    file.write_bytes(text.encode("cp1251"))
    call(
        monkeypatch, "train", "sentiment", file, "--read", "encoding=cp1251", "delimiter=;", "--columns", "text=отзыв",
        "label=оценка", "--vectors", "none", "--preset", "fast", "--dim", "4", "--epochs", "1", "--out", out,
    )  # fmt: skip
    assert "Classes: " in capsys.readouterr().err
    assert set(embedviz.open_run(out).predictor().classes) == {"хорошо", "плохо"}
    file.write_bytes("мнение\nплохой скучный\n".encode("cp1251"))
    call(monkeypatch, "predict", out, file, "--read", "encoding=cp1251", "header=yes", "--column", "мнение")
    assert capsys.readouterr().out.splitlines()[1].startswith("плохой скучный\t")


def test_a_profile_has_a_row_for_each_column(tmp_path, monkeypatch, capsys):
    path = tmp_path / "cars.txt"
    path.write_text("make;doors\nFerro;2\nVulpa;4\nFerro;\n")
    call(monkeypatch, "profile", path, "--read", "delimiter=;")
    out, err = capsys.readouterr()
    assert "Columns are separated by semicolon." in err
    lines = [line.split("\t") for line in out.splitlines()]
    assert lines[0] == ["column", "kind", "missing", "distinct", "shows", "examples"]
    assert lines[1] == ["make", "category", "0.0000", "2", "each value", "Ferro · Vulpa"]
    assert lines[2] == ["doors", "number", "0.3333", "2", "2 to 4", "2 · 4"]


def test_a_call_that_failed_on_its_columns_can_be_corrected_with_the_same_folder(tweets_file, tmp_path, monkeypatch):
    out = tmp_path / "run"
    (out / "mine").mkdir(parents=True)
    words = ["train", "sentiment", tweets_file, "--vectors", "none", "--preset", "fast", "--dim", "4", "--epochs", "1"]
    wrong = ["--columns", "text=tweet", "label=nothing", "--out", out]
    with pytest.raises(SystemExit):
        call(monkeypatch, *words, *wrong)
    call(monkeypatch, *words, "--columns", "text=tweet", "label=mood", "--out", out)
    assert embedviz.open_run(out).status == "done"
    assert (out / "mine").is_dir()  # what lay there already is left alone
    with pytest.raises(SystemExit):  # a run that learned something is never overwritten
        call(monkeypatch, *words, "--columns", "text=tweet", "label=mood", "--out", out)


def test_words_behind_a_flag_with_a_sign_are_its_own_too():
    assert repeated(["--positive=king", "woman", "--negative", "man", "-k", "3"]) == [
        "--positive=king", "--positive", "woman", "--negative", "man", "-k", "3",
    ]  # fmt: skip


def test_several_columns_for_a_role_are_a_list():
    assert columns_of(["target=body", "ignore=id", "ignore=url"]) == {"target": "body", "ignore": ["id", "url"]}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["train", "sentiment", "nothing.csv", "--out", "x"], "no file"),
        (["train", "sentimental", "nothing.csv", "--out", "x"], "no model 'sentimental'"),
        (["train", "sentiment", "FILE", "--columns", "who=tweet", "--out", "x"], "no role 'who'"),
        (["train", "sentiment", "FILE", "--preset", "perfect", "--out", "x"], "no preset 'perfect'"),
        (["train", "sentiment", "FILE", "--read", "colour=red", "--out", "x"], "encoding=…"),
        (["train", "sentiment", "FILE", "--read", "header=perhaps", "--out", "x"], "yes, no or the number"),
        (["project", "FILE", "--out", "nowhere/map.csv"], "no folder nowhere"),
        (["predict", "run", "FILE", "--out", "nowhere/answers.csv"], "no folder nowhere"),
    ],
)
def test_a_mistake_is_one_sentence_and_exit_code_1(words, message, tweets_file, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as left:
        call(monkeypatch, *(tweets_file if word == "FILE" else word for word in words))
    assert left.value.code == 1
    error = capsys.readouterr().err
    assert message in error
    assert "Traceback" not in error


def test_how_a_file_is_mended_is_said_by_flags():
    from embedviz.cli.arguments import reading_of

    given = ["missing=n.d.", "missing:stars=0", "missing:stars=99", "only:liked=yes", "merge_classes=label"]
    assert reading_of([*given, "strip_markup=yes", "melt=", "header=3"]) == {
        "missing": {"": ["n.d."], "stars": ["0", "99"]},
        "only": {"liked": ["yes"]},
        "merge_classes": ["label"],
        "strip_markup": True,
        "melt": "",
        "header": 3,
    }
    for wrong in ("only=yes", "encoding:x=utf-8", "missing", "encoding=", "strip_markup=perhaps"):
        with pytest.raises(SettingsError):
            reading_of([wrong])


def test_neighbours_of_an_unknown_word_of_a_fasttext_model_are_marked(tmp_path, monkeypatch, capsys):
    subwords = Subwords(np.random.default_rng(0).normal(size=(50, 2)).astype(np.float32), 3, 6)
    vectors = np.array([[1, 0], [1, 1]], np.float32)
    EmbeddingSpace(["king", "queen"], vectors, subwords=subwords).save(tmp_path / "m.bin", format="fasttext")
    call(monkeypatch, "neighbors", tmp_path / "m.bin", "kingz", "-k", "1")
    printed = capsys.readouterr()
    assert printed.out.startswith("label\tsimilarity\n")
    assert (
        printed.err
        == "'kingz' is not among the 2 words; its vector is an estimate, composed from its character n-grams.\n"
    )


def test_what_was_left_out_of_a_vector_file_is_printed(tmp_path, monkeypatch, capsys):
    (tmp_path / "v.txt").write_text("king 1 2\nqueen 3 4\nman 5\ncar 0 1\n")
    call(monkeypatch, "neighbors", tmp_path / "v.txt", "king", "-k", "1")
    assert capsys.readouterr().err == "3 of 4 lines were read; line 3: expected a word and 2 numbers, got 1 number.\n"


def test_several_files_of_text_are_trained_on_and_the_peak_memory_is_printed(tmp_path, monkeypatch, capsys):
    (tmp_path / "a.txt").write_text("the cat sat on the mat\n" * 50)
    (tmp_path / "b.txt").write_text("the dog sat on the rug\n" * 50)
    call(
        monkeypatch, "train", "skipgram", tmp_path / "a.txt", tmp_path / "b.txt", "--out", tmp_path / "run",
        "--dim", "4", "--epochs", "1", "--min-count", "1", "--device", "cpu",
    )  # fmt: skip
    assert "Peak memory: " in capsys.readouterr().err
    assert {"cat", "dog"} < set(embedviz.open_run(tmp_path / "run").space.labels)


def test_word_vectors_are_scored_with_their_coverage(tmp_path, monkeypatch, capsys):
    vectors, pairs, answers = tmp_path / "v.txt", tmp_path / "pairs.tsv", tmp_path / "answers.csv"
    vectors.write_text("tiger 9 1\ncat 8 2\ncar 1 7\nbus 2 9\n", encoding="utf-8")
    pairs.write_text("tiger\tcat\t9\ncar\tbus\t8\ntiger\tbus\t3\ncat\tcar\t1\ncat\tunicorn\t2\n", encoding="utf-8")
    call(monkeypatch, "evaluate-vectors", vectors, pairs, "--out", answers)
    printed = capsys.readouterr().out
    assert "Spearman\t0.6000\t" in printed
    assert "4 of 5 pairs answered (80%), 1 left out of the score. 1 word is not in the vocabulary: unicorn." in printed
    assert pd.read_csv(answers)["status"].tolist() == ["known"] * 4 + ["unknown word"]
    questions = tmp_path / "questions.txt"
    questions.write_text(": all\ntiger cat car bus\n", encoding="utf-8")
    call(monkeypatch, "evaluate-vectors", vectors, questions, "--most-frequent", "3")
    printed = capsys.readouterr().out
    assert "Only the 3 most frequent words are known" in printed
    assert "Too few words of this set are in the vocabulary" in printed
    call(monkeypatch, "evaluate-vectors", vectors, questions)
    assert "all\tsemantic\t1\t1\t1.0000" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        call(monkeypatch, "evaluate-vectors", vectors, "small-pairs")
    assert "do not look like the vocabulary of an English text" in capsys.readouterr().err


def test_algorithms_are_compared_within_a_budget_and_their_table_is_written(tmp_path, monkeypatch, capsys, two_topics):
    text, out = tmp_path / "t.txt", tmp_path / "answer"
    text.write_text(two_topics)
    asked = ("experiment", "algorithms", text, "--model", "skipgram", "--out", out, "--algorithms")
    call(monkeypatch, *asked, "skipgram,ppmi_svd", "--dim", "8", "--min-count", "1", "--seconds", "0.3", "--seeds", "1")
    printed = capsys.readouterr().out
    assert "has no epochs and took the time that was needed" in printed
    assert sorted(pd.read_csv(out / "table.csv")["model"]) == ["ppmi_svd", "skipgram"]
    with pytest.raises(SystemExit):
        call(monkeypatch, *asked, "skipgram,ratings")
    assert "'ratings' is no model of words." in capsys.readouterr().err


def test_an_experiment_prints_its_verdict_and_writes_report_and_tables(two_topics, tmp_path, monkeypatch, capsys):
    text, out = tmp_path / "t.txt", tmp_path / "answer"
    text.write_text(two_topics)
    words = ("experiment", "dimensions", text, "--model", "skipgram", "--budget", "90s", "--out", out)
    try:
        call(monkeypatch, *words, "--largest", "4", "--seeds", "2", "--min-count", "1", "--epochs", "2")
        printed = capsys.readouterr().out
        assert printed.startswith("dim\truns")
        verdict = printed.splitlines()[-1]
        assert verdict.endswith(".")
        assert pd.read_csv(out / "table.csv")["dim"].tolist() == [2, 4]
        assert pd.read_csv(out / "runs.csv")["run"].tolist()[0] == "dim 2, seed 0"
        assert "--min-count 1" in (out / "report.html").read_text("utf-8")
        with pytest.raises(SystemExit):
            call(monkeypatch, *words, "--colour", "blue")
        assert "No such option: --colour" in capsys.readouterr().err
    finally:
        close_shared_executor()


def test_the_options_of_the_app_are_none_of_a_commands(monkeypatch, capsys):
    with pytest.raises(SystemExit, match="1"):
        call(monkeypatch, "--port", "8600", "convert", "a", "b")
    assert "--port, --host and --no-browser open the app" in capsys.readouterr().err


def test_the_version_is_printed(monkeypatch, capsys):
    call(monkeypatch, "--version")
    assert capsys.readouterr().out.strip() == embedviz.__version__
