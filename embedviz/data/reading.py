"""Files to tables: a frame, a report on what was read, and guesses at the columns' roles."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import BinaryIO, Self, cast

import pandas as pd

from embedviz.core.errors import DataError
from embedviz.data import delimited, fasttext_labels, json_documents, jsonl, parquet, text_units
from embedviz.data.column import Column, cells_of
from embedviz.data.column_names import check_columns
from embedviz.data.containers import Opened, opened
from embedviz.data.detection import Reading
from embedviz.data.encoding import HEAD_BYTES, decode
from embedviz.data.guessing import guess_roles
from embedviz.data.joining import join_parts
from embedviz.data.markup import holds_markup, strip_markup
from embedviz.data.part_names import PartName
from embedviz.data.profile import profile_columns, profile_frame
from embedviz.data.reading_options import Options
from embedviz.data.remote_files import address_of, local_files
from embedviz.data.report import Alternative, ReadReport
from embedviz.data.scripts import script_note
from embedviz.data.table_like import TableLike, as_arrow, is_table_like, kind_of, split_parts
from embedviz.data.text_blocks import blocks_of_file, blocks_of_text, is_plain_utf8
from embedviz.data.text_formats import json_lines, may_be_json, table_reading, unix_line_ends
from embedviz.data.text_source import TextSource
from embedviz.data.transforms import EVERY_COLUMN, Marks, Transforms, marks_by_column, markup_sentence
from embedviz.data.typing_columns import MISSING
from embedviz.data.written_numbers import POINT

READER_VERSION = 5  # increase it when a file would be read differently: kept tables are then read again
PREVIEW_ROWS = 5000  # of a Parquet file, whose rows are not in the order of its bytes
STREAMED_BYTES = 64 << 20  # from which a table is read block by block
NOTE_CHARACTERS = 100_000  # looked at for the note on scripts
TEXT_COLUMN = "text"


@dataclass(frozen=True, eq=False)
class Table:
    """A file as a frame.

    Parameters
    ----------
    frame : pandas.DataFrame
        The rows.
    report : ReadReport
        Format of the file, and what was left out.
    kind : {"text", "table"}
        "text" for plain text, a unit a row in the column "text".
    roles : dict of str to str
        role -> column, guessed.
    source : TextSource, optional
        Plain text that is read from disk, of which the frame is the beginning.
    cache : Path or None
        The folder of the store that keeps this frame, where what is derived from it can be kept too. A copy with other
        rows (`dataclasses.replace`) has none.

    Examples
    --------
    >>> table = read_table(b"film,stars\\nAlien,5\\nBrazil,4\\n", name="films.csv")
    >>> table.kind
    'table'
    >>> table.frame["film"].tolist()
    ['Alien', 'Brazil']
    """

    frame: pd.DataFrame
    report: ReadReport
    kind: str
    roles: dict[str, str] = field(default_factory=dict)
    source: TextSource | None = None
    cache: Path | None = field(default=None, init=False)
    _columns: dict[str, Column] = field(default_factory=dict, init=False, repr=False)

    def column(self, name: str) -> Column:
        """Return a column by its name, the same object each time, so that its cells are parsed once."""
        if name not in self._columns:
            self._columns[name] = Column(name, cells_of(self.frame, name))
        return self._columns[name]

    def profile(self) -> pd.DataFrame:
        """Return a row for each column: its kind, share of missing cells, distinct values, distribution and examples.

        Examples
        --------
        >>> table = read_table(b"film,stars\\nAlien,5\\nBrazil,4\\nGilda,\\n", name="films.csv")
        >>> table.profile()[["column", "kind", "distinct", "shows"]].values.tolist()
        [['film', 'category', 3, 'each value'], ['stars', 'number', 2, '4 to 5']]
        """
        return profile_frame(profile_columns(map(self.column, self.frame.columns)), len(self.frame))

    def cached_in(self, folder: Path) -> Self:
        """Return the same table with `cache` set."""
        table = replace(self)
        object.__setattr__(table, "cache", folder)
        return table


def read_table(
    source: str | Path | bytes | BinaryIO | TableLike,
    *,
    name: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    quote: str | None = None,
    escape: str | None = None,
    header: bool | int | None = None,
    decimal: str | None = None,
    missing: Marks = (),
    unit: str | None = None,
    member: str | Mapping[PartName, str] | None = None,
    melt: str | None = None,
    merge_classes: Sequence[str] = (),
    only: Mapping[str, Sequence[str]] | None = None,
    strip_markup: bool = False,
    limit_bytes: int | None = None,
) -> Table:
    """Read TXT, CSV, TSV, JSON, JSONL, Parquet or fastText's labelled lines, plain, gzipped or in a zip; or a table in memory.

    The content decides the format, and everything else that is not given. With any option from `delimiter` to
    `missing`, or from `melt` to `only`, the file is a table.

    Parameters
    ----------
    source : path, address, bytes, seekable binary file, or table
        An address is https://… or hf://datasets/NAME/FILE: it is downloaded into the store once. A table is a frame of pandas or
        polars, an Arrow table, a data set of `datasets`, a list of dicts or of texts; a dict of them by the part of a split becomes
        one table with a column "split". Of a table, `missing`, `melt`, `merge_classes`, `only` and `strip_markup` are followed.
    name : str, optional
        What to call a source without a name in messages; its ending is looked at too.
    encoding : str, optional
        Such as "utf-8" or "latin-1".
    delimiter : str, optional
        Between the cells: any text or its name, such as ",", "::", "tab" or "blanks" (any run of blanks and tabs).
    quote : str, optional
        The character around cells that hold delimiters; "" for none.
    escape : str, optional
        What stands before a quotation mark inside a cell; "" where it is doubled.
    header : bool or int, optional
        Whether a line names the columns, or the number of that line, from 1; lines above it are left out.
    decimal : {".", ","}, optional
        The sign before fractions.
    missing : sequence of str, or mapping of str to sequence of str
        Cells that hold nothing, such as "99", in addition to empty ones and marks such as NA: in every column, or
        column -> cells.
    unit : {"line", "paragraph", "sentence", "file"}, optional
        Take the file as plain text in such units.
    member : str or mapping, optional
        Which file of a zip; or the files that belong together, by the part of the split that each is:
        {"train": "train.csv", "test": "test.csv"}. They become one table with a column "split".
    melt : str, optional
        The column of ids of a table with a row a user and a column an item ("" numbers the rows): its filled cells become
        rows of user, item and rating.
    merge_classes : sequence of str
        Columns in which values that differ only in letter case, blanks or final punctuation become one, the most
        frequent spelling.
    only : mapping of str to sequence of str, optional
        column -> values: only rows with one of them are kept.
    strip_markup : bool
        Take HTML out of texts: tags and entities.
    limit_bytes : int, optional
        Read only the beginning, to the last whole row, for a preview; of Parquet, the first 5,000 rows. Of several files
        the beginning of each.

    Returns
    -------
    Table

    Raises
    ------
    DataError
        With what is wrong, where, and what to do; `SeveralFilesError` for a zip of several files.

    Examples
    --------
    >>> table = read_table(b"film,stars\\nAlien,5\\nBrazil,4\\n", name="films.csv")
    >>> table.frame["stars"].tolist()
    [5, 4]
    >>> table.report.delimiter
    ','
    """
    if (address := address_of(source)) is not None:
        files = local_files(address)
        read = partial(
            read_table, encoding=encoding, delimiter=delimiter, quote=quote, escape=escape, header=header, decimal=decimal,
            missing=missing, unit=unit, melt=melt, merge_classes=merge_classes, only=only, strip_markup=strip_markup,
            limit_bytes=limit_bytes,
        )  # fmt: skip
        if not files.parts:
            return read(files.path, name=name, member=member)
        return read_parts({"train": partial(read, files.path), **{p: partial(read, f) for p, f in files.parts.items()}})
    transforms = Transforms.of(missing, melt, merge_classes, only, strip_markup)
    if is_table_like(source):
        return _transformed(_of_table(source, name), transforms)
    marks = marks_by_column(missing).get(EVERY_COLUMN, ())
    if isinstance(member, Mapping):
        read = partial(
            read_table, source, name=name, encoding=encoding, delimiter=delimiter, quote=quote, escape=escape,
            header=header, decimal=decimal, missing=marks, unit=unit, limit_bytes=limit_bytes,
        )  # fmt: skip
        parts = read_parts({part: partial(read, member=file) for part, file in member.items()})
        return _transformed(parts, transforms)  # together, so that one spelling is the most frequent in all parts
    options = Options.checked(
        encoding=encoding, delimiter=delimiter, quote=quote, escape=escape, header=header, decimal=decimal, missing=marks,
        unit=unit, transforms=transforms,
    )  # fmt: skip
    return _transformed(
        _read(cast("str | Path | bytes | BinaryIO", source), name, member, limit_bytes, options), options.transforms
    )


def _read(
    source: str | Path | bytes | BinaryIO,
    name: str | None,
    member: str | None,
    limit_bytes: int | None,
    options: Options,
) -> Table:
    """The table as the file has it."""
    with opened(source, name, member) as file:
        report = ReadReport(file.name, file.size, compression=file.compression, member=file.member)
        if file.head(len(parquet.MAGIC)) == parquet.MAGIC:
            # its index is at its end, so a packed one is unpacked whole even for a preview
            stream = file.stream if file.seekable else io.BytesIO(file.read()[0])
            stream.seek(0)
            found = parquet.read(stream, file.name, PREVIEW_ROWS if limit_bytes else None)
            return _table(replace(report, format="parquet", truncated=found.cut, warnings=found.notes), found.frame)
        limit = STREAMED_BYTES if limit_bytes is None else min(limit_bytes, STREAMED_BYTES)
        data, cut = file.read(limit)
    if cut and limit_bytes is not None and json_documents.looks_like_document(_head(data, report.name, options)):
        with opened(source, name, member) as file:  # its end is needed to understand its beginning
            data, cut = file.read()
    elif cut and limit_bytes is None:
        if options.encoding is None and options.unit is None:

            def reopen() -> AbstractContextManager[Opened]:
                return opened(source, name, member)

            if (table := _streamed(bytes(data[: 4 * HEAD_BYTES]), reopen, report, options)) is not None:
                return table
        with opened(source, name, member) as file:
            data, cut = file.read()
    decoded = decode(data, report.name, options.encoding, cut)
    del data
    text = unix_line_ends(decoded.text)
    if not text.strip():
        raise DataError(f"{report.name} holds nothing but white space.")
    report = replace(report, encoding=decoded.encoding, truncated=cut, warnings=decoded.warnings)
    if decoded.second:
        other = Alternative({"encoding": decoded.second}, f"Read it as {decoded.second}.")
        report = replace(report, alternatives=[other])
    return _from_text(text, report, options)


def read_parts(parts: Mapping[PartName, Callable[..., Table]]) -> Table:
    """Read the files of a split and bring them together as one table with a column that says which file a row is from.

    Parameters
    ----------
    parts : mapping
        "train" and further parts -> a function that reads its file; it takes `header` and `delimiter` of
        `read_table`.

    Raises
    ------
    DataError
        If the files do not belong together: see `embedviz.data.joining.join_parts`.
    """
    joined = join_parts(parts)
    return _table(joined.report, joined.frame)


def _of_table(data: object, name: str | None) -> Table:
    """A table that is in memory, or those of a split brought together."""
    if (parts := split_parts(data)) is not None:
        if len(parts) > 1:
            return read_parts({part: partial(_part_of_table, table, part) for part, table in parts.items()})
        data = parts["train"]
    arrow, notes = as_arrow(data), list[str]()
    frame = parquet.frame_of(arrow, arrow.column_names, notes)
    return _table(ReadReport(name or kind_of(data), arrow.nbytes, format="table", warnings=notes), frame)


def _part_of_table(data: object, name: str, header: bool | None = None, delimiter: str | None = None) -> Table:
    return _of_table(data, name)


def _head(data: bytearray, name: str, options: Options) -> str:
    """The beginning as text, empty where it is to be read otherwise than by its content."""
    if options.is_table or options.unit is not None:
        return ""
    return decode(data[:HEAD_BYTES], name, options.encoding, cut=True).text


def _streamed(
    head: bytes, reopen: Callable[[], AbstractContextManager[Opened]], report: ReadReport, options: Options
) -> Table | None:
    """A large table in UTF-8, read block by block; None for any other file."""
    text = unix_line_ends(decode(head, report.name, cut=True).text)
    if not options.is_delimited and (may_be_json(text, report.name) or fasttext_labels.looks_like(text)):
        return None
    reading, others = table_reading(text, report.name, options)
    if reading is None or not is_plain_utf8(reopen):
        return None
    report = replace(report, encoding="utf-8", alternatives=others)
    return _delimited(blocks_of_file(reopen), report, options, reading)


def _from_text(text: str, report: ReadReport, options: Options) -> Table:
    """The rows or the units of a decoded text. report: of the file so far."""
    name, cut = report.name, report.truncated
    if options.unit is None:
        if not options.is_delimited:
            found = json_lines(text, name)
            if found is not None:
                lines = jsonl.read(found.text, name, cut)
                report = replace(report, dropped=lines.dropped.rows, dropped_count=lines.dropped.count)
                report = replace(report, warnings=[*report.warnings, *found.notes, *lines.notes])
                return _table(replace(report, format="jsonl", guesses=options.guesses("encoding")), lines.frame)
            if fasttext_labels.looks_like(text):
                report = replace(report, format="fasttext", guesses=options.guesses("encoding"))
                return _table(report, fasttext_labels.read(text, cut))
        reading, others = table_reading(text, name, options)
        if reading is not None:
            report = replace(report, alternatives=report.alternatives + others)
            return _delimited(blocks_of_text(text), report, options, reading)
    changes: list[str] = []
    if options.transforms.strip_markup and holds_markup(text):
        text = strip_markup(text)  # before it is split, for a tag may go over several lines
        changes = [markup_sentence(1)]
        if not text:
            raise DataError(f"{name} holds nothing but HTML tags.")
    unit = options.unit or text_units.guess_unit(text)
    if cut:
        text = text_units.without_cut_end(text, unit)
    note = script_note(text[:NOTE_CHARACTERS])
    report = replace(
        report,
        format="text",
        unit=unit,
        guesses=options.guesses("encoding", "unit"),
        changes=changes,
        warnings=[*report.warnings, note] if note else report.warnings,
    )
    units = pd.array(text_units.split_units(text, unit), dtype="str")
    return _table(report, pd.DataFrame({TEXT_COLUMN: units}))


def _delimited(blocks: Callable[[], Iterator[bytes]], report: ReadReport, options: Options, reading: Reading) -> Table:
    """The rows of a delimited file."""
    check_columns(reading.layout.width, report.name)
    how = delimited.Options(options.decimal, (*MISSING, *options.missing), report.truncated)
    rows = delimited.read(blocks, report.name, reading, how)
    dialect = reading.dialect
    report = replace(
        report,
        dropped=rows.dropped.rows,
        dropped_count=rows.dropped.count,
        mended=rows.mended.rows,
        mended_count=rows.mended.count,
        warnings=[*report.warnings, *reading.layout.notes, *rows.notes],
        format="tsv" if dialect.delimiter == "\t" else "csv",
        delimiter=dialect.delimiter,
        quote=dialect.quote,
        escape=dialect.escape,
        decimal=rows.decimal,
        header=reading.layout.names is not None,
        header_lines=(reading.layout.first_line, reading.layout.last_header_line) if reading.layout.names else None,
        guesses=options.guesses("encoding", "delimiter", "header"),
    )
    return _table(report, rows.frame)


def _table(report: ReadReport, frame: pd.DataFrame) -> Table:
    kind = "text" if report.format == "text" else "table"
    roles = guess_roles(frame, kind, is_beginning=report.truncated)
    return Table(frame, replace(report, rows=len(frame)), kind, roles)


def _transformed(table: Table, transforms: Transforms) -> Table:
    if not transforms or table.kind == "text":
        return table
    report = table.report
    frame, changes = transforms.apply(table.frame, report.decimal or POINT, report.truncated)
    return _table(replace(report, changes=changes), frame)
