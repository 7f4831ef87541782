"""The job that reads the beginning of a data set for the Data page: rows, report, roles, and a profile of each column."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Literal

import pandas as pd
import pyarrow as pa
from pyarrow import feather

from embedviz.core.errors import RunError, SeveralFilesError
from embedviz.core.files import replacing
from embedviz.core.jobs.declaration import Limits, job
from embedviz.core.jobs.folder import JobFolder
from embedviz.core.jobs.reporter import Reporter
from embedviz.core.jobs.spec import JobSpec
from embedviz.core.typed_json import read_typed, write_typed
from embedviz.data.findings import Finding, find_findings
from embedviz.data.guessing import is_text
from embedviz.data.profile import ColumnProfile, profile_columns
from embedviz.data.reading import READER_VERSION, Table
from embedviz.data.report import ReadReport
from embedviz.data.roles import roles_of
from embedviz.formats import vectors_format
from embedviz.store.data_reference import DataReference
from embedviz.store.dataset import Dataset

VERSION = 2  # increase it when a preview would hold something else
RESULT, PROFILE, ROWS = "preview.json", "profile.json", "rows.arrow"
PREVIEWS = "previews"
MAX_ROWS = 50
MAX_SHOWN_COLUMNS = 300
MAX_CELL_LENGTH = 1000  # characters
MAX_FILES = 1000  # of an archive
LIMITS = Limits(
    "Reading",
    seconds=60,
    memory_bytes=2_000_000_000,
    advice="Bring a smaller file or one with fewer columns, or change how it is read.",
)

Content = Literal["table", "text", "vectors", "files"]


@dataclass(frozen=True)
class PreviewSpec(JobSpec):
    """Read the beginning of a data set.

    Attributes
    ----------
    data : DataReference
        The data set with its reading options; its folder is two above the job's.
    columns : dict
        Role to column, where the data set states it.
    may_be_vectors : bool
        Whether to look if the file is one of vectors.
    reader, version : int
        Versions of what reads and of what a preview holds: others read again.
    """

    kind: ClassVar[str] = "preview"

    data: DataReference
    columns: dict[str, str]
    may_be_vectors: bool = True
    reader: int = READER_VERSION
    version: int = VERSION


@dataclass(frozen=True)
class PreviewResult:
    """Contents of preview.json.

    Attributes
    ----------
    content : {"table", "text", "vectors", "files"}
        What the file is. "files" is an archive of several, of which one is to be chosen; it and vectors have no report.
    report : ReadReport, optional
        How it was read.
    roles : dict
        Role to column(s), stated or guessed.
    columns : list of str
        Names of all columns of the table, those that are not shown included.
    findings : list of Finding
        What looks odd in the rows that were read, where the columns play these roles.
    vectors_format : str
        The format of a file of vectors; empty where it was told to be one.
    files : list of str
        The first 1,000 files of an archive.
    n_files : int
        All its files.
    """

    content: Content
    report: ReadReport | None = None
    roles: dict[str, str | list[str]] = field(default_factory=dict)
    columns: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list[Finding])
    vectors_format: str = ""
    files: list[str] = field(default_factory=list)
    n_files: int = 0


@dataclass(frozen=True)
class TableProfile:
    """Contents of profile.json: the profile of each column."""

    columns: list[ColumnProfile]


class Preview(JobFolder[PreviewSpec]):
    """A preview by its folder; `result` is there when it is done, `rows` and `profile` where the data is a table or text."""

    spec_class = PreviewSpec

    @property
    def result(self) -> PreviewResult:
        """What was found. RunError before the end."""
        result = read_typed(self.folder / RESULT, PreviewResult)
        if result is None:
            raise RunError("The data has not been read yet.")
        return result

    @property
    def profile(self) -> list[ColumnProfile]:
        """The profile of each column; empty where there are none."""
        profile = read_typed(self.folder / PROFILE, TableProfile)
        return profile.columns if profile else []

    @property
    def rows(self) -> pd.DataFrame:
        """The first rows as they are shown: at most 50 and 300 columns, long cells cut."""
        return feather.read_table(self.folder / ROWS, memory_map=False).to_pandas()


def preview_of(dataset: Dataset, *, may_be_vectors: bool = True) -> Preview:
    """Return the preview of a data set as it is read now; written when it is new, and then still to be submitted.

    Parameters
    ----------
    dataset : Dataset
        The data.
    may_be_vectors : bool
        Whether to look if the file is one of vectors. One for which options of tables or texts were set is not.

    Raises
    ------
    DataError
        If the data is a file at its path that was changed since.
    """
    dataset.check_unchanged()
    return Preview.keyed(dataset.folder / PREVIEWS, _spec(dataset, may_be_vectors))


def known_rows(dataset: Dataset) -> int | None:
    """Return the rows of a data set that was read to its end for a preview; None where they are not known."""
    result = read_typed(dataset.folder / PREVIEWS / _spec(dataset, True).key() / RESULT, PreviewResult)
    report = result.report if result else None
    return report.rows if report and not report.truncated else None


def _spec(dataset: Dataset, may_be_vectors: bool) -> PreviewSpec:
    has_table_options = bool(dataset.options.keys() - {"encoding", "member"})
    is_read_as_table = has_table_options if dataset.content is None else dataset.content == "table"
    return PreviewSpec(dataset.reference(), dataset.columns, may_be_vectors and not is_read_as_table)


@job("preview", lane="interactive", limits=LIMITS)
def preview(spec: PreviewSpec, folder: Path, reporter: Reporter) -> None:
    """Read the beginning, and write rows.arrow, profile.json and preview.json."""
    reporter.report(f"Reading {spec.data['title']}")
    dataset = Dataset(folder.parents[1], spec.data)
    try:
        vectors = _vectors_format(dataset) if spec.may_be_vectors else ""
        is_asked_for = spec.may_be_vectors and spec.data.get("content") == "vectors"
        table = None if vectors or is_asked_for else dataset.preview()
    except SeveralFilesError as error:
        write_typed(folder / RESULT, PreviewResult("files", files=error.names[:MAX_FILES], n_files=len(error.names)))
        return
    if table is None:
        write_typed(folder / RESULT, PreviewResult("vectors", vectors_format=vectors))
        return
    reporter.check()
    columns = list(table.frame.columns)
    profile = profile_columns(map(table.column, columns))
    reporter.check()
    shown = shown_rows(table)
    with replacing(folder / ROWS) as temporary:
        feather.write_feather(pa.Table.from_pandas(shown, preserve_index=False), str(temporary), compression="zstd")
    content: Content = "text" if table.kind == "text" else "table"
    write_typed(folder / PROFILE, TableProfile(profile))
    roles: dict[str, str | list[str]] = {**table.roles}
    if spec.columns:
        roles = roles_of(table, spec.columns)
    findings = find_findings(table, roles)
    write_typed(folder / RESULT, PreviewResult(content, table.report, roles, columns, findings))


def shown_rows(table: Table) -> pd.DataFrame:
    """Return the first rows and columns of a table, with long cells cut."""
    rows = table.frame.iloc[:MAX_ROWS, :MAX_SHOWN_COLUMNS]
    texts = [name for name in rows if is_text(rows[name])]
    return rows.assign(**{name: rows[name].astype("str").str.slice(0, MAX_CELL_LENGTH) for name in texts})


def _vectors_format(dataset: Dataset) -> str:
    """The vector format that the file starts like; empty where it is none."""
    member = dataset.options.get("member")
    if isinstance(member, dict):
        return ""  # tables that belong together
    return vectors_format(dataset.path, dataset.title, member)
