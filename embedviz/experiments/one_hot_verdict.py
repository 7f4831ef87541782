"""The verdict on embeddings and one-hot inputs, from the table of the question."""

from __future__ import annotations

import math

import pandas as pd

from embedviz.core.plurals import counted
from embedviz.evaluation.scores import readable
from embedviz.experiments.question import Verdict
from embedviz.experiments.statistics import MIN_SEEDS, difference_text, greater_is_better
from embedviz.models.categories.familiarity import RARE, RARE_ROWS, UNSEEN

EXPLANATION = (
    "A one-hot vector times a weight matrix is a row of that matrix: one-hot inputs are an embedding too, as wide as the first "
    "hidden layer and summed there. What differs is the number of parameters of a value."
)


def verdict_of(table: pd.DataFrame) -> Verdict:
    """Return what follows. The size of the embeddings is chosen by the validation set, the difference is the test set's."""
    score = table.attrs["score"]
    sign = 1 if greater_is_better(score) else -1
    kinds = table.set_index("inputs")
    is_embedding = kinds.index.astype(str).str.startswith("embeddings")
    if "one-hot" not in kinds.index or not is_embedding.any():
        return Verdict(("Undecided: one-hot inputs and embeddings are not both trained yet.", EXPLANATION), False)
    embeddings = kinds[is_embedding]
    best = embeddings.loc[(sign * embeddings["validation"]).idxmax()]
    one_hot = kinds.loc["one-hot"]
    seeds = int(min(best["runs"], one_hot["runs"]))
    if seeds < MIN_SEEDS:
        return Verdict(
            (
                f"Undecided with {counted(seeds, 'seed', 'seeds')}: {readable(score)} is {one_hot['test']:.4f} with one-hot inputs and "
                f"{best['test']:.4f} with {best.name}, and nobody knows how much of that is chance. Train {MIN_SEEDS} seeds or more.",
                EXPLANATION,
            ),
            False,
        )
    winner = _winner(best, "", sign)
    values = (
        f"{readable(score)} {best['test']:.4f} with {best.name} and {one_hot['test']:.4f} with one-hot inputs, "
        f"{_interval(best, '')}, {seeds} seeds"
    )
    first = {
        1: f"Embeddings are better here: {values}.",
        -1: f"One-hot inputs are better here: {values}.",
        0: f"Undecided: {values}: no difference that these seeds could show.",
    }[winner]
    sentences = [first, *_group_sentences(best, one_hot, table.attrs["rows"], sign), _cost_sentence(best, one_hot)]
    sentences += _baseline_sentences(kinds, best, table.attrs["baselines"], sign)
    return Verdict((*sentences, EXPLANATION), winner != 0)


def _winner(row: pd.Series, prefix: str, sign: int) -> int:
    """Return 1 where the row is better than one-hot, -1 where it is worse, 0 where its interval does not tell."""
    lower, upper = row[f"{prefix}lower"], row[f"{prefix}upper"]
    return sign if lower > 0 else -sign if upper < 0 else 0


def _interval(row: pd.Series, prefix: str) -> str:
    ends = (float(row[f"{prefix}{name}"]) for name in ("difference", "lower", "upper"))
    return f"a difference of {difference_text(*ends)}"


def _group_sentences(best: pd.Series, one_hot: pd.Series, rows: dict[str, float], sign: int) -> list[str]:
    """Return a sentence on rows with rare values and one on rows with unseen ones, where there are some."""
    meanings = {
        RARE: f"rare values (in fewer than {RARE_ROWS} training rows)",
        UNSEEN: "values that no training row has",
    }
    sentences: list[str] = []
    for group, meaning in meanings.items():
        if group not in best or not math.isfinite(best[f"{group} difference"]):
            continue
        who = {1: "embeddings are better", -1: "one-hot inputs are better", 0: "it is undecided"}
        sentences.append(
            f"On rows with {meaning}, {rows.get(group, 0):.0f} a seed, {who[_winner(best, f'{group} ', sign)]}: "
            f"{best[group]:.4f} and {one_hot[group]:.4f}, {_interval(best, f'{group} ')}."
        )
    return sentences


def _cost_sentence(best: pd.Series, one_hot: pd.Series) -> str:
    return (
        f"{str(best.name).capitalize()}: {best['parameters']:,.0f} parameters and {best['seconds']:.2g} s; one-hot inputs: "
        f"{one_hot['parameters']:,.0f} parameters and {one_hot['seconds']:.2g} s."
    )


def _baseline_sentences(kinds: pd.DataFrame, best: pd.Series, names: list[str], sign: int) -> list[str]:
    """Return a sentence on the strongest of the baselines."""
    baselines = kinds[kinds.index.isin(names)]
    if baselines.empty:
        return []
    strongest = baselines.loc[(sign * baselines["test"]).idxmax()]
    against = "better than" if _winner(strongest, "", sign) == 1 else "not surely better than"
    return [
        f"The strongest baseline is {strongest.name}: {strongest['test']:.4f} in {strongest['seconds']:.2g} s, {against} the "
        f"network with one-hot inputs; {best.name} reach {best['test']:.4f}."
    ]
