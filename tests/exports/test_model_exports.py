"""A run's model as plain PyTorch and as ONNX, by Python, the command line and the job."""

import json
import subprocess
import sys
import zipfile

import numpy as np
import pytest
from typer.testing import CliRunner

import embedviz as ev
from embedviz.cli import app
from embedviz.core.errors import RunError, SettingsError
from embedviz.exports.export_job import export_of
from embedviz.exports.formats import export_run
from embedviz.jobs.inline import run_inline
from embedviz.run import Run

pytestmark = pytest.mark.slow

NEW_TEXTS = ["Great, I love the sunny train 😀!", "the worst refund: awful", "zzz", "update at the bus"]
PREDICT = """
import json, runpy, sys
sys.modules["embedviz"] = None
page = runpy.run_path(sys.argv[1], run_name="page")
texts = json.loads(sys.argv[2])
found = page["predict"](texts) if "SESSION" in page else [page["predict"](text) for text in texts]
print(json.dumps([[float(p) for p in row] for row in found]))
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory, tweets):
    folder = tmp_path_factory.mktemp("run")
    tweets.to_csv(folder / "tweets.csv", index=False)
    return ev.train(
        "sentiment", folder / "tweets.csv", columns={"text": "tweet", "label": "mood"}, vectors="none", dim=8, hidden_dim=6,
        epochs=1, deterministic=True, out=folder / "run",
    )  # fmt: skip


@pytest.fixture(scope="module")
def words(tmp_path_factory):
    folder = tmp_path_factory.mktemp("words")
    (folder / "text.txt").write_text("the cat sat on the mat and the dog sat on the rug " * 50)
    return ev.train("skipgram", folder / "text.txt", dim=4, epochs=1, min_count=1, out=folder / "run")


def answers(script, texts):
    command = [sys.executable, "-I", "-c", PREDICT, str(script), json.dumps(texts)]
    return np.array(json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout))


def expected(run, texts):
    columns = [f"p({name})" for name in run.predictor().classes]
    return run.predict(texts)[columns].to_numpy()


def test_the_page_predicts_new_texts_as_the_run_does(run, tmp_path):
    folder = run.export_pytorch(tmp_path / "page")
    assert sorted(path.name for path in folder.iterdir()) == [
        "README.md", "examples.json", "model.py", "values.json", "weights.safetensors",
    ]  # fmt: skip
    assert (folder / "model.py").read_text(encoding="utf-8") == run.show_pytorch()
    np.testing.assert_allclose(answers(folder / "model.py", NEW_TEXTS), expected(run, NEW_TEXTS), atol=1e-5)


def test_the_page_says_so_when_it_answers_otherwise(run, tmp_path):
    folder = run.export_pytorch(tmp_path / "page")
    examples = json.loads((folder / "examples.json").read_text(encoding="utf-8"))
    examples["outputs"]["probabilities"][0][0] += 1e-4
    (folder / "examples.json").write_text(json.dumps(examples), encoding="utf-8")
    done = subprocess.run([sys.executable, folder / "model.py"], capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "probabilities is not what the run answered" in done.stderr


def test_the_onnx_file_predicts_new_texts_as_the_run_does(run, tmp_path):
    path = run.export_onnx(tmp_path / "moods.onnx")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["moods.json", "moods.onnx", "moods.py"]
    np.testing.assert_allclose(answers(path.with_suffix(".py"), NEW_TEXTS), expected(run, NEW_TEXTS), atol=1e-5)
    one = answers(path.with_suffix(".py"), NEW_TEXTS[:1])
    np.testing.assert_allclose(one, expected(run, NEW_TEXTS[:1]), atol=1e-5)


def test_what_a_column_is_called_runs_no_code(tmp_path, cars):
    name = 'body""" + exit("injected") + """\\'
    cars.rename(columns={"body": name}).to_json(tmp_path / "cars.json", orient="records")
    run = ev.train(
        "categories", tmp_path / "cars.json", columns={"target": name}, epochs=1, hidden_dim=8, out=tmp_path / "run"
    )
    folder = run.export_pytorch(tmp_path / "page")
    subprocess.run([sys.executable, folder / "model.py"], check=True, capture_output=True)
    assert 'exit("injected")' not in run.show_pytorch()
    reader = run.export_onnx(tmp_path / "model.onnx").with_suffix(".py")
    subprocess.run([sys.executable, reader], check=True, capture_output=True)


def test_the_command_writes_both(run, tmp_path):
    for name, expected_file in (("pytorch", "model.py"), ("onnx", "model.onnx")):
        done = CliRunner().invoke(app, ["export", str(run.folder), str(tmp_path / name), "--as", name])
        assert done.exit_code == 0, done.output
        assert (tmp_path / name / expected_file).is_file()
        assert str(tmp_path / name) in done.output


def test_a_format_that_is_not_there_is_named_with_those_that_are(run, tmp_path):
    with pytest.raises(SettingsError, match=r"no export 'keras'. There are: .*onnx, pytorch"):
        export_run(run, tmp_path / "new", "keras")
    with pytest.raises(SettingsError, match="keras"):
        export_of(run, "keras")


def test_a_name_of_several_lines_is_one_heading(words, tmp_path):
    label = words.name
    try:
        words.rename("one\n# two <b>")
        text = (words.export_pytorch(tmp_path / "page") / "README.md").read_text(encoding="utf-8")
    finally:
        words.rename(label)
    assert text.startswith("# one # two &lt;b>\n")


def test_a_folder_with_files_is_left_alone(run, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(SettingsError, match="not an empty folder"):
        run.export_pytorch(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    with pytest.raises(SettingsError, match="is a folder, and the export is one zip"):
        run.make_again(tmp_path)
    with pytest.raises(SettingsError, match=r"There is no folder .*nowhere to write again\.zip into"):
        run.make_again(tmp_path / "nowhere" / "again.zip")
    with pytest.raises(SettingsError, match=r"ends in \.onnx"):
        run.export_onnx(tmp_path / "model.bin")
    with pytest.raises(SettingsError, match="There is no folder"):
        run.export_onnx(tmp_path / "nowhere" / "model.onnx")


@pytest.mark.parametrize("ending", [".py", ".json"])
def test_an_onnx_file_replaces_no_script_or_data_of_the_same_name(run, tmp_path, ending):
    mine = tmp_path / f"train{ending}"
    mine.write_text("mine")
    with pytest.raises(SettingsError, match=rf"train\{ending} is there already"):
        run.export_onnx(tmp_path / "train.onnx")
    assert [path.name for path in tmp_path.iterdir()] == [mine.name]
    mine.unlink()
    assert run.export_onnx(tmp_path / "train.onnx") == run.export_onnx(tmp_path / "train.onnx")  # replaces an export


def test_words_have_a_page_and_no_onnx_file(words, tmp_path):
    assert "class SkipGram(nn.Module)" in words.show_pytorch()
    with pytest.raises(RunError, match="does not predict"):
        export_run(words, tmp_path / "new", "onnx")
    assert not (tmp_path / "new").exists()


def test_opened_vectors_and_a_run_without_a_model_are_refused(words, tmp_path):
    with pytest.raises(RunError, match="was not trained here"):
        opened_vectors(words, tmp_path).show_pytorch()
    (words.folder / "model.safetensors").rename(tmp_path / "model.safetensors")
    try:
        with pytest.raises(RunError, match="has no model to export yet: it is done"):
            words.show_pytorch()
    finally:
        (tmp_path / "model.safetensors").rename(words.folder / "model.safetensors")


def opened_vectors(words, tmp_path):
    from embedviz.store.data_reference import DataReference
    from embedviz.store.run_specs import VectorsSpec

    words.space.save(tmp_path / "words.vec")
    reference: DataReference = {"title": "words.vec", "path": str(tmp_path / "words.vec")}
    spec = VectorsSpec("vectors", reference)
    return Run.create_run(tmp_path / "vectors", spec, "v", name="words", owner="", version="")


def test_without_onnx_the_extra_is_named(run, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(SettingsError, match=r'pip install "embedviz\[onnx\]"'):
        run.export_onnx(tmp_path / "model.onnx")


@pytest.mark.parametrize("format", ["onnx", "pytorch"])
def test_the_job_zips_an_export_once(run, format):
    export = run_inline(export_of(run, format))
    with zipfile.ZipFile(export.file) as archive:
        names = set(archive.namelist())
        assert archive.testzip() is None
    assert {"onnx": "model.onnx", "pytorch": "model.py"}[format] in names
    written = export.file.stat().st_mtime_ns
    assert run_inline(export_of(run, format)).file.stat().st_mtime_ns == written


def test_an_export_that_is_not_ready_says_so(run, monkeypatch):
    export = export_of(run, "pytorch")
    monkeypatch.setattr("embedviz.exports.export_job.FILE", "other")
    with pytest.raises(RunError, match="not ready"):
        _ = export.file
