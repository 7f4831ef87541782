"""Checks of what was trained and of its settings: saved and loaded, layers, predictions, examples, presets."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from embedviz.core.errors import SettingsError
from embedviz.core.generators import result_of
from embedviz.core.typed_json import read_typed, write_typed
from embedviz.space.kinds import EXAMPLE_KINDS
from embedviz.testing.case import CPU, Case, vectors_equal
from embedviz.training.architecture import Architecture
from embedviz.training.examples import PART, PARTS, PREDICTION, ROW
from embedviz.training.protocols import ExampleSpec, Layered, Predictor


def check_saves(case: Case) -> None:
    """Check that a model saved and loaded has the same vectors and gives the same predictions."""
    trained, _ = case.train()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.safetensors"
        trained.save(path)
        loaded = case.spec.Trained.load(path)
    assert vectors_equal(trained, loaded)
    if isinstance(trained, Predictor):
        rows = case.table.frame.head(7)
        assert isinstance(loaded, Predictor)
        pd.testing.assert_frame_equal(loaded.predict(rows), trained.predict(rows), atol=1e-5)


def check_architecture(case: Case) -> None:
    """Check that a model that describes its layers names arrays of its file with their shapes, each once."""
    from safetensors import safe_open

    prepared, settings = case.prepare(**case.long())
    learner = prepared.learner(settings, CPU, 1)
    next(iter(learner.run()))
    trained = learner.best()
    if not isinstance(trained, Layered):
        return
    architecture = trained.architecture()
    described = [item for network in architecture.networks for layer in network for item in layer.arrays]
    with tempfile.TemporaryDirectory() as folder:
        path, written = Path(folder) / "model.safetensors", Path(folder) / "architecture.json"
        trained.save(path)
        with safe_open(path, framework="numpy") as file:
            shapes = {name: tuple(file.get_slice(name).get_shape()) for name in file.keys()}  # noqa: SIM118 - not a dict
        write_typed(written, architecture)
        assert read_typed(written, Architecture) == architecture
    assert described
    assert len({name for name, _ in described}) == len(described)
    assert all(shapes.get(name) == shape for name, shape in described), described
    assert architecture.parameters > 0


def check_predicts(case: Case) -> None:
    """Check that a predictor explains its predictions, and that its baselines are measured on the same part, the trivial one first."""
    trained, prepared = case.train()
    if not isinstance(trained, Predictor):
        return
    explained = trained.predict(case.table.frame.head(7), explain=True)["reasons"]
    assert all({"feature", "contribution"} <= set(reason) for reasons in explained for reason in reasons)
    assert any(len(reasons) for reasons in explained)
    assert trained.form() is not None
    evaluation = case.spec.evaluate(trained, prepared)
    assert evaluation.frames
    score = f"test/{evaluation.primary_metric}"
    rows = [result_of(baseline.measure()) for baseline in case.spec.baselines(prepared)]
    assert len(rows) >= 2
    reached = [row[score] for row in rows if score in row]
    assert all(np.isfinite(value) for value in reached)
    assert np.isclose(reached[0], evaluation.metrics[f"baseline/{evaluation.primary_metric}"], rtol=1e-6)


def check_examples(case: Case) -> None:
    """Check that the spaces of its examples hold every part, are the same each time, and have what the model predicts."""
    if not isinstance(case.spec, ExampleSpec):
        return
    trained, prepared = case.train()
    spaces = result_of(case.spec.examples(trained, prepared, case.table))
    assert spaces
    assert not spaces.keys() & trained.spaces().keys()
    again = result_of(case.spec.examples(trained, prepared, case.table))
    for name, space in spaces.items():
        assert space.name == name
        assert space.kind in EXAMPLE_KINDS
        assert np.array_equal(space.vectors, again[name].vectors)
        assert space.labels == again[name].labels
        assert set(space.columns[PART]) == set(PARTS.values())
        assert case.spec.filters_by(name)
        rows = space.columns[ROW].to_numpy()
        settings = case.make_settings()
        chosen = [str(row) for row in np.unique(rows)[:3]]
        left = case.spec.filter_rows(case.table.frame, case.columns, settings, name, chosen, True)
        assert len(left) == len(chosen)
        if isinstance(trained, Predictor):
            found = trained.predict(case.table.frame.iloc[rows - 1])["prediction"]
            shown = space.columns[PREDICTION]
            is_number = pd.api.types.is_numeric_dtype(shown)
            assert np.allclose(found, shown, rtol=1e-4) if is_number else found.tolist() == shown.tolist()


def check_settings(case: Case) -> None:
    """Check that its presets are settings, the first of them the defaults, and that wrong settings are refused by their name."""
    Settings = case.spec.Settings
    first, *_ = Settings.presets
    assert Settings.of(preset=first) == Settings.of()
    for preset in Settings.presets:
        Settings.of(preset=preset)
    mistakes: list[tuple[dict[str, Any], str]] = [
        ({"seed": -1}, "seed"),
        ({"nonsense": 1}, "nonsense"),
        ({"preset": "nonsense"}, "nonsense"),
    ]
    for wrong, name in mistakes:
        try:
            Settings.of(**wrong)
        except SettingsError as error:
            assert name in str(error)
        else:
            raise AssertionError(f"{Settings.__name__} takes {wrong}.")
