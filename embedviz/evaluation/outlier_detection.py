"""Outlier detection: whether the word that does not belong to a group is the one that fits it worst.

Camacho-Collados and Navigli 2016, "Find the word that does not belong: A framework for an intrinsic evaluation of word
vector representations" (RepEval, p. 43): their compactness orders the words of a group as the mean cosine with the others
does.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from embedviz.core.errors import DataError
from embedviz.core.generators import result_of
from embedviz.core.progress import Progress
from embedviz.evaluation.rank_correlation import percentile_interval, resampled_mean
from embedviz.evaluation.word_lookup import WordLookup, look_up
from embedviz.evaluation.word_vector_scores import KNOWN, UNKNOWN, WITH_COMPOSED, SetKind, WordVectorScores
from embedviz.space import EmbeddingSpace
from embedviz.space.comparison import mean_similarities

MIN_MEMBERS = 3  # known words of a group, from which one can be told to be outside
MIN_GROUPS = 3  # from which an interval is given
_COLUMNS = ("group", "outlier", "known members", "position", "least fitting", "status")


@dataclass(frozen=True)
class OutlierGroup:
    """Words that belong together, and words that do not: each outlier is a question of its own."""

    name: str
    members: tuple[str, ...]
    outliers: tuple[str, ...]


@dataclass(frozen=True)
class OutlierDetection:
    """A set of groups with outliers, called on a space.

    Parameters
    ----------
    groups : tuple of OutlierGroup
        Eight groups of eight words with eight outliers each in the 8-8-8 set.
    name : str
        Of the set.
    n_resamples : int
        Resamples of the groups for the interval.
    seed : int
        Of the resamples.

    Raises
    ------
    DataError
        Without a group, or for one with fewer than three words or without an outlier.
    """

    groups: tuple[OutlierGroup, ...]
    name: str = "outliers"
    n_resamples: int = 1000
    seed: int = 0

    kind: ClassVar[SetKind] = "outliers"
    primary_metric: ClassVar[str] = "accuracy"
    greater_is_better: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if not self.groups:
            raise DataError(f"{self.name}: there are no groups in it.")
        for group in self.groups:
            if len(group.members) < MIN_MEMBERS or not group.outliers:
                raise DataError(
                    f"{self.name}: the group {group.name!r} needs at least {MIN_MEMBERS} words and an outlier, and has "
                    f"{len(group.members)} and {len(group.outliers)}."
                )

    def __call__(self, space: EmbeddingSpace, intervals: bool = True) -> WordVectorScores:
        """Score a space. intervals: False leaves out what is resampled, most of the time that a small set takes."""
        return result_of(self.steps(space, intervals))

    def steps(self, space: EmbeddingSpace, intervals: bool = True) -> Generator[Progress, None, WordVectorScores]:
        """Score a space as a generator of progress.

        Accuracy is the share of outliers that fit their group worst; OPP, the outlier position percentage, also counts how
        close they come to it. Unknown words of a group are left out of it, as `known members` says of each question; with
        an unknown outlier, or fewer than three known members, it is not answered. Random vectors are exchangeable, so what
        they get is exact: 1 by the number of words, and half of the way.
        """
        yield Progress(message=f"Finding outliers in {len(self.groups):,} groups")
        lookup = look_up(space, (word for group in self.groups for word in (*group.members, *group.outliers)))
        found = [_answer(lookup, group, outlier) for group in self.groups for outlier in group.outliers]
        rows = pd.DataFrame(found, columns=list(_COLUMNS)).astype({"position": "Int64"})
        known = rows[rows["status"] == KNOWN]
        metrics = _metrics(known, "")
        if lookup.is_composed.any():
            metrics |= _metrics(rows[rows["status"] != UNKNOWN], WITH_COMPOSED)
        interval = None
        clusters = known["group"].to_numpy(str)
        if intervals and len(set(clusters)) >= MIN_GROUPS:
            rng = np.random.default_rng(self.seed)
            right = _is_found(known).to_numpy(np.float64)
            interval = percentile_interval(resampled_mean(right, clusters, self.n_resamples, rng))
        by_chance = {"accuracy": float((1 / (known["known members"] + 1)).mean()), "opp": 0.5} if len(known) else {}
        return WordVectorScores(
            kind=self.kind,
            name=self.name,
            metrics=metrics,
            primary_metric=self.primary_metric,
            coverage=lookup.coverage(rows["status"].to_numpy()),
            interval=interval,
            random=by_chance,
            rows=rows,
            sections=_group_frame(rows),
        )


def _answer(lookup: WordLookup, group: OutlierGroup, outlier: str) -> tuple[str, str, int, object, str, str]:
    """Return a row of `_COLUMNS`. The position is the outlier's, from 0 for the word that fits best."""
    members = [lookup.index_of[word] for word in group.members]
    members = [place for place in members if lookup.has_vector[place]]
    place = lookup.index_of[outlier]
    if not lookup.has_vector[place] or len(members) < MIN_MEMBERS:
        return group.name, outlier, len(members), pd.NA, "", UNKNOWN
    everyone = np.array([*members, place])
    fits = mean_similarities(lookup.units[everyone])
    position = int((fits[:-1] > fits[-1]).sum())  # a tie is not found
    worst = lookup.words[everyone[-1 if position == len(members) else fits[:-1].argmin()]]
    return group.name, outlier, len(members), position, worst, str(lookup.status(everyone[None])[0])


def _is_found(rows: pd.DataFrame) -> pd.Series:
    return rows["position"] == rows["known members"]


def _metrics(rows: pd.DataFrame, ending: str) -> dict[str, float]:
    """Return accuracy and OPP over rows; none where there are none."""
    if rows.empty:
        return {}
    opp = float((rows["position"] / rows["known members"]).mean())
    return {f"accuracy{ending}": float(_is_found(rows).mean()), f"opp{ending}": opp}


def _group_frame(rows: pd.DataFrame) -> pd.DataFrame:
    """Return group, asked, answered, accuracy and opp."""
    found: list[dict[str, object]] = []
    for name, own in rows.groupby("group", sort=False):
        known = own[own["status"] == KNOWN]
        found.append({"group": name, "asked": len(own), "answered": len(known), **_metrics(known, "")})
    return pd.DataFrame(found, columns=["group", "asked", "answered", "accuracy", "opp"])
