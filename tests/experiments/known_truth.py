"""Generated data sets whose truth is known, to count how often a verdict is right. A family is one entry in FAMILIES."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

import embedviz as ev
from embedviz.experiments.experiment import Experiment
from embedviz.experiments.question import Verdict

Outcome = Literal["right", "undecided", "wrong"]


@dataclass(frozen=True)
class Family:
    """Data sets of one kind, told apart by their seed.

    Attributes
    ----------
    name
        What is true of them.
    question, model
        What is asked, of which model.
    made
        Seed -> table, which is written to a CSV file.
    is_right
        Verdict of the question -> whether it is the truth. It is called only where the verdict is decided.
    settings
        Of the question and the model.
    """

    name: str
    question: str
    model: str
    made: Callable[[int], pd.DataFrame]
    is_right: Callable[[Verdict], bool]
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Judged:
    """What the verdict on one data set was worth."""

    family: str
    seed: int
    outcome: Outcome
    sentence: str


def judge(family: Family, verdict: Verdict) -> Outcome:
    """Return whether a verdict is the truth; one that decides nothing is neither right nor wrong."""
    if not verdict.is_decided:
        return "undecided"
    return "right" if family.is_right(verdict) else "wrong"


def asked(family: Family, seed: int, folder: Path) -> Experiment:
    """Ask the question of the data set with this seed."""
    path = folder / f"{re.sub(r'[^a-z0-9]+', '-', family.name.lower())}-{seed}.csv"
    family.made(seed).to_csv(path, index=False)
    return ev.experiment(family.question, path, model=family.model, budget="1h", device="cpu", **family.settings)


def judged(families: Mapping[str, Family], seeds: range) -> Iterator[Judged]:
    """Ask of every family with every seed, and yield what the verdicts were worth."""
    with tempfile.TemporaryDirectory() as folder:
        for family in families.values():
            for seed in seeds:
                verdict = asked(family, seed, Path(folder)).verdict
                assert verdict is not None
                yield Judged(family.name, seed, judge(family, verdict), verdict.sentences[0])


def ratings_of_rank(
    rank: int,
    seed: int,
    users: int = 150,
    items: int = 80,
    share: float = 0.6,
    strength: float = 1.0,
    noise: float = 0.1,
) -> pd.DataFrame:
    """Return ratings: biases, products of vectors of `rank` dimensions (of variance `strength` squared), and noise."""
    rng = np.random.default_rng(seed)
    U, V = rng.standard_normal((users, rank)), rng.standard_normal((items, rank))
    ratings = (
        strength * (U @ V.T) / np.sqrt(rank)
        + 0.3 * rng.standard_normal((users, 1))
        + 0.3 * rng.standard_normal((1, items))
    )
    ratings += noise * rng.standard_normal((users, items))
    user, item = np.nonzero(rng.random((users, items)) < share)
    return pd.DataFrame(
        {"user": [f"u{u}" for u in user], "item": [f"i{i}" for i in item], "rating": (5 + ratings[user, item]).round(3)}
    )


def chosen_dimensions(verdict: Verdict) -> int:
    """Return the dimensions that the verdict on "How many dimensions?" names."""
    found = re.match(r"(\d+) dimensions are (?:enough|the best choice)", verdict.sentences[0])
    assert found, verdict.sentences[0]
    return int(found[1])


def rank_family(rank: int) -> Family:
    """Return data sets of ratings of a rank, which is one of the sizes that are tried."""
    return Family(
        f"ratings of rank {rank}",
        "dimensions",
        "ratings",
        lambda seed: ratings_of_rank(rank, seed),
        lambda verdict: chosen_dimensions(verdict) == rank,
        {"smallest": 2, "largest": 32, "seeds": 2, **ALS},
    )


def ratings_of_noise(seed: int, users: int = 100, items: int = 60) -> pd.DataFrame:
    """Return ratings that depend neither on who rates nor on what is rated."""
    rng = np.random.default_rng(seed)
    user, item = np.nonzero(rng.random((users, items)) < 0.5)
    noise = rng.normal(5, 1, len(user)).round(3)
    return pd.DataFrame({"user": [f"u{u}" for u in user], "item": [f"i{i}" for i in item], "rating": noise})


def ratings_of_biases(seed: int) -> pd.DataFrame:
    """Return ratings that depend on how generous a user is and how good an item, and on no vectors at all."""
    return ratings_of_rank(1, seed, strength=0.0, noise=0.5)


ALS = {"rounds": 20, "ranking_rounds": 1, "refit": False}
FAMILIES: Mapping[str, Family] = {
    family.name: family
    for family in (
        rank_family(4),
        rank_family(16),
        Family(
            "ratings of biases alone",
            "dimensions",
            "ratings",
            ratings_of_biases,
            lambda verdict: chosen_dimensions(verdict) == 2,  # vectors explain nothing, so that the smallest do
            {"smallest": 2, "largest": 32, "seeds": 2, **ALS},
        ),
        Family(
            "ratings of noise",
            "holds",
            "ratings",
            ratings_of_noise,
            lambda verdict: verdict.sentences[0].startswith("It does not hold"),  # nothing is better than the mean
            {"seeds": 4, "dim": 4, **ALS},
        ),
        Family(
            "noisy ratings of rank 4",
            "holds",
            "ratings",
            lambda seed: ratings_of_rank(4, seed, noise=2.0),
            lambda verdict: verdict.sentences[0].startswith("It holds"),
            {"seeds": 4, "dim": 4, **ALS},
        ),
    )
}
