"""Check of the ONNX files: onnxruntime answers as the model does, for all rows at once and for each by itself."""

from __future__ import annotations

import importlib.util
import tempfile
from pathlib import Path

from embedviz.exports.onnx_file import write_onnx
from embedviz.testing.case import Case
from embedviz.testing.pages import run_isolated, small_case, train_preset
from embedviz.training.onnx_graph import OnnxExport
from embedviz.training.protocols import OnnxSpec, Predictor

BLOCKED = ("embedviz", "numba", "pandas", "scipy", "sklearn", "torch", "torchtext")  # that a reader does without
_RUN = f"""
import runpy, sys
for name in {BLOCKED!r}:
    sys.modules[name] = None  # from now on, importing it fails
import numpy
for script in sys.argv[1:]:
    print(script)
    reader = runpy.run_path(script, run_name="__main__")
    contents = reader["CONTENTS"]
    for name, expected in contents["outputs"].items():
        for i, row in enumerate(expected):
            found = reader["answers"]({{key: values[i : i + 1] for key, values in contents["inputs"].items()}})[name]
            numpy.testing.assert_allclose(found, [row], rtol=1e-5, atol=1e-5)
"""


def check_onnx_files(case: Case) -> None:
    """Check that each preset of a predictor has an ONNX file that answers as the model. It is skipped without onnx and onnxruntime."""
    if any(importlib.util.find_spec(name) is None for name in ("onnx", "onnxruntime")):
        return
    spec = case.spec
    case = small_case(case)
    exports: dict[str, OnnxExport] = {}
    for preset in spec.Settings.presets:
        trained, _ = train_preset(case, preset)
        if not isinstance(trained, Predictor):
            return
        assert isinstance(spec, OnnxSpec), (
            f"{spec.name} predicts and has no ONNX file: give its spec a method onnx_export."
        )
        exports[preset] = spec.onnx_export(trained)
    run_readers(exports)


def run_readers(exports: dict[str, OnnxExport]) -> str:
    """Run the readers in a process that can import neither embedviz nor torch, and return what they print.

    Raises
    ------
    AssertionError
        When one of them answers otherwise than the model, or compares nothing.
    """
    with tempfile.TemporaryDirectory() as folder:
        for name, export in exports.items():
            assert export.outputs, f"The ONNX file {name} has no examples."
            write_onnx(export, Path(folder) / f"{name}.onnx")
        scripts = [str(Path(folder) / f"{name}.py") for name in exports]
        return run_isolated(_RUN, scripts)
