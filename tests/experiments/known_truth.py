"""Generated data sets whose truth is known, to count how often a verdict is right. A family is one entry in FAMILIES."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pandas as pd

import embedviz as ev
from embedviz.experiments.experiment import Experiment
from embedviz.experiments.question import Verdict
from embedviz.space import EmbeddingSpace
from tests.experiments import generated

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
    columns
        Role -> column, where that is not guessed.
    vectors
        Seed -> pre-trained vectors that the model is given, if any.
    """

    name: str
    question: str
    model: str
    made: Callable[[int], pd.DataFrame]
    is_right: Callable[[Verdict], bool]
    settings: Mapping[str, Any] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    vectors: Callable[[int], EmbeddingSpace] | None = None


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
    settings = dict(family.settings)
    if family.vectors:
        settings["vectors"] = str(path.with_suffix(".vec"))
        family.vectors(seed).save(path.with_suffix(".vec"))
    columns = dict(family.columns)
    return ev.experiment(
        family.question, path, model=family.model, budget="1h", device="cpu", columns=columns, **settings
    )


def judged(families: Mapping[str, Family], seeds: range) -> Iterator[Judged]:
    """Ask of every family with every seed, and yield what the verdicts were worth."""
    with tempfile.TemporaryDirectory() as folder:
        for family in families.values():
            for seed in seeds:
                verdict = asked(family, seed, Path(folder)).verdict
                assert verdict is not None
                yield Judged(family.name, seed, judge(family, verdict), verdict.sentences[0])


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
        lambda seed: generated.ratings_of_rank(rank, seed),
        lambda verdict: chosen_dimensions(verdict) == rank,
        {"smallest": 2, "largest": 32, "seeds": 2, **ALS},
    )


def begins(text: str) -> Callable[[Verdict], bool]:
    """Return a judge of verdicts by the beginning of their first sentence."""
    return lambda verdict: verdict.sentences[0].startswith(text)


def never(verdict: Verdict) -> bool:
    """Judge every decided verdict as wrong: nothing makes a difference."""
    return False


ALS = {"rounds": 20, "ranking_rounds": 1, "refit": False}
NETWORK = {"hidden_dim": 64, "members": 1, "layers": 1, "wide": False, "learning_rate": 5e-3, "test_share": 0.2}
MEAN = {
    "encoder": "mean", "epochs": 30, "learning_rate": 0.01, "embedding_rate": 0.01, "dropout": 0.0, "word_dropout": 0.0,
    "batch_size": 8, "min_count": 1, "test_share": 0.3, "dim": 16,
}  # fmt: skip
LIKED, TOPIC = {"target": "liked"}, {"text": "text", "label": "topic"}
FAMILIES: Mapping[str, Family] = {
    family.name: family
    for family in (
        rank_family(4),
        rank_family(16),
        Family(
            "ratings of biases alone",
            "dimensions",
            "ratings",
            generated.ratings_of_biases,
            lambda verdict: chosen_dimensions(verdict) == 2,  # vectors explain nothing, so that the smallest do
            {"smallest": 2, "largest": 32, "seeds": 2, **ALS},
        ),
        Family(
            "ratings of noise",
            "holds",
            "ratings",
            generated.ratings_of_noise,
            begins("It does not hold"),  # nothing is better than the mean
            {"seeds": 4, "dim": 4, **ALS},
        ),
        Family(
            "noisy ratings of rank 4",
            "holds",
            "ratings",
            lambda seed: generated.ratings_of_rank(4, seed, noise=2.0),
            begins("It holds"),
            {"seeds": 4, "dim": 4, **ALS},
        ),
        Family(
            "noisy ratings of rank 4, folds",
            "holds",
            "ratings",
            lambda seed: generated.ratings_of_rank(4, seed, noise=1.0),
            begins("It holds"),
            {"folds": 5, "dim": 4, **ALS},
        ),
        Family(
            "embeddings as good as one-hot",
            "one_hot",
            "categories",
            generated.likes_that_add_up,
            never,
            {"smallest": 4, "largest": 4, "seeds": 4, "epochs": 10, **NETWORK},
            LIKED,
        ),
        Family(
            "embeddings too small for their values",
            "one_hot",
            "categories",
            generated.likes_of_their_own,
            begins("One-hot inputs are better"),
            {"smallest": 1, "largest": 1, "seeds": 4, "epochs": 20, **NETWORK},
            LIKED,
        ),
        Family(
            "embeddings of many values with an angle each",
            "one_hot",
            "categories",
            generated.likes_by_place,
            begins("Embeddings are better"),
            {"smallest": 8, "largest": 8, "seeds": 5, "epochs": 30, **NETWORK},
            LIKED,
        ),
        Family(
            "pre-trained vectors of noise",
            "pretrained",
            "sentiment",
            lambda seed: generated.texts_of_topics(seed, words=30),
            begins("Vectors from scratch are better"),
            {"smallest": 0.2, "steps": 2, "seeds": 4, **MEAN},
            TOPIC,
            lambda seed: generated.vectors_of_noise(seed + 1000, words=30),
        ),
        Family(
            "pre-trained vectors with synonyms near",
            "pretrained",
            "sentiment",
            generated.texts_of_topics,
            begins("Pre-trained vectors are better"),
            {"smallest": 0.1, "steps": 2, "seeds": 5, **MEAN},
            TOPIC,
            lambda seed: generated.vectors_of_topics(seed + 1000),
        ),
    )
}
