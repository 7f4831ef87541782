"""The scores of a run beside the trivial baseline, trained baselines and repeats, as data; the words are in score_sentences."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import pandas as pd

from embedviz.core.display_table import DisplayTable, NotebookDisplay
from embedviz.data.part_names import PartName
from embedviz.evaluation.repeats import RepeatedScores
from embedviz.evaluation.score_rows import RowKind, ScoreRow, row_label, row_note, score_text
from embedviz.evaluation.scores import SCORES, BaselineScore, Score, readable

MIN_REPEATS = 3  # from which a deviation tells something
SIGNIFICANT_DEVIATIONS = 2.0  # standard deviations beyond which a difference is not taken for chance
VISIBLE_DIFFERENCE_DIGITS = 3
MODEL, SECONDS, MEMORY, NOTE = "model", "seconds", "memory (MB)", "note"


class Significance(StrEnum):
    """Significance of a difference beside the variation of a training from seed to seed."""

    UNKNOWN = "unknown"  # it was not repeated often enough
    WITHIN_NOISE = "within noise"
    SIGNIFICANT = "significant"


@dataclass(frozen=True)
class BaselineComparison:
    """A run beside its strongest baseline.

    Attributes
    ----------
    score
        That they are compared by.
    baseline, baseline_value, run_value
        Which one, and what both reach.
    deviation
        Of the run over its repeats; None where there are too few.
    behind
        Other scores by which a baseline is visibly better: (score, baseline, its value, the run's).
    """

    score: Score
    baseline: str
    baseline_value: float
    run_value: float
    deviation: float | None
    behind: Sequence[tuple[Score, str, float, float]]

    @property
    def advantage(self) -> float:
        """Lead of the run; negative where it is worse."""
        return (1 if self.score.greater_is_better else -1) * (self.run_value - self.baseline_value)

    @property
    def is_visible(self) -> bool:
        """True when they differ in the digits that are shown."""
        return bool(round(self.advantage, VISIBLE_DIFFERENCE_DIGITS))

    @property
    def significance(self) -> Significance:
        """Significance of the difference; UNKNOWN with too few repeats."""
        if self.deviation is None:
            return Significance.UNKNOWN
        is_large = abs(self.advantage) > SIGNIFICANT_DEVIATIONS * self.deviation
        return Significance.SIGNIFICANT if is_large else Significance.WITHIN_NOISE


@dataclass(frozen=True)
class ScoreTable(NotebookDisplay):
    """A run's scores.

    Attributes
    ----------
    rows
        The run first.
    names
        Scores by name, the primary one first.
    measured
        The part that ways of predicting are compared on: "test" where there is one.
    primary
        The score that counts; None where nothing was measured by it.
    deviation
        Of the primary score over the most repeats that there are; None where they are too few.
    """

    rows: Sequence[ScoreRow]
    names: Sequence[str]
    measured: PartName
    primary: Score | None
    deviation: float | None

    @property
    def best(self) -> list[int]:
        """Places of the rows that are best by the primary score."""
        if self.primary is None:
            return []
        name = self.primary.name
        values = {i: row.metrics[name] for i, row in enumerate(self.rows) if row.is_compared and name in row.metrics}
        known = [value for value in values.values() if math.isfinite(value)]
        if not known:
            return []
        best = max(known) if self.primary.greater_is_better else min(known)
        return [i for i, value in values.items() if value == best]

    def comparison(self) -> BaselineComparison | None:
        """Return the run beside its strongest baseline; None without trained baselines."""
        strongest = self._strongest(self.primary) if self.primary else None
        if self.primary is None or strongest is None:
            return None
        behind = []
        for score in SCORES.values():
            other = self._strongest(score) if score != self.primary and score.name in self.names else None
            if other is None or score.name not in self.rows[0].metrics:
                continue
            value, own = other.metrics[score.name], self.rows[0].metrics[score.name]
            sign = 1 if score.greater_is_better else -1
            if round(sign * (value - own), VISIBLE_DIFFERENCE_DIGITS) > 0:
                behind.append((score, other.name, value, own))
        name = self.primary.name
        own = self.rows[0].metrics.get(name, math.nan)
        return BaselineComparison(self.primary, strongest.name, strongest.metrics[name], own, self.deviation, behind)

    def _display_table(self) -> DisplayTable:
        return DisplayTable.of_frame(f"Scores on the {self.measured} set", display_table(self))

    def _strongest(self, score: Score) -> ScoreRow | None:
        rows = [row for row in self.rows if row.kind is RowKind.BASELINE and score.name in row.metrics]
        sign = 1 if score.greater_is_better else -1
        return max(rows, key=lambda row: sign * row.metrics[score.name], default=None)


def score_table(
    metrics: Mapping[str, float],
    primary_metric: str,
    *,
    seconds: float | None = None,
    memory_bytes: float | None = None,
    baselines: Sequence[BaselineScore] = (),
    repeats: Sequence[RepeatedScores] = (),
) -> ScoreTable:
    """Put scores into a table.

    Parameters
    ----------
    metrics
        "test/accuracy" and so on, with "baseline/…" of the trivial baseline.
    primary_metric
        The score that counts, by its name in `SCORES`.
    seconds, memory_bytes
        What the run took.
    baselines, repeats
        Those that were trained.
    """
    measured = measured_part(metrics)
    rows = [ScoreRow(RowKind.RUN, measured, _of_part(metrics, measured), seconds=seconds, memory_bytes=memory_bytes)]
    if measured != "validation":
        rows.append(ScoreRow(RowKind.RUN, "validation", _of_part(metrics, "validation"), is_compared=False))
    trained = [
        ScoreRow(RowKind.BASELINE, measured, _of_part(b.metrics, measured), b.name, b.note, b.seconds, b.memory_bytes)
        for b in baselines
    ]
    trivial = ScoreRow(RowKind.TRIVIAL, measured, _of_part(metrics, "baseline"))
    if not _is_among(trivial, trained):
        rows.append(trivial)
    rows += trained
    rows += [_repeated_row(each, measured) for each in repeats if len(each.rows) > 1]
    rows = [row for row in rows if row.metrics]
    primary = SCORES.get(primary_metric)
    names = _ordered([row.metrics for row in rows], primary_metric)
    most = max(repeats, key=lambda each: len(each.rows), default=None)
    deviation = None
    if most is not None and len(most.rows) >= MIN_REPEATS:
        deviation = most.deviation.get(f"{measured}/{primary_metric}")
    return ScoreTable(rows, names, measured, primary if primary_metric in names else None, deviation)


def display_table(table: ScoreTable) -> pd.DataFrame:
    """Return a table of scores as text: deviations behind their means, the best marked, a column for each score's title."""
    shown = pd.DataFrame({MODEL: [row_label(row) for row in table.rows]})
    best = table.best
    for name in table.names:
        cells = [score_text(row, name) for row in table.rows]
        if table.primary and name == table.primary.name:
            cells = [f"{cell} (best)" if i in best else cell for i, cell in enumerate(cells)]
        shown[readable(name)] = cells
    shown[SECONDS] = ["" if row.seconds is None else f"{row.seconds:,.1f}" for row in table.rows]
    if any(row.memory_bytes for row in table.rows):
        shown[MEMORY] = [f"{row.memory_bytes / 1e6:,.0f}" if row.memory_bytes else "" for row in table.rows]
    shown[NOTE] = [row_note(row) for row in table.rows]
    return shown


def number_table(table: ScoreTable) -> pd.DataFrame:
    """Return a table of scores as numbers, for a download: a column for each score, and one for each deviation."""
    rows = []
    for row in table.rows:
        entry: dict[str, object] = {MODEL: row_label(row)}
        entry |= {readable(name): row.metrics.get(name, math.nan) for name in table.names}
        memory = row.memory_bytes / 1e6 if row.memory_bytes else math.nan
        entry |= {SECONDS: math.nan if row.seconds is None else row.seconds, MEMORY: memory, NOTE: row_note(row)}
        entry |= {f"{readable(n)}, standard deviation": row.deviations[n] for n in table.names if n in row.deviations}
        rows.append(entry)
    return pd.DataFrame(rows)


def measured_part(metrics: Iterable[str]) -> PartName:
    """Return the part that ways of predicting are compared on: "validation" where no part was kept for testing."""
    return "test" if any(name.startswith("test/") for name in metrics) else "validation"


def primary_values(metrics: Mapping[str, float], primary_metric: str) -> tuple[float | None, float | None]:
    """Return what a run reaches by its primary metric, and what the trivial baseline does; None where there is none."""
    part = measured_part(metrics)
    return metrics.get(f"{part}/{primary_metric}"), metrics.get(f"baseline/{primary_metric}")


def baselines_frame(scores: Sequence[BaselineScore]) -> pd.DataFrame:
    """Return a row for each baseline: name, the metrics, seconds, memory_bytes, note."""
    return pd.DataFrame(
        [
            {"name": s.name, **s.metrics, "seconds": s.seconds, "memory_bytes": s.memory_bytes, "note": s.note}
            for s in scores
        ]
    )


def _of_part(metrics: Mapping[str, float], part: str) -> dict[str, float]:
    return {name.removeprefix(f"{part}/"): value for name, value in metrics.items() if name.startswith(f"{part}/")}


def _is_among(row: ScoreRow, others: Sequence[ScoreRow]) -> bool:
    """Return whether each score of the row is that of another row too, so that the table would hold it twice."""
    return bool(others) and all(
        any(math.isclose(value, other.metrics.get(name, math.nan), rel_tol=1e-6) for other in others)
        for name, value in row.metrics.items()
    )


def _repeated_row(repeats: RepeatedScores, measured: PartName) -> ScoreRow:
    mean = repeats.mean
    return ScoreRow(
        RowKind.REPEATS,
        measured,
        _of_part(mean, measured),
        seconds=mean["seconds"],
        deviations=_of_part(repeats.deviation, measured),
        repeats=repeats,
        is_compared=False,
    )


def _ordered(metrics: Sequence[Mapping[str, float]], primary_metric: str) -> list[str]:
    """Return the primary score, then the others in the order of SCORES, then those that are not listed there."""
    present = dict.fromkeys(name for row in metrics for name in row)
    return [name for name in dict.fromkeys([primary_metric, *SCORES, *present]) if name in present]
