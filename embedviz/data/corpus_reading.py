"""Corpora: plain text in a folder, in several files or in a large one, read from disk when it is tokenised."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from embedviz.core.errors import DataError
from embedviz.core.plurals import counted
from embedviz.data import jsonl
from embedviz.data.containers import opened
from embedviz.data.encoding import decode, looks_binary
from embedviz.data.reading import STREAMED_BYTES, Table, read_table
from embedviz.data.text_formats import TABLE_ENDINGS, is_plain_text
from embedviz.data.text_source import HEAD, TextSource
from embedviz.data.text_units import Unit

BEGINNING_BYTES = 2_000_000  # that stand for the whole where rows are shown
OTHER_ENDINGS = (*TABLE_ENDINGS, *jsonl.ENDINGS, ".json", ".parquet", ".zip")


def files_in(folder: Path) -> list[Path]:
    """Return the files below a folder by their paths in alphabetical order; hidden ones are left out.

    Raises
    ------
    DataError
        If there is none.
    """
    found: list[Path] = []
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [Path(parent, name) for name in names if not name.startswith(".")]
    if not found:
        raise DataError(f"The folder {folder} holds no files. Bring plain text, a text a line.")
    return sorted(found)


def read_corpus(paths: Sequence[Path], encoding: str | None = None, unit: Unit | None = None) -> Table:
    """Return a table whose `source` is the text of all files, and whose frame is the beginning of the first.

    Parameters
    ----------
    paths : sequence of Path
        Plain text, gzipped or not.
    encoding : str, optional
        Of all files; by default each file's own is guessed.
    unit : {"line", "paragraph", "sentence", "file"}, optional
        Where a text ends; by default guessed for each file. Sentences are not looked for: they run on, and are cut into
        blocks of words later.

    Raises
    ------
    DataError
        If a file is no plain text.
    """
    for path in paths:
        if path.name.lower().removesuffix(".gz").endswith(OTHER_ENDINGS):
            raise DataError(f"{path} is no plain text. A corpus of several files is read as text alone; leave it out.")
    source = TextSource.of(paths, encoding, unit)
    first = source.files[0]
    beginning = read_table(first.path, encoding=first.encoding, unit=first.unit, limit_bytes=BEGINNING_BYTES)
    files = counted(len(paths), "file", "files")
    report = replace(
        beginning.report,
        size_bytes=source.size,
        truncated=True,
        changes=[f"The text is read from disk as it is needed: {files}, {source.size / 1e6:,.1f} MB."],
    )
    return replace(beginning, report=report, source=source)


def is_large_text(path: Path, encoding: str | None = None) -> bool:
    """Return True for a file of plain text of STREAMED_BYTES or more, unpacked."""
    with opened(path, any_format=True) as file:
        if "zip" in file.compression.split(", ") or (file.seekable and file.size < STREAMED_BYTES):
            return False
        head = file.head(HEAD)
        if looks_binary(head):
            return False
        done = 0
        while done < STREAMED_BYTES:
            if not (part := file.part(1 << 20)):
                return False
            done += len(part)
    return is_plain_text(decode(head, path.name, encoding, cut=True).text, path.name)
