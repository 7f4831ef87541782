"""Files that leave together, as a folder or a zip, each written by a function to a stream."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from embedviz.core.errors import SettingsError
from embedviz.core.files import replacing
from embedviz.core.formats import ByteSink
from embedviz.core.zip_writing import open_member, open_zip

FileWriter = Callable[[ByteSink], object]
Files = Mapping[str, FileWriter]  # name -> what writes it


def from_blocks(blocks: Iterable[bytes]) -> FileWriter:
    """Return what writes blocks of bytes, made as they are written."""

    def write(stream: ByteSink) -> None:
        for block in blocks:
            stream.write(block)

    return write


def check_parent(path: Path) -> None:
    """Raise SettingsError when the folder that a file or folder is written into is missing."""
    if not path.parent.is_dir():
        raise SettingsError(f"There is no folder {path.parent} to write {path.name} into. Make it first.")


def write_folder(files: Files, folder: Path, optional: Iterable[str] = ()) -> None:
    """Write files into a folder, which is made where it is missing.

    Parameters
    ----------
    files : mapping
        Name to what writes it.
    folder : Path
        Missing, empty, or written by an earlier export of the same kind, whose files are replaced.
    optional : iterable of str
        Files of this kind that may be missing now: an earlier one is removed.

    Raises
    ------
    SettingsError
        When there is a file of that name, the folder holds something else, or its parent is missing.
    """
    earlier = {path.name for path in folder.iterdir()} if folder.is_dir() else set[str]()
    own = {*files, *optional}
    if folder.exists() and (not folder.is_dir() or earlier - own):
        held = f"holds {min(earlier - own)}" if folder.is_dir() else "is a file"
        raise SettingsError(f"{folder} {held}, so nothing is written into it. Name a new folder.")
    check_parent(folder)
    folder.mkdir(exist_ok=True)
    for name, write in files.items():
        with replacing(folder / name) as temporary, open(temporary, "wb") as stream:
            write(stream)
    for name in earlier - set(files):
        (folder / name).unlink()


def write_zip(files: Files, stream: ByteSink) -> None:
    """Write files into one zip, such as a download's."""
    with open_zip(stream) as archive:
        for name, write in files.items():
            with open_member(archive, name) as member:
                write(member)
