"""A run's scores in one table: its parts, what knowing nothing reaches (unless a baseline says it), its baselines, its
repeats; and how they were made, in words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

from embedviz.core.errors import RunError
from embedviz.evaluation.scores import SCORES, BaselineScore, Score, readable
from embedviz.jobs.baselines import Baselines
from embedviz.jobs.repeats import Repeats, deviation_of, kept_repeats, mean_of
from embedviz.store.run_folder import RunFolder as Run

WHAT, SECONDS, MEMORY, NOTE = "what", "seconds", "memory (MB)", "note"
SPREAD = ", standard deviation"
TEST, VALIDATION = "test", "validation"
ENOUGH = 3  # repeats from which a deviation is worth a sentence
SURE = 2.0  # standard deviations beyond which a difference is not taken for chance


@dataclass(frozen=True)
class ScoreTable:
    """frame: a row for each way of predicting; a column for each score by its title, the main one first; seconds,
    memory, a note; and the deviations of what was repeated. measured: the part that all but the validation row are
    measured on, "test" where there is one. score: the one that counts. best: the places of the rows that are best by
    it; baselines: those of the baselines, the run itself being the first of all. spread: by how much the run varies
    in the main score by itself, where it was repeated three times or more. protocol: sentences."""

    frame: pd.DataFrame
    titles: list[str]
    measured: str
    score: Score | None
    best: list[int]
    baselines: list[int]
    spread: float | None
    protocol: list[str]

    def shown(self) -> pd.DataFrame:
        """The same as text: deviations behind their means, as many digits as say something, the best marked."""
        shown = pd.DataFrame({WHAT: self.frame[WHAT]})
        for title in self.titles:
            spreads = self.frame[title + SPREAD] if title + SPREAD in self.frame else [math.nan] * len(self.frame)
            shown[title] = [_cell(value, spread) for value, spread in zip(self.frame[title], spreads, strict=True)]
        if self.score:
            marked = shown[self.score.title].copy()
            marked.iloc[self.best] += " (best)"
            shown[self.score.title] = marked
        shown[SECONDS] = [f"{value:,.1f}" if pd.notna(value) else "" for value in self.frame[SECONDS]]
        if self.frame[MEMORY].notna().any():
            shown[MEMORY] = [f"{value:,.0f}" if pd.notna(value) else "" for value in self.frame[MEMORY]]
        shown[NOTE] = self.frame[NOTE]
        return shown

    def verdict(self) -> str:
        """Whether the model is better than its best baseline by more than it varies itself, and by which other scores
        a baseline is ahead of it; empty without baselines."""
        return " ".join(filter(None, [self._by_the_main_score(), self._by_the_others()]))

    def _by_the_main_score(self) -> str:
        if self.score is None or not self.baselines:
            return ""
        title, sign = self.score.title, 1 if self.score.greater_is_better else -1
        values = self.frame[title]
        others = sign * values.iloc[self.baselines].dropna()
        if others.empty:
            return ""
        strongest, own = others.idxmax(), values.iloc[0]
        ahead = sign * (own - values[strongest])
        way = f"{_figure(abs(ahead))} {'better' if ahead > 0 else 'worse'}" if round(ahead, 3) else "no better"
        name, reached = self.frame[WHAT][strongest], _figure(values[strongest])
        said = f"The strongest baseline, {name}, reaches {title} {reached}: this run is {way}"
        if self.spread is None:
            return f"{said}. Whether that is more than chance, repeats would say."
        spread = self.spread
        if way == "no better":
            return f"{said}, and by itself it varies by ± {_figure(spread)}."
        more = "more than chance" if abs(ahead) > SURE * spread else "no more than chance"
        return f"{said}. By itself it varies by ± {_figure(spread)}, so this is {more}."

    def _by_the_others(self) -> str:
        """By which scores but the main one a baseline is ahead by what can be seen."""
        ahead = []
        for score in SCORES.values():
            if score == self.score or score.title not in self.titles:
                continue
            sign, values = 1 if score.greater_is_better else -1, self.frame[score.title]
            others = sign * values.iloc[self.baselines].dropna()
            if others.empty or not round(others.max() - sign * values.iloc[0], 3) > 0:
                continue
            strongest = others.idxmax()
            figures = f"{_figure(values[strongest])} against {_figure(values.iloc[0])}"
            ahead.append(f"{score.title} ({self.frame[WHAT][strongest]}, {figures})")
        return f"By other scores a baseline is ahead of it: {', '.join(ahead)}." if ahead else ""


@dataclass(frozen=True)
class _Row:
    what: str
    metrics: dict[str, float]
    seconds: float | None = None
    memory_bytes: float | None = None
    note: str = ""
    spreads: dict[str, float] = field(default_factory=dict)
    is_baseline: bool = False
    compared: bool = True  # measured once on the part that counts, and so one that can be the best


def score_table(run: Run) -> ScoreTable:
    """RunError while the run has no scores."""
    metrics, record = run.metrics, run.record
    if not metrics:
        reason = "it holds opened vectors" if run.kind != "training" else f"its training is {run.status}"
        raise RunError(f"The run {run.name!r} has no scores: {reason}.")
    measured = measured_part(metrics)
    cost = {"seconds": record.get("seconds"), "memory_bytes": record.get("memory_bytes")}
    rows = [_Row(f"This run, {measured} part", _part(metrics, measured), **cost)]
    if measured != VALIDATION:
        note = "the best moment was chosen by it, so it flatters"
        rows.append(_Row("This run, validation part", _part(metrics, VALIDATION), note=note, compared=False))
    asked = Baselines.at(run)
    baselines = [_baseline(score, measured) for score in (asked.rows if asked else [])]
    nothing = _Row("Knowing nothing", _part(metrics, "baseline"), note="the same answer for everybody")
    if not _said_by(baselines, nothing):
        rows.append(nothing)
    rows += baselines
    rows += [_repeated(repeats, measured) for repeats in kept_repeats(run) if len(repeats.rows) > 1]
    rows = [row for row in rows if row.metrics]
    score = SCORES.get(record.get("score", "loss"))
    names = _ordered([row.metrics for row in rows], score)
    table = []
    for row in rows:
        entry = {WHAT: row.what, **{readable(name): row.metrics.get(name, math.nan) for name in names}}
        memory = row.memory_bytes / 1e6 if row.memory_bytes else math.nan
        entry |= {SECONDS: math.nan if row.seconds is None else row.seconds, MEMORY: memory, NOTE: row.note}
        entry |= {readable(name) + SPREAD: spread for name, spread in row.spreads.items() if name in names}
        table.append(entry)
    best = _best(rows, score) if score else []
    shown_score = score if score and score.name in names else None
    titles = [readable(name) for name in names]
    spread = _spread(run, f"{measured}/{score.name}") if score else None
    others = [i for i, row in enumerate(rows) if row.is_baseline]
    return ScoreTable(pd.DataFrame(table), titles, measured, shown_score, best, others, spread, protocol_sentences(run))


def measured_part(metrics: dict[str, float]) -> str:
    """The part by which ways of predicting are compared: "test", or "validation" where no part was kept to test on."""
    return TEST if any(name.startswith(f"{TEST}/") for name in metrics) else VALIDATION


def main_score(run: Run) -> tuple[str, str]:
    """What the run reached by the score that counts, on the part it is compared by, and what knowing nothing reaches:
    ("accuracy 0.803", "0.500"). Empty where there is none."""
    metrics, score = run.metrics, run.record.get("score", "loss")
    part = measured_part(metrics)
    reached, nothing = metrics.get(f"{part}/{score}"), metrics.get(f"baseline/{score}")
    return (
        "" if reached is None else f"{readable(score)} {_figure(reached)}",
        "" if nothing is None else _figure(nothing),
    )


def baselines_frame(scores: Sequence[BaselineScore]) -> pd.DataFrame:
    """name, the metrics, seconds, memory_bytes, note: a row for each."""
    return pd.DataFrame(
        [
            {"name": s.name, **s.metrics, "seconds": s.seconds, "memory_bytes": s.memory_bytes, "note": s.note}
            for s in scores
        ]
    )


def protocol_sentences(run: Run) -> list[str]:
    """How the scores were made, in words, from what the model wrote down."""
    protocol, record = run.record.get("protocol", {}), run.record
    said = []
    if split := protocol.get("split"):
        said.append(f"Split {split}, before anything was learned.")
    sizes = [f"{value:,} {name}" for name, value in protocol.items() if isinstance(value, int) and _is_part(name)]
    if sizes:
        said.append(f"{', '.join(sizes)}.")
    for name, value in protocol.items():
        if name == "split" or value == 0 or (isinstance(value, int) and _is_part(name)):
            continue
        text = f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
        said.append(f"{name[:1].upper()}{name[1:]}: {text.rstrip('.')}.")
    if "device" in record:
        said.append(f"Trained on {record['device']}.")
    return said


def _is_part(name: str) -> bool:
    return name.split(" ")[0] in ("training", TEST, VALIDATION) and name.count(" ") == 1


def _part(metrics: dict[str, float], part: str) -> dict[str, float]:
    """The metrics of one part by the names of their scores."""
    return {name.removeprefix(f"{part}/"): value for name, value in metrics.items() if name.startswith(f"{part}/")}


def _baseline(score: BaselineScore, measured: str) -> _Row:
    metrics = _part(score.metrics, measured)
    return _Row(score.name, metrics, score.seconds, score.memory_bytes, score.note, is_baseline=True)


def _said_by(baselines: Sequence[_Row], row: _Row) -> bool:
    """Whether each score of the row is that of a baseline too, so that the row would say it twice."""
    return bool(baselines) and all(
        any(math.isclose(value, b.metrics.get(name, math.nan), rel_tol=1e-6) for b in baselines)
        for name, value in row.metrics.items()
    )


def _repeated(repeats: Repeats, measured: str) -> _Row:
    rows = repeats.rows
    means, spreads = mean_of(rows), deviation_of(rows)
    done = "" if len(rows) == repeats.n else f"{len(rows)} of "
    note = "mean ± standard deviation; seconds of one"
    return _Row(
        f"This run, {done}{repeats.title}",
        _part(means, measured),
        means["seconds"],
        note=note,
        spreads=_part(spreads, measured),
        compared=False,
    )


def _spread(run: Run, metric: str) -> float | None:
    """The deviation over the most repeats there are."""
    most = max((repeats.rows for repeats in kept_repeats(run)), key=len, default=[])
    return deviation_of(most).get(metric) if len(most) >= ENOUGH else None


def _ordered(metrics: Sequence[dict[str, float]], score: Score | None) -> list[str]:
    """The main score, then the others in the order in which they are listed, then those that nobody listed."""
    present = dict.fromkeys(name for row in metrics for name in row)
    wanted = [*([score.name] if score else []), *SCORES, *present]
    return [name for name in dict.fromkeys(wanted) if name in present]


def _best(rows: Sequence[_Row], score: Score) -> list[int]:
    values = {i: row.metrics[score.name] for i, row in enumerate(rows) if row.compared and score.name in row.metrics}
    known = [value for value in values.values() if math.isfinite(value)]
    if not known:
        return []
    best = max(known) if score.greater_is_better else min(known)
    return [i for i, value in values.items() if value == best]


def _cell(value: float, spread: float) -> str:
    if not math.isfinite(value):
        return ""
    return f"{_figure(value)} ± {_figure(spread)}" if math.isfinite(spread) else _figure(value)


def _figure(value: float) -> str:
    return f"{value:,.3f}" if abs(value) < 100 else f"{value:,.1f}"
