"""What a run is asked to do: to train a model on data, or to open a file of vectors."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, NotRequired

from pydantic import ConfigDict, JsonValue, with_config
from typing_extensions import TypedDict

from embedviz.core.jobs.spec import JobSpec

Columns = dict[str, str | list[str] | None]  # role -> column; "category", "number" and "ignore" have several


class LabelFilterReference(TypedDict):
    """A choice of labels that the data was filtered by. The labels themselves lie beside the data.

    space: the space that they are of. keep: True when they alone are kept, False when they are left out. labels: how
    many there are. sha256: of the sorted labels, so that equal choices are seen to be equal.
    """

    space: str
    keep: bool
    labels: int
    sha256: str


@with_config(ConfigDict(extra="allow"))
class DataReference(TypedDict):
    """What a run keeps to find its data again, and to know that it is the same.

    source: upload, path or sample. options: what overrides the guesses of `read_table`. file, path, sample: which of
    them there is depends on the source. modified: of the file at the path, in seconds since 1970. only: what the data
    was filtered by, in this order.
    """

    source: str
    title: str
    options: dict[str, JsonValue]
    id: NotRequired[str]
    owner: NotRequired[str]
    created: NotRequired[float]
    size: NotRequired[int]
    sha256: NotRequired[str]
    file: NotRequired[str]
    path: NotRequired[str]
    modified: NotRequired[float]
    sample: NotRequired[str]
    only: NotRequired[list[LabelFilterReference]]


@dataclass(frozen=True)
class RunSpec(JobSpec):
    """What every run is asked.

    Attributes
    ----------
    model : str
        Name of the model; "vectors" for vectors that come from a file.
    data : DataReference
        The data.
    settings : dict
        Fields of the model's Settings; empty for vectors.
    columns : dict
        Role to column, where they were chosen; None takes a guess away.
    probes : list of str
        Labels whose neighbors are reported while it trains.
    estimate : dict
        seconds and memory_bytes as estimated before the start; empty where nobody estimated.
    main_space : str
        The space that is shown first; empty where the data decides it.
    """

    model: str
    data: DataReference
    settings: dict[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    columns: Columns = field(default_factory=dict[str, "str | list[str] | None"])
    probes: list[str] = field(default_factory=list[str])
    estimate: dict[str, float | str] = field(default_factory=dict[str, "float | str"])
    main_space: str = ""


@dataclass(frozen=True)
class TrainingSpec(RunSpec):
    """Train the model on the data."""

    kind: ClassVar[str] = "training"


@dataclass(frozen=True)
class VectorsSpec(RunSpec):
    """Open the data as a file of vectors."""

    kind: ClassVar[str] = "vectors"
