"""The job that compares a run's space with another space."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import ClassVar

import pandas as pd

from embedviz.core.errors import RunError
from embedviz.core.files import replacing
from embedviz.core.jobs.declaration import job
from embedviz.core.jobs.folder import JobFolder
from embedviz.core.jobs.reporter import Reporter
from embedviz.core.jobs.spec import JobSpec
from embedviz.core.typed_json import read_typed, write_typed
from embedviz.space.embedding_space import EmbeddingSpace
from embedviz.space.storage import read_space
from embedviz.space.two_spaces import TwoSpaces, compare_spaces

FIGURES, MOVERS = "comparison.json", "movers.parquet"


@dataclass(frozen=True)
class ComparisonSpec(JobSpec):
    """Compare two spaces.

    Attributes
    ----------
    space, other_space : str
        Names of the spaces.
    spaces, other_spaces : str
        The folders that they are in, relative to the job's.
    k : int
        Neighbors compared.
    ended, other_ended : float
        When their trainings ended, so that a later part of one gets another comparison.
    written, other_written : int
        When their vectors were written, in nanoseconds since 1970, for the same reason.
    """

    kind: ClassVar[str] = "comparison"

    space: str
    other_space: str
    spaces: str
    other_spaces: str
    k: int
    ended: float
    written: int
    other_ended: float
    other_written: int


@dataclass(frozen=True)
class ComparisonFigures:
    """Contents of comparison.json: the fields of TwoSpaces but its table."""

    k: int
    shared: int
    only_a: int
    only_b: int
    looked_at: int
    overlap: float
    chance: float
    residual: float | None


class SpaceComparison(JobFolder[ComparisonSpec]):
    """A comparison by its folder."""

    spec_class = ComparisonSpec

    @property
    def found(self) -> TwoSpaces | None:
        """The result; None until it is there."""
        figures = read_typed(self.folder / FIGURES, ComparisonFigures)
        return TwoSpaces(**asdict(figures), movers=pd.read_parquet(self.folder / MOVERS)) if figures else None

    def result(self) -> TwoSpaces:
        """Return the result. RunError until it is there."""
        found = self.found
        if found is None:
            raise RunError("This comparison has not been worked out yet.")
        return found

    def other_space(self) -> EmbeddingSpace:
        """Open the space that is compared with."""
        return read_space(self.folder / self.spec.other_spaces, self.spec.other_space)


@job("comparison", lane="interactive")
def compare(spec: ComparisonSpec, folder: Path, reporter: Reporter) -> None:
    """Compare, and write movers.parquet, then comparison.json."""
    a = read_space(folder / spec.spaces, spec.space)
    b = read_space(folder / spec.other_spaces, spec.other_space)
    _write(folder, reporter.follow(compare_spaces(a, b, spec.k)))


def _write(folder: Path, found: TwoSpaces) -> None:
    with replacing(folder / MOVERS) as temporary:
        found.movers.to_parquet(temporary, index=False)
    figures = {name: value for name, value in vars(found).items() if name != "movers"}
    write_typed(folder / FIGURES, ComparisonFigures(**figures))
