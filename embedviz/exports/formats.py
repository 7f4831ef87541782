"""Export formats of a training by name: its model for other programs, and the script that reproduces it.

Adding one is a function and a line in FORMATS.
"""

from __future__ import annotations

import importlib
import shutil
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from embedviz.core.errors import SettingsError
from embedviz.core.files import replacing
from embedviz.exports.files_together import check_parent
from embedviz.store.run_folder import RunFolder

FORMATS = {  # name -> function (run, folder) that writes the files of an export into an empty folder
    "again": "embedviz.exports.make_again:write_again_files",
    "again-without-data": "embedviz.exports.make_again:write_again_files_without_data",
    "onnx": "embedviz.exports.onnx_file:write_onnx_files",
    "pytorch": "embedviz.exports.pytorch_folder:write_pytorch_files",
}
HOLDS_DATA = ("again",)  # with the data of the run, which is its owner's
ZIP = ".zip"
Write = Callable[[RunFolder, Path], None]


def writer_of(name: str) -> Write:
    """Return the function that writes a format. SettingsError when there is none of that name."""
    if name not in FORMATS:
        raise SettingsError(f"There is no export {name!r}. There are: {', '.join(FORMATS)}.")
    module, function = FORMATS[name].split(":")
    return getattr(importlib.import_module(module), function)


def export_run(run: RunFolder, path: Path, name: str) -> Path:
    """Write a run in a format into a folder, which is made when missing, or into a zip, and return its path.

    Parameters
    ----------
    run : RunFolder
        A training.
    path : Path
        A zip by its ending; else a folder that is empty or not there yet.
    name : str
        A key of FORMATS.

    Raises
    ------
    SettingsError
        When there is no such format, the folder holds files, or the one around a zip is missing.
    RunError
        When the run has no model, or not one that the format can hold.
    """
    write = writer_of(name)
    if path.suffix.lower() == ZIP:
        write_archive(run, path, write)
        return path
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise SettingsError(f"{path} is there already and not an empty folder. Name another one.")
    is_new = not path.exists()
    path.mkdir(parents=True, exist_ok=True)
    try:
        write(run, path)
    except BaseException:
        if is_new:
            shutil.rmtree(path)
        raise
    return path


def write_archive(run: RunFolder, path: Path, write: Write, check: Callable[[], None] = lambda: None) -> None:
    """Write the files of an export into a zip.

    Parameters
    ----------
    run : RunFolder
        A training.
    path : Path
        The zip; one that is there is replaced.
    write : callable
        Writes the files into a folder, see `writer_of`.
    check : callable, optional
        Is called between the files, and may raise to end it.

    Raises
    ------
    SettingsError
        When the path is a folder, or the one around it is missing.
    RunError
        As `export_run`.
    """
    check_parent(path)
    if path.is_dir():
        raise SettingsError(f"{path} is a folder, and the export is one zip. Name a file.")
    with tempfile.TemporaryDirectory() as folder:
        write(run, Path(folder))
        check()
        with replacing(path) as temporary, zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in sorted(Path(folder).rglob("*")):
                archive.write(file, file.relative_to(folder).as_posix())
                check()
