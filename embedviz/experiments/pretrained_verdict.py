"""The verdict on pre-trained vectors, from the table of the question."""

from __future__ import annotations

import math

import pandas as pd

from embedviz.core.plurals import counted, listed
from embedviz.evaluation.scores import readable
from embedviz.experiments.question import Verdict
from embedviz.experiments.statistics import MIN_SEEDS, difference_text, greater_is_better

SCRATCH = "from scratch"
TOGETHER = "The intervals hold for all these comparisons together."


def verdict_of(table: pd.DataFrame) -> Verdict:
    """Return what follows: for each share whether pre-trained vectors are better than new ones; decided where one share is."""
    score = table.attrs["score"]
    sign = 1 if greater_is_better(score) else -1
    compared = [
        (float(str(share)), rows.set_index("vectors"))
        for share, rows in table.groupby("share")
        if SCRATCH in set(rows["vectors"]) and len(rows) > 1
    ]
    if not compared:
        return Verdict(("Undecided: no share of the training set has pre-trained vectors and new ones yet.",), False)
    seeds = max(int(rows["runs"].min()) for _, rows in compared)
    sentences, winners = [], []
    for share, rows in compared:
        winner, sentence = _of_share(share, rows, readable(score), sign)
        winners.append(winner if rows["runs"].min() >= MIN_SEEDS else 0)
        sentences.append(sentence)
    first = _first(compared, winners)
    if seeds < MIN_SEEDS:
        first = f"Undecided with {counted(seeds, 'seed', 'seeds')}, as nobody knows how much of a difference is chance: train {MIN_SEEDS}."
    together = [TOGETHER] if len(compared) > 1 or len(compared[0][1]) > 2 else []
    return Verdict((first, *sentences, *together, *_seconds(compared)), any(winners))


def _of_share(share: float, rows: pd.DataFrame, score: str, sign: int) -> tuple[int, str]:
    """Return 1 where a kind of pre-trained vectors is better than new ones, -1 where all are worse, else 0; and a sentence."""
    kinds = rows.drop(index=SCRATCH)
    better = [_winner(row, sign) for _, row in kinds.iterrows()]
    winner = 1 if 1 in better else -1 if better and all(one == -1 for one in better) else 0
    parts = [
        f"{kind} {row['test']:.4f} ({difference_text(row['difference'], row['lower'], row['upper'])})"
        for kind, row in kinds.iterrows()
    ]
    scratch = rows.loc[SCRATCH, "test"]
    return (
        winner,
        f"With {100 * share:.3g}% of the training set: {score} {scratch:.4f} from scratch, {', '.join(parts)}.",
    )


def _winner(row: pd.Series, sign: int) -> int:
    return sign if row["lower"] > 0 else -sign if row["upper"] < 0 else 0


def _first(compared: list[tuple[float, pd.DataFrame]], winners: list[int]) -> str:
    """Return the verdict in a sentence."""
    shares = [share for share, _ in compared]
    won, lost = ([share for share, who in zip(shares, winners, strict=True) if who == wanted] for wanted in (1, -1))
    if not won and not lost:
        return "Undecided: with no share of the training set do the seeds show a difference to vectors from scratch."
    sentences: list[str] = []
    if won:
        where = "every share" if len(won) == len(shares) else _listed(won)
        sentences.append(f"Pre-trained vectors are better with {where} of the training set.")
    if lost:
        where = "every share" if len(lost) == len(shares) else _listed(lost)
        sentences.append(f"Vectors from scratch are better with {where} of the training set.")
    if rest := [share for share in shares if share not in (*won, *lost)]:
        sentences.append(f"With {_listed(rest)} it is undecided.")
    return " ".join(sentences)


def _listed(shares: list[float]) -> str:
    return listed([f"{100 * share:.3g}%" for share in shares])


def _seconds(compared: list[tuple[float, pd.DataFrame]]) -> list[str]:
    """Return a sentence on the seconds until the same score, for the largest share."""
    share, rows = compared[-1]
    known = {str(kind): float(s) for kind, s in rows["seconds to reach"].items() if math.isfinite(s)}
    if len(known) < len(rows):
        return []
    runs = counted(int(rows["runs"].min()), "seed", "seeds")
    parts = ", ".join(f"{kind} {seconds:.2g} s" for kind, seconds in known.items())
    return [
        f"With {100 * share:.3g}% of the training set, the validation score that all reach took, mean of {runs}: {parts}."
    ]
