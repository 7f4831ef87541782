"""The formats in which a trained model is exported, by name. Adding one is a function and a line in FORMATS."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path

from embedviz.core.errors import SettingsError
from embedviz.store.run_folder import RunFolder

FORMATS = {  # name -> function (run, folder) that writes the files of an export into an empty folder
    "onnx": "embedviz.exports.onnx_file:write_onnx_files",
    "pytorch": "embedviz.exports.pytorch_folder:write_pytorch_files",
}
Write = Callable[[RunFolder, Path], None]


def writer_of(name: str) -> Write:
    """Return the function that writes a format. SettingsError when there is none of that name."""
    if name not in FORMATS:
        raise SettingsError(f"There is no export {name!r}. There are: {', '.join(FORMATS)}.")
    module, function = FORMATS[name].split(":")
    return getattr(importlib.import_module(module), function)


def export_model(run: RunFolder, folder: Path, name: str) -> Path:
    """Write a run's model in a format into a folder, which is made when missing, and return the folder.

    Raises
    ------
    SettingsError
        When there is no such format, or the folder holds files.
    RunError
        When the run has no model, or not one that the format can hold.
    """
    write = writer_of(name)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise SettingsError(f"{folder} is there already and not an empty folder. Name another one.")
    is_new = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        write(run, folder)
    except BaseException:
        if is_new and not any(folder.iterdir()):
            folder.rmdir()
        raise
    return folder
