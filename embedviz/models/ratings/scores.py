"""The scores of a model of ratings, and of knowing little: on the same parts, by the same measures."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping

import numpy as np
import pandas as pd

from embedviz.core.progress import Progress
from embedviz.evaluation.ranking import measure_ranking
from embedviz.evaluation.regression import error_scores
from embedviz.evaluation.same_group import group_columns, same_group_share
from embedviz.evaluation.scores import BaselineScore
from embedviz.models.ratings.factors import Factors
from embedviz.models.ratings.parts import Part, RatingsParts
from embedviz.space import EmbeddingSpace

TEST_USERS = 10_000  # ranked at most
NEAREST = 10
_SHOWN = ("rmse", "mae")


def errors(factors: Factors, parts: Mapping[str, Part]) -> dict[str, float]:
    """rmse and mae of each part that has ratings."""
    found = {}
    for name, part in parts.items():
        if len(part):
            found |= _errors(name, factors.predict(part.user, part.item), part)
    return found


def ranking(factors: Factors, parts: RatingsParts, part_name: str, seed: int, most_users: int) -> dict[str, float]:
    """NDCG, recall and reciprocal rank over all items; 0 where nobody of the part wants an item, so that there is
    always something to choose the best moment by."""
    found = _ranking(factors.scores, parts, part_name, seed, most_users)
    return found or {f"{part_name}/{name}": 0.0 for name in ("ndcg@10", "recall@10", "mrr")}


def on_test(factors: Factors, parts: RatingsParts, seed: int) -> dict[str, float]:
    """The test part's scores; nothing without a test part."""
    found = errors(factors, {"test": parts.test}) if parts.explicit else {}
    return found | _ranking(factors.scores, parts, "test", seed, TEST_USERS)


def of_constants(parts: RatingsParts, seed: int) -> dict[str, float]:
    """What the training mean and the most popular items reach on the test part, as "baseline/…"."""
    found = {}
    if parts.explicit and len(parts.test):
        found |= _errors("baseline", np.full(len(parts.test), parts.biases.mean), parts.test)
    popular = _ranking(_popularity(parts), parts, "test", seed, TEST_USERS)
    return found | {name.replace("test/", "baseline/"): value for name, value in popular.items()}


def groups(spaces: Mapping[str, EmbeddingSpace]) -> dict[str, float]:
    """ "user/same taste@10": the share of the nearest ten that have the same value in a column of groups, and what
    chance gives."""
    found = {}
    for row in _group_frame(spaces).itertuples():
        found[f"{row.space}/same {row.column}@{NEAREST}"] = row.share
        found[f"{row.space}/same {row.column}@{NEAREST}, by chance"] = row.chance
    return found


def pictures(factors: Factors, parts: RatingsParts, spaces: Mapping[str, EmbeddingSpace]) -> dict[str, pd.DataFrame]:
    """ "popularity": training ratings of the item (from, to), rmse, mae, rows; "errors": true rating, mean estimate,
    rmse, mae, rows; "groups": space, column, share, chance, groups, labels."""
    found = {}
    test = parts.test
    if parts.explicit and len(test):
        estimates = factors.predict(test.user, test.item)
        counts = np.bincount(parts.train.item, minlength=len(parts.items))
        popularity = np.append(counts, 0)[test.item]
        found["popularity"] = _by_popularity(popularity, estimates, test.rating)
        found["errors"] = _by_rating(estimates, test.rating)
    same = _group_frame(spaces)
    if len(same):
        found["groups"] = same
    return found


