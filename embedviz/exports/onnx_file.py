"""A run's predictor as an ONNX file, with a JSON file and a script beside it that turn rows into its tensors."""

from __future__ import annotations

from pathlib import Path

from embedviz.core.errors import RunError, SettingsError
from embedviz.core.files import replacing, write_json
from embedviz.exports.files_together import check_parent
from embedviz.exports.trained_model import trained_of
from embedviz.store.run_folder import RunFolder
from embedviz.training.onnx_graph import OnnxExport
from embedviz.training.protocols import OnnxSpec

MODEL = "model.onnx"
JSON, SCRIPT = ".json", ".py"  # endings of the files beside it


def export_onnx(run: RunFolder, path: Path) -> Path:
    """Write the predictor of a run as PATH.onnx, PATH.json and PATH.py, and return the first.

    Raises
    ------
    RunError
        For a model that does not predict, for opened vectors, and before the end of the training.
    SettingsError
        When the path does not end in .onnx, its folder or the package onnx is missing, or a file would be replaced that no
        earlier export wrote.
    """
    if path.suffix != ".onnx":
        raise SettingsError(f"{path.name}: an ONNX file ends in .onnx.")
    check_parent(path)
    mine = [name for name in (path.with_suffix(JSON), path.with_suffix(SCRIPT)) if name.exists() and not path.exists()]
    if mine:
        raise SettingsError(f"{mine[0]} is there already, and would be replaced. Name the ONNX file otherwise.")
    write_onnx(onnx_export(run), path)
    return path


def write_onnx_files(run: RunFolder, folder: Path) -> None:
    """Write the predictor of a run into a folder, as model.onnx and what is beside it; RunError as `export_onnx`."""
    write_onnx(onnx_export(run), folder / MODEL)


def onnx_export(run: RunFolder) -> OnnxExport:
    """Return the graph of a run's predictor and what is beside it; errors as `export_onnx`."""
    spec, trained, _ = trained_of(run)
    if not isinstance(spec, OnnxSpec):
        raise RunError(
            f"The model {run.model!r} does not predict, so it has no ONNX file. Export its vectors, or plain PyTorch."
        )
    return spec.onnx_export(trained)


def write_onnx(export: OnnxExport, path: Path) -> None:
    """Write the graph and what is beside it."""
    with replacing(path) as temporary:
        temporary.write_bytes(export.graph)
    write_json(path.with_suffix(JSON), {"values": export.values, "inputs": export.inputs, "outputs": export.outputs})
    with replacing(path.with_suffix(SCRIPT)) as temporary:
        temporary.write_text(export.reader, encoding="utf-8")
