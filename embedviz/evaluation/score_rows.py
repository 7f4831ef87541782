"""A row of a table of scores: one way of predicting, or one part of a run."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from embedviz.data.part_names import PartName
from embedviz.evaluation.repeats import RepeatedScores


class RowKind(StrEnum):
    """Kind of a row of the table."""

    RUN = "run"
    TRIVIAL = "trivial"
    BASELINE = "baseline"
    REPEATS = "repeats"


@dataclass(frozen=True)
class ScoreRow:
    """One way of predicting, or one part of a run.

    Attributes
    ----------
    kind, part
        What it is of, and the part that it was measured on.
    metrics, deviations
        By the scores' names; deviations of what was repeated.
    name, note
        Of a baseline.
    seconds, memory_bytes
        Of training and measuring, of one repeat; None where they were not measured.
    repeats
        The repeats that it is the mean of.
    is_compared
        It was measured once on the part that counts, and so can be the best.
    """

    kind: RowKind
    part: PartName
    metrics: Mapping[str, float]
    name: str = ""
    note: str = ""
    seconds: float | None = None
    memory_bytes: float | None = None
    deviations: Mapping[str, float] = field(default_factory=dict)
    repeats: RepeatedScores | None = None
    is_compared: bool = True


def row_label(row: ScoreRow) -> str:
    """Return the name of a row of the table."""
    if row.kind is RowKind.BASELINE:
        return row.name
    if row.kind is RowKind.TRIVIAL:
        return "Trivial baseline"
    if row.repeats is not None:
        done = "" if len(row.repeats.rows) == row.repeats.planned else f"{len(row.repeats.rows)} of "
        return f"This run, {done}{row.repeats.planned} {row.repeats.over}"
    return f"This run, {row.part} set"


def row_note(row: ScoreRow) -> str:
    """Return the note on a row; empty where there is none."""
    if row.kind is RowKind.TRIVIAL:
        return "the same prediction for every row"
    if row.kind is RowKind.REPEATS:
        return "mean ± standard deviation; seconds of one training"
    if row.kind is RowKind.RUN and row.part == "validation" and not row.is_compared:
        return "used for model selection; optimistically biased"
    return row.note


def figure(value: float) -> str:
    """Return a score with the digits that say something."""
    return f"{value:,.3f}" if abs(value) < 100 else f"{value:,.1f}"


def score_text(row: ScoreRow, name: str) -> str:
    """Return a score of a row, its deviation behind it; empty where it was not measured."""
    value, deviation = row.metrics.get(name, math.nan), row.deviations.get(name, math.nan)
    if not math.isfinite(value):
        return ""
    return f"{figure(value)} ± {figure(deviation)}" if math.isfinite(deviation) else figure(value)