def baselines(parts: RatingsParts, seed: int) -> Iterator[Progress | BaselineScore]:
    """Each way of knowing little, the least first."""
    train, test = parts.train, parts.test
    if parts.explicit and len(test):
        yield Progress(message="Measuring the simple ways")
        yield _timed("Mean", lambda: _errors("test", np.full(len(test), parts.biases.mean), test))

        def at_random() -> dict[str, float]:
            drawn = np.random.default_rng(seed).normal(train.rating.mean(), train.rating.std(), len(test))
            return _errors("test", np.clip(drawn, *parts.scale), test)

        note = "drawn from a normal distribution with the training part's mean and deviation"
        yield _timed("Random", at_random, note)

        def biases_alone() -> dict[str, float]:
            estimates = np.clip(parts.biases.predict(test.user, test.item), *parts.scale)
            return _errors("test", estimates, test)

        yield _timed("Biases alone", biases_alone, "mean, and how far the user and the item lie from it")
    if len(test):
        note = "the same items for everybody, the most rated first"
        yield _timed("Most popular", lambda: _ranking(_popularity(parts), parts, "test", seed, TEST_USERS), note)


def _timed(name: str, measure: Callable[[], dict[str, float]], note: str = "") -> BaselineScore:
    begun = time.perf_counter()
    metrics = measure()
    return BaselineScore(name, metrics, time.perf_counter() - begun, note=note)


def _errors(name: str, estimates: np.ndarray, part: Part) -> dict[str, float]:
    scores = error_scores(estimates, part.rating)
    return {f"{name}/{score}": scores[score] for score in _SHOWN}


def _ranking(
    scores: Callable[[np.ndarray], np.ndarray], parts: RatingsParts, part_name: str, seed: int, most_users: int
) -> dict[str, float]:
    """The ranking's scores on a part; nothing where nobody wants an item there."""
    part = getattr(parts, part_name)
    seen, wanted = parts.seen_before(part), parts.wanted(part)
    found = measure_ranking(
        scores, (seen.user, seen.item), (wanted.user, wanted.item), len(parts.users), most_users=most_users, seed=seed
    )
    return {f"{part_name}/{name}": value for name, value in found.scores().items()} if found else {}


def _popularity(parts: RatingsParts) -> Callable[[np.ndarray], np.ndarray]:
    counts = np.bincount(parts.train.item, minlength=len(parts.items)).astype(np.float32)
    return lambda users: np.broadcast_to(counts, (len(users), len(counts)))


def _group_frame(spaces: Mapping[str, EmbeddingSpace]) -> pd.DataFrame:
    rows = []
    for name, space in spaces.items():
        for column in group_columns(space):
            rows.append({"space": name, "column": column, **vars(same_group_share(space, column, NEAREST))})
    return pd.DataFrame(rows)


def _by_popularity(popularity: np.ndarray, estimates: np.ndarray, actual: np.ndarray) -> pd.DataFrame:
    """Bins that double in width: 0, 1, 2–3, 4–7, …"""
    bins = np.where(popularity > 0, np.floor(np.log2(np.maximum(popularity, 1))) + 1, 0).astype(int)
    rows = []
    for b in np.unique(bins):
        there = bins == b
        first, last = (0, 0) if b == 0 else (2 ** (b - 1), 2**b - 1)
        scores = error_scores(estimates[there], actual[there])
        rows.append({"from": int(first), "to": int(last), **{s: scores[s] for s in _SHOWN}, "rows": int(there.sum())})
    return pd.DataFrame(rows)


def _by_rating(estimates: np.ndarray, actual: np.ndarray, most: int = 20) -> pd.DataFrame:
    """Each true rating, or where there are more than 20 of them, as many ranges of equal width by their middles."""
    values = np.unique(actual)
    if len(values) > most:
        edges = np.linspace(values[0], values[-1], most + 1)
        actual_bin = np.clip(np.searchsorted(edges, actual, side="right") - 1, 0, most - 1)
        values = ((edges[1:] + edges[:-1]) / 2)[np.unique(actual_bin)]
        actual_bin = np.unique(actual_bin, return_inverse=True)[1]
    else:
        actual_bin = np.searchsorted(values, actual)
    rows = []
    for b, value in enumerate(values):
        there = actual_bin == b
        scores = error_scores(estimates[there], actual[there])
        mean = float(estimates[there].mean())
        rows.append({"rating": float(value), "mean estimate": mean, **{s: scores[s] for s in _SHOWN}, "rows": int(there.sum())})  # fmt: skip
    return pd.DataFrame(rows)
