"""Reading what a reference names: a file, a sample, an upload, the parts of a split, or a corpus."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, cast

from embedviz.core.errors import DataError
from embedviz.core.plurals import listed
from embedviz.data.corpus_reading import is_large_text, read_corpus
from embedviz.data.part_names import PartName
from embedviz.data.reading import Table, read_parts, read_table
from embedviz.data.samples import SAMPLES
from embedviz.data.text_units import Unit
from embedviz.store.data_reference import DataReference, fingerprint
from embedviz.store.files_in_place import check_unchanged, located
from embedviz.store.table_folders import tables_folder
from embedviz.store.tables import keep_table, load_table, table_key

PREVIEW_BYTES = 2_000_000
MAX_PREVIEW_TABLE_BYTES = 20_000_000  # of a kept table that a page shows instead of the beginning
CORPUS_OPTIONS = ("encoding", "unit")  # of read_table that a corpus has


def read_reference(reference: DataReference, folder: Path, *, as_corpus: bool = False) -> Table:
    """Return the whole table that a reference names, parsed once.

    Parameters
    ----------
    reference : DataReference
        Of `Dataset.reference`.
    folder : Path
        Where an upload's file lies.
    as_corpus : bool
        Read plain text from disk as it is needed, where it is in several files or in a large one at its path: the table has
        a `source` then.

    Raises
    ------
    DataError
        If the data was deleted or changed since; or if it is a corpus and wanted otherwise.
    """
    check_unchanged(reference)
    if reference["source"] == "upload" and not file_path(reference, folder).is_file():
        raise DataError(f"The upload {reference['title']!r} was deleted to save space. Upload it again for a new run.")

    if reference["source"] == "corpus" and not as_corpus:
        raise DataError(f"{reference['title']} is a corpus of several files, which only models of words read.")
    if as_corpus and _is_corpus(reference):
        return _read_corpus(reference)

    def read() -> Table:
        table = _read(reference, folder)
        check_unchanged(reference)  # what was read is kept under the files' old time
        return table

    return keep_table(_table_key(reference), read)


def read_preview(reference: DataReference, folder: Path) -> Table:
    """Return the beginning of a reference's file, at most 2 MB of it, the way the whole will be read.

    The whole table where it is kept already and small, or where the beginning is all there is.
    """
    if reference["source"] == "corpus":
        return _read_corpus(reference)
    key = _table_key(reference)
    kept = load_table(tables_folder() / key, MAX_PREVIEW_TABLE_BYTES)
    if kept is not None:
        return kept
    table = _read(reference, folder, PREVIEW_BYTES)
    return table if table.report.truncated else keep_table(key, lambda: table)


def _read(reference: DataReference, folder: Path, limit_bytes: int | None = None) -> Table:
    """Read the reference's file, with those of the other parts of its split where there are any."""
    options, parts = reference["options"], reference.get("parts", [])
    own = partial(read_table, file_path(reference, folder), name=_name(reference), limit_bytes=limit_bytes, **options)
    if not parts:
        return own()
    if isinstance(options.get("member"), dict):
        raise DataError("The parts of the split are named twice: in the zip, and as files. Leave one out.")
    further = cast("dict[str, Any]", {name: value for name, value in options.items() if name != "member"})
    reads: dict[PartName, Callable[..., Table]] = {"train": own}
    for file in parts:
        reads[file["part"]] = partial(read_table, located(file["path"]), limit_bytes=limit_bytes, **further)
    return read_parts(reads)


def _is_corpus(reference: DataReference) -> bool:
    """Return True for several files, and for a large one of plain text that nothing but encoding and unit are set of."""
    if reference["source"] != "path":
        return reference["source"] == "corpus"
    options = reference["options"]
    if "parts" in reference or set(options) - set(CORPUS_OPTIONS):
        return False
    return is_large_text(located(reference["path"]), options.get("encoding"))


def _read_corpus(reference: DataReference) -> Table:
    """The text of a reference's files, to be read from disk; what is derived from it is kept as that of a table is."""
    options = reference["options"]
    if unknown := set(options) - set(CORPUS_OPTIONS):
        raise DataError(
            f"A corpus is plain text: of its files {listed(CORPUS_OPTIONS)} can be set, not {min(unknown)}."
        )
    paths = [located(file["path"]) for file in reference["files"]] if reference["source"] == "corpus" else []
    unit = cast("Unit | None", options.get("unit"))
    table = read_corpus(paths or [file_path(reference, Path())], options.get("encoding"), unit)
    cache = tables_folder() / table_key(fingerprint(reference), "corpus", options)
    cache.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.utime(cache)  # it was used: see sweep_tables
    return table.cached_in(cache)


def _table_key(reference: DataReference) -> str:
    name = SAMPLES[reference["sample"]].file if reference["source"] == "sample" else reference["title"]
    return table_key(fingerprint(reference), name, reference["options"])


def file_of(reference: DataReference, run_folder: Path) -> Path:
    """Return the path of the file that a run's reference names."""
    return file_path(reference, run_folder / "data")


def file_path(reference: DataReference, folder: Path) -> Path:
    """Return the path of a reference's file; folder: where an upload lies."""
    if reference["source"] == "sample":
        return SAMPLES[reference["sample"]].path
    if reference["source"] == "corpus":
        return located(reference["files"][0]["path"])
    return located(reference["path"]) if reference["source"] == "path" else folder / reference["file"]


def _name(reference: DataReference) -> str | None:
    """The name of the file where its path does not tell it."""
    return reference["title"] if reference["source"] == "upload" else None
