"""What results show in a notebook."""

import subprocess
import sys
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

import embedviz as ev
from embedviz.core.jobs.events import EventLog
from embedviz.core.progress import Progress
from embedviz.evaluation.score_table import score_table
from embedviz.evaluation.scores import BaselineScore
from embedviz.project_space import Projection
from embedviz.projection.settings import ProjectionSettings
from embedviz.store.dataset import Dataset
from embedviz.store.store import Store

WIDGET, SVG, PLOTLY = "application/vnd.jupyter.widget-view+json", "image/svg+xml", "application/vnd.plotly.v1+json"
EVIL = "<script>alert(1)</script>"


def space(n=5):
    columns = pd.DataFrame({"count": np.arange(n, 0, -1) * 1000.5, "note": [f"{EVIL}{i}" for i in range(n)]})
    return ev.EmbeddingSpace(
        [EVIL, *(f"word{i}" for i in range(1, n))], np.eye(n, dtype=np.float32), columns, "<words>"
    )


def projection(n_components=2, n=5):
    coords = np.random.default_rng(0).normal(size=(n, n_components)).astype(np.float32)
    return Projection(coords, np.arange(n), {}, ProjectionSettings(n_components=n_components), space(n))


def test_a_space_shows_its_first_labels_with_their_columns():
    shown = space(20)._repr_mimebundle_()
    assert "<script" not in shown["text/html"]
    assert "&lt;words&gt;: 20 labels, 20 dimensions" in shown["text/html"]
    lines = shown["text/plain"].splitlines()
    assert lines[1].split() == ["label", "count", "note", "vector"]
    assert lines[2].startswith(EVIL)
    assert lines[-1] == "12 more labels."


def test_a_run_shows_its_settings_and_result(tmp_path, two_topics):
    text = tmp_path / "<i>text.txt"
    text.write_text(two_topics)
    run = ev.train("skipgram", text, dim=4, epochs=1, min_count=1, out=tmp_path / "run", name=EVIL)
    shown = run._repr_mimebundle_()
    assert "<script" not in shown["text/html"]
    assert "<i>" not in shown["text/html"]
    plain = shown["text/plain"]
    assert plain.startswith(f"{EVIL}: done")
    assert "dim 4" in plain
    assert "epochs 1" in plain
    assert "On the test set: loss" in plain
    assert run.scores.rows[0].metrics["loss"] == run.metrics["test/loss"]
    assert "Trivial baseline" in run.scores._repr_html_()


def test_a_run_under_way_shows_how_far_it_is(tmp_path, two_topics, hold):
    (tmp_path / "text.txt").write_text(two_topics)
    store = Store()
    data = Dataset.at_path(store.uploads_folder, tmp_path / "text.txt")
    run = ev.Run(store.create_training("skipgram", data, {"dim": 4}, name="new").folder)
    hold(run.folder, "running")
    log = EventLog(run.folder)
    log.append(Progress(step=25, total_steps=100, message="Epoch 2 of 5", metrics={"validation/loss": 2.5}))
    log.close()
    plain = run._repr_mimebundle_()["text/plain"]
    assert plain.startswith("new: running")
    assert "running, 25%, Epoch 2 of 5, validation loss 2.500" in plain


def test_scores_show_the_best():
    metrics = {"test/accuracy": 0.9, "validation/accuracy": 0.8, "baseline/accuracy": 0.5}
    table = score_table(metrics, "accuracy", baselines=[BaselineScore(EVIL, {"test/accuracy": 0.7}, 1.0, 1e6, "")])
    shown = table._repr_mimebundle_()
    assert "0.900 (best)" in shown["text/plain"]
    assert shown["text/plain"].startswith("Scores on the test set")
    assert "<script" not in shown["text/html"]


def test_scores_of_word_vectors_show_their_coverage(tmp_path):
    (tmp_path / "pairs.tsv").write_text("king\tqueen\t9.0\nking\tman\t5.5\nqueen\tman\t3.0\n<i>sofa\tking\t1.0\n")
    known = ev.EmbeddingSpace(["king", "queen", "man"], np.array([[1, 0], [1, 0.1], [0, 1]], np.float32))
    shown = ev.evaluate_vectors(known, tmp_path / "pairs.tsv")._repr_mimebundle_()
    assert "3 of 4 pairs answered (75%)" in shown["text/plain"]
    assert "Spearman" in shown["text/plain"]
    assert "<i>" not in shown["text/html"]


def test_an_experiment_shows_table_and_verdict_then_the_figure(tmp_path, two_topics, monkeypatch):
    pytest.importorskip("IPython")
    (tmp_path / "text.txt").write_text(two_topics)
    found = ev.experiment(
        "dimensions", tmp_path / "text.txt", model="skipgram", largest=4, seeds=1, min_count=1, epochs=1
    )
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda value, **_: shown.append(value))
    found._ipython_display_()
    table, figure = shown
    assert "<strong>How many dimensions?" in table["text/html"]
    assert found.verdict.sentences[0] in table["text/plain"]
    assert figure.data


def test_a_projection_shows_the_widget_and_a_picture_for_where_there_is_none():
    pytest.importorskip("anywidget")
    flat = projection()
    shown = flat._repr_mimebundle_()
    assert {WIDGET, SVG, "text/plain"} <= set(shown)
    assert shown["text/plain"].startswith("5 points by UMAP")
    assert flat._repr_mimebundle_()[WIDGET] == shown[WIDGET]  # one widget, shown again
    picture = ElementTree.fromstring(shown[SVG])
    assert len(picture.findall(".//{*}circle")) == 5
    assert EVIL[:23] + "…" in [text.text for text in picture.findall(".//{*}text")]


def test_a_projection_without_anywidget_is_a_picture(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert set(projection()._repr_mimebundle_()) == {SVG, "text/plain"}


def test_a_projection_in_three_dimensions_is_a_figure():
    shown = projection(3)._repr_mimebundle_()
    assert shown[PLOTLY]["data"][0]["type"] == "scatter3d"
    with pytest.raises(ev.EmbedvizError, match="n_components=2"):
        projection(3).widget()


def test_what_is_missing_is_said_with_the_extra():
    code = "import sys; sys.modules['anywidget'] = None\nimport embedviz.widget"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert 'pip install "embedviz[notebook]"' in done.stderr


def test_showing_loads_nothing_heavy():
    pytest.importorskip("anywidget")
    code = (
        "import sys, numpy as np, embedviz as ev\n"
        "from embedviz.project_space import Projection\n"
        "from embedviz.projection.settings import ProjectionSettings\n"
        "space = ev.EmbeddingSpace(list('abc'), np.eye(3, dtype=np.float32))\n"
        "shown = Projection(np.eye(3, 2, dtype=np.float32), np.arange(3), {}, ProjectionSettings(), space)\n"
        "space._repr_mimebundle_(), shown._repr_mimebundle_()\n"
        "print([name for name in ('torch', 'numba', 'umap', 'sklearn') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
