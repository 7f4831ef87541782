"""Check of the pages of plain PyTorch: those of every preset answer as the model where embedviz cannot be imported."""

from __future__ import annotations

import ast
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from embedviz.core.generators import result_of
from embedviz.core.settings import TrainingSettings
from embedviz.exports.pytorch_folder import SCRIPT, write_page
from embedviz.space import EmbeddingSpace
from embedviz.testing.case import CPU, SMALL, Case, finished, make_case
from embedviz.training.devices import torch_threads
from embedviz.training.protocols import PyTorchSpec, Trained
from embedviz.training.pytorch_page import PyTorchPage

QUICK = {"epochs": 1, "rounds": 3, "ranking_rounds": 3}
N_ROWS = 240
NO_VECTORS = "none"
DIM = 12  # of the vectors that a model starts from where its defaults have some
BLOCKED = ("embedviz", "numba", "pandas", "scipy", "sklearn", "torchtext")  # that a page does without
_RUN = f"""
import runpy, sys
for name in {BLOCKED!r}:
    sys.modules[name] = None  # from now on, importing it fails
for script in sys.argv[1:]:
    print(script)
    runpy.run_path(script, run_name="__main__")
"""


def check_pytorch_pages(case: Case) -> None:
    """Check that each preset's model has a page of plain PyTorch, which gives the model's answers without embedviz."""
    spec = case.spec
    assert isinstance(spec, PyTorchSpec), f"{spec.name} has no page: give its spec a method pytorch_page."
    case = small_case(case)
    pages = {preset: spec.pytorch_page(*train_preset(case, preset)) for preset in spec.Settings.presets}
    run_pages(pages)


def small_case(case: Case) -> Case:
    """Return a case of few rows, as it is trained for each preset; texts alone of many words, since a preset may want some."""
    frame = case.table.frame
    if set(frame.columns) == {"text"}:
        return make_case(case.spec, _many_words(), **case.settings)
    return make_case(case.spec, frame.head(N_ROWS), case.columns, **case.settings)


def train_preset(case: Case, preset: str, **more: Any) -> tuple[Trained, TrainingSettings]:
    """Train a preset, made small where it leaves that open, and return what was trained and the settings."""
    fields, own = case.spec.Settings.model_fields, case.spec.Settings.presets[preset]
    small = {name: value for name, value in {**SMALL, **QUICK}.items() if name in fields and name not in own}
    pretrained = None
    if "vectors" in fields and fields["vectors"].default != NO_VECTORS:
        pretrained = _vectors_of(case.table.frame["text"])
        small.pop("vectors", None)
    settings = case.spec.Settings.of(preset=preset, **{**small, "deterministic": True, **case.settings, **more})
    prepared = result_of(case.spec.prepare(case.table, case.columns, settings, pretrained))
    with torch_threads(1):
        return finished(prepared.learner(settings, CPU, 1)).best(), settings


def run_pages(pages: dict[str, PyTorchPage]) -> str:
    """Run pages in a process that cannot import embedviz, and return what they print.

    Raises
    ------
    AssertionError
        When one of them answers otherwise than the model, needs another package, or compares nothing.
    """
    with tempfile.TemporaryDirectory() as folder:
        scripts: list[str] = []
        for name, page in pages.items():
            assert page.outputs, f"The page {name} has no examples."
            imported = _imported(page.script) - {*sys.stdlib_module_names}
            assert imported <= {"torch", "safetensors"}, f"The page {name} imports {imported}."
            (Path(folder) / name).mkdir()
            write_page(page, Path(folder) / name, name)
            scripts.append(str(Path(folder) / name / SCRIPT))
        return run_isolated(_RUN, scripts)


def run_isolated(code: str, scripts: list[str]) -> str:
    """Run code with scripts as its arguments in a fresh process where warnings are errors, and return what it prints.

    Raises
    ------
    AssertionError
        When it fails.
    """
    command = [sys.executable, "-I", "-W", "error", "-c", code, *scripts]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def _imported(script: str) -> set[str]:
    nodes = list(ast.walk(ast.parse(script)))
    plain = {alias.name.split(".")[0] for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return plain | {(node.module or "").split(".")[0] for node in nodes if isinstance(node, ast.ImportFrom)}


def _many_words() -> pd.DataFrame:
    """Return 400 texts of 20 topics with 10 words each."""
    rng = random.Random(0)
    return pd.DataFrame({"text": [" ".join(f"t{i % 20}w{rng.randrange(10)}" for _ in range(8)) for i in range(400)]})


def _vectors_of(texts: Iterable[str]) -> EmbeddingSpace:
    """Return vectors for the words of texts, and for some that they do not have."""
    words = [*sorted({word for text in texts for word in text.split()}), "further", "words"]
    vectors = np.random.default_rng(0).standard_normal((len(words), DIM)).astype(np.float32)
    return EmbeddingSpace(words, vectors)
