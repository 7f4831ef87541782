"""The job that scores a run's word vectors on a set of word pairs, analogies or outliers, built-in or brought as a file."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass, fields
from pathlib import Path
from typing import ClassVar

import pandas as pd

from embedviz.core.errors import DataError, RunError
from embedviz.core.files import replacing
from embedviz.core.jobs.declaration import Limits, job
from embedviz.core.jobs.folder import JobFolder
from embedviz.core.jobs.reporter import Reporter
from embedviz.core.jobs.spec import JobSpec
from embedviz.core.typed_json import read_typed, write_typed
from embedviz.evaluation.evaluating import built_in_set
from embedviz.evaluation.word_sets import MAX_BYTES, read_word_set
from embedviz.evaluation.word_vector_scores import Coverage, SetKind, WordVectorScores
from embedviz.space.storage import read_space
from embedviz.store.maps import space_version
from embedviz.store.run_folder import SPACES, RunFolder
from embedviz.store.work import job_on, path_from

FOLDER = "word_scores"
SET, FIGURES, ROWS, SECTIONS = "set.txt", "scores.json", "rows.parquet", "sections.parquet"
MAX_KEPT = 20  # of a run; the oldest goes first
VERSION = 1  # increase it when a set would be scored differently
LIMITS = Limits(
    "Scoring",
    seconds=900,
    memory_bytes=3_000_000_000,
    advice="Bring a file with fewer questions.",
)


@dataclass(frozen=True)
class WordScoresSpec(JobSpec):
    """Score a space of a run.

    Attributes
    ----------
    space : str
        Name of the space.
    title : str
        Name of the set: of a built-in one, or of the file that lies in the job's folder.
    sha256 : str
        Of the file; empty for a built-in set.
    set_kind : str, optional
        What the file has to be.
    ended, written : float, int
        Version of the space.
    version : int
        Of the scoring.
    spaces : str
        Folder of the space, relative to the job's.
    """

    kind: ClassVar[str] = "word scores"

    space: str
    title: str
    sha256: str
    set_kind: SetKind | None
    ended: float
    written: int
    version: int = VERSION
    spaces: str = "../../spaces"


@dataclass(frozen=True)
class WordScoresFigures:
    """Contents of scores.json: the fields of WordVectorScores but its tables."""

    kind: SetKind
    name: str
    metrics: dict[str, float]
    primary_metric: str
    coverage: Coverage
    interval: tuple[float, float] | None
    random: dict[str, float]
    random_interval: tuple[float, float] | None
    most_frequent: int | None


class WordScores(JobFolder[WordScoresSpec]):
    """The scores by their folder."""

    spec_class = WordScoresSpec

    @property
    def scores(self) -> WordVectorScores:
        """The scores. RunError until they are there."""
        figures = read_typed(self.folder / FIGURES, WordScoresFigures)
        if figures is None:
            raise RunError("These word vectors have not been scored yet.")
        values = {field.name: getattr(figures, field.name) for field in fields(WordScoresFigures)}
        rows, sections = (pd.read_parquet(self.folder / name) for name in (ROWS, SECTIONS))
        return WordVectorScores(rows=rows, sections=sections, **values)


def word_scores_of(
    run: RunFolder, space_name: str, title: str, content: bytes | None = None, kind: SetKind | None = None
) -> WordScores:
    """Return the scores of a run's space on a set; written when they are new, and then still to be submitted.

    Parameters
    ----------
    run : RunFolder
        The run.
    space_name : str
        One of its spaces of words.
    title : str
        "small-pairs", "small-analogies", or the name of a file.
    content : bytes, optional
        What is in the file; kept in the job's folder.
    kind : {"similarity", "analogies", "outliers"}, optional
        What the file has to be; by default its content tells.

    Raises
    ------
    DataError
        For a file past 8 MB.
    """
    if content is not None and len(content) > MAX_BYTES:
        raise DataError(f"{title} is larger than {MAX_BYTES // 1_000_000} MB, the limit for a set of words.")
    sha256 = "" if content is None else hashlib.sha256(content).hexdigest()

    def spec(parent: Path) -> WordScoresSpec:
        spaces = path_from(parent, run.folder / SPACES)
        return WordScoresSpec(space_name, title, sha256, kind, **space_version(run, space_name), spaces=spaces)

    found = job_on(run, WordScores, FOLDER, spec)
    if content is not None and not (found.folder / SET).exists():
        with replacing(found.folder / SET) as temporary:
            temporary.write_bytes(content)
    _remove_oldest(found.folder.parent, found)
    return found


def _remove_oldest(parent: Path, kept: WordScores) -> None:
    """Delete the oldest scores past `MAX_KEPT` that nobody works on."""
    others = [WordScores(folder) for folder in parent.iterdir() if folder != kept.folder and WordScores.exists(folder)]
    others.sort(key=lambda other: other.created)
    for other in others[: max(0, len(others) + 1 - MAX_KEPT)]:
        if other.state.is_final:
            shutil.rmtree(other.folder, ignore_errors=True)


@job("word scores", lane="interactive", limits=LIMITS)
def score_words(spec: WordScoresSpec, folder: Path, reporter: Reporter) -> None:
    """Read the set, score the space, and write rows.parquet, sections.parquet, then scores.json."""
    reporter.report(f"Reading {spec.title}")
    space = read_space(folder / spec.spaces, spec.space)
    if spec.sha256:
        evaluator = read_word_set((folder / SET).read_bytes(), spec.title, spec.set_kind)
    else:
        evaluator = built_in_set(space, spec.title)
        if evaluator is None:
            raise DataError(f"There is no built-in set {spec.title!r}.")
    scores = reporter.follow(evaluator.steps(space))
    for name, frame in ((ROWS, scores.rows), (SECTIONS, scores.sections)):
        with replacing(folder / name) as temporary:
            frame.to_parquet(temporary, index=False)
    values = {field.name: getattr(scores, field.name) for field in fields(WordScoresFigures)}
    write_typed(folder / FIGURES, WordScoresFigures(**values))
