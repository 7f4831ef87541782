"""The lines that use a run: they are executed as they are shown."""

import contextlib
import io

import pytest

import embedviz as ev
from embedviz.models import MODELS, model_spec
from embedviz.store.python_lines import python_lines
from embedviz.testing import example_table

pytestmark = pytest.mark.slow


def executed(lines):
    shown = io.StringIO()
    with contextlib.redirect_stdout(shown):
        exec(compile(lines, "lines", "exec"), {})
    return shown.getvalue()


@pytest.mark.parametrize("model", list(MODELS))
def test_the_lines_of_every_model_run(model, tmp_path):
    spec = model_spec(model)
    frame = example_table(spec)
    data = tmp_path / "data.csv"
    if list(frame.columns) == ["text"]:
        data = tmp_path / "data.txt"
        data.write_text("\n".join(frame["text"]))
    else:
        frame.to_csv(data, index=False)
    few = {"epochs": 1, "min_count": 1, "dim": 4, "rounds": 2, "vectors": "none"}
    settings = {name: value for name, value in few.items() if name in spec.Settings.model_fields}
    run = ev.train(model, data, out=tmp_path / "it's a run", **settings)
    lines = python_lines(run)
    assert ("run.predict" in lines or "run.recommend" in lines) == run.predicts
    answer = executed(lines)
    assert ("similarity" in answer) == bool(run.space_names)
    assert ("prediction" in answer) == run.predicts
