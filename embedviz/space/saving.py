"""Writing a file of vectors, with the columns beside it where the format holds none."""

from __future__ import annotations

import gzip
from pathlib import Path

from embedviz.core.errors import SettingsError
from embedviz.core.files import replacing
from embedviz.core.formats import GZIP_ENDING, LabeledVectors, find_format, format_of, metadata_path


def save_space(space: LabeledVectors, path: Path, format: str | None = None) -> None:
    """Write a file of vectors; see `EmbeddingSpace.save`."""
    found = find_format(format_of(path) if format is None else format)
    if not path.parent.is_dir():
        raise SettingsError(f"There is no folder {path.parent} to write {path.name} into.")
    with replacing(path) as temporary, open(temporary, "wb") as file:
        if path.suffix.lower() == GZIP_ENDING:
            with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as stream:
                found.write(space, stream)
        else:
            found.write(space, file)
    beside = metadata_path(path)
    if found.write_metadata is not None and found.loses_columns(space):
        with replacing(beside) as temporary, open(temporary, "wb") as file:
            found.write_metadata(space, file)
    else:
        beside.unlink(missing_ok=True)  # of the file that was replaced
