"""References to data, as dataset.json and a run's run.json hold them."""

from __future__ import annotations

import json
from typing import Literal, NotRequired

from typing_extensions import TypedDict  # the one of Python 3.12, which pydantic asks for

from embedviz.data.part_names import PartName

Content = Literal["table", "vectors"]


class ReadOptions(TypedDict, total=False):
    """Options of `embedviz.data.reading.read_table` that a person set."""

    encoding: str
    delimiter: str
    quote: str
    escape: str
    header: bool | int
    decimal: str
    missing: list[str] | dict[str, list[str]]  # cells, or column -> cells
    unit: str
    member: str | dict[PartName, str]
    melt: str
    merge_classes: list[str]  # columns
    only: dict[str, list[str]]  # column -> values
    strip_markup: bool


class PartFile(TypedDict):
    """A file that stays where it is, brought together with the data's own file, which is the training set."""

    part: PartName
    path: str
    size: int  # bytes
    modified: float  # seconds since 1970


class LabelFilterReference(TypedDict):
    """A choice of labels that the data was filtered by. The labels themselves lie beside the data.

    space: the space that they are of. keep: True when they alone are kept, False when they are left out. labels: how
    many there are. sha256: of the sorted labels, so that equal choices are seen to be equal.
    """

    space: str
    keep: bool
    labels: int
    sha256: str


class About(TypedDict):
    """Fields of every reference."""

    id: str  # of the data set
    title: str
    owner: str
    created: float  # seconds since 1970
    size: int  # bytes of the file as it came
    options: ReadOptions
    only: NotRequired[list[LabelFilterReference]]  # filters of a run's data, in their order
    parts: NotRequired[list[PartFile]]  # further files, where the data's own is the training set of a split
    content: NotRequired[Content]  # what the owner wants the file read as; absent where the file tells
    roles: NotRequired[dict[str, str | list[str]]]  # role -> column(s) as the owner chose them; only in dataset.json


class UploadReference(About):
    """An uploaded file."""

    source: Literal["upload"]
    file: str  # its name in the data set's folder
    sha256: str


class PathReference(About):
    """A file that stays where it is."""

    source: Literal["path"]
    path: str
    modified: float  # seconds since 1970


class CorpusFile(TypedDict):
    """One of several files of text that stay where they are."""

    path: str
    size: int  # bytes
    modified: float  # seconds since 1970


class CorpusReference(About):
    """Files of plain text that are read one after the other."""

    source: Literal["corpus"]
    files: list[CorpusFile]


class SampleReference(About):
    """A sample."""

    source: Literal["sample"]
    sample: str
    sha256: str


DataReference = UploadReference | PathReference | CorpusReference | SampleReference


def fingerprint(reference: DataReference) -> str:
    """Return a string that identifies the content of a reference's files."""
    if reference["source"] == "path":
        own = json.dumps([reference["path"], reference["size"], reference["modified"]])
    elif reference["source"] == "corpus":
        own = json.dumps(reference["files"], sort_keys=True)
    else:
        own = reference["sha256"]
    parts = reference.get("parts")
    return json.dumps([own, parts], sort_keys=True) if parts else own
