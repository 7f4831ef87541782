"""Scores of a ratings model and of its baselines: errors of estimates, rankings of all items, purity of neighbourhoods."""

from __future__ import annotations

from collections.abc import Callable, Generator

import numpy as np
import pandas as pd

from embedviz.core.progress import Progress
from embedviz.data.splits import PartName
from embedviz.evaluation.baselines import mean_baseline, prediction_baseline
from embedviz.evaluation.knn_purity import purity_by_column
from embedviz.evaluation.ranking import measure_ranking
from embedviz.evaluation.regression import error_scores, errors_by_bin
from embedviz.models.ratings.factors import Factors
from embedviz.models.ratings.parts import RatingsParts
from embedviz.models.ratings.settings import MAX_TEST_USERS, MAX_TUNING_USERS
from embedviz.models.ratings.trained import TrainedRatings
from embedviz.training.report import Baseline, Detail, Evaluation, Protocol

N_NEIGHBORS = 10
MAX_RATING_BINS = 20
Scorer = Callable[[np.ndarray], np.ndarray]  # users (B,) -> scores of all items (B, I)


def validation_scores(factors: Factors, prepared: RatingsParts) -> dict[str, float]:
    """Return what is measured while training: errors, also on a sample of the training part; or how well items are ranked.

    A ranking scores 0 where no user of the part has a relevant item, so that there is always a best checkpoint.
    """
    if not prepared.is_explicit:
        unranked = {"ndcg@10": 0.0, "recall@10": 0.0, "mrr": 0.0}
        return _of_part(
            "validation", rank_part(factors.user_scores, prepared, "validation", MAX_TUNING_USERS) or unranked
        )
    metrics: dict[str, float] = {}
    for name, part in (("train", prepared.train_sample), ("validation", prepared.parts["validation"])):
        if len(part):
            metrics |= _of_part(name, error_scores(factors.predict(part.user, part.item), part.rating))
    return metrics


def rank_part(scorer: Scorer, prepared: RatingsParts, name: PartName, max_users: int) -> dict[str, float]:
    """Return "ndcg@10", "recall@10" and "mrr" of ranking all items for the users of a part; empty where none is relevant."""
    seen, relevant = prepared.seen(name), prepared.relevant(name)
    pairs = (seen.user, seen.item), (relevant.user, relevant.item)
    found = measure_ranking(scorer, *pairs, len(prepared.users), max_users=max_users, seed=prepared.split.seed)
    return found.scores() if found else {}


def evaluate_ratings(trained: TrainedRatings, prepared: RatingsParts) -> Evaluation:
    """Return the scores on the validation part and, once, on the test part, beside the mean and the most popular items.

    Where the table has columns of groups, the purity of neighbourhoods too: "user/knn_purity@10/COLUMN".
    """
    factors, measured = trained.factors, prepared.split.measured
    part, frames = prepared.parts[measured], {}
    metrics = validation_scores(factors, prepared)
    if prepared.is_explicit:
        estimates = factors.predict(part.user, part.item)
        metrics |= _of_part(measured, error_scores(estimates, part.rating))
        metrics |= _of_part("baseline", error_scores(np.full(len(part), prepared.mean), part.rating))
        popularity = np.append(prepared.item_counts, 0)[part.item]
        frames = {
            "popularity": _errors_by_popularity(popularity, estimates, part.rating),
            "errors": errors_by_bin("rating", _rating_bins(part.rating), estimates, part.rating),
        }
    metrics |= _of_part(measured, rank_part(factors.user_scores, prepared, measured, MAX_TEST_USERS))
    metrics |= _of_part("baseline", rank_part(_popularity_scorer(prepared), prepared, measured, MAX_TEST_USERS))
    purity = purity_by_column(trained.spaces(), N_NEIGHBORS)
    if len(purity):
        frames["groups"] = purity
        for space, column, share, chance in purity[["space", "column", "share", "chance"]].itertuples(index=False):
            name = f"{space}/knn_purity@{N_NEIGHBORS}/{column}"
            metrics |= {name: share, f"{name}/chance": chance}
    primary = "rmse" if prepared.is_explicit else "ndcg@10"
    return Evaluation(primary, metrics, _protocol(trained, prepared), frames)


def ratings_baselines(prepared: RatingsParts) -> list[Baseline]:
    """Return the mean, random ratings, biases alone and the most popular items; the last one only without ratings."""
    measured = prepared.split.measured
    part = prepared.parts[measured]

    def draw() -> np.ndarray:
        rng = np.random.default_rng(prepared.split.seed)
        return np.clip(rng.normal(prepared.mean, prepared.std, len(part)), *prepared.scale)

    def biases_alone() -> np.ndarray:
        return np.clip(prepared.biases.predict(part.user, part.item), *prepared.scale)

    def rank_by_popularity() -> Generator[Progress, None, dict[str, float]]:
        yield Progress(message="Baseline: Most popular")
        return _of_part(measured, rank_part(_popularity_scorer(prepared), prepared, measured, MAX_TEST_USERS))

    popular = Baseline("Most popular", "The same items for everybody, the most rated first.", rank_by_popularity)
    if not prepared.is_explicit:
        return [popular]
    split, ratings = prepared.split, prepared.ratings.rating
    drawn = "Drawn from a normal distribution with the training set's mean and standard deviation."
    return [
        mean_baseline(split, ratings),
        prediction_baseline("Random", drawn, split, ratings, [], draw),
        prediction_baseline(
            "Biases alone", "The mean and the biases of user and item.", split, ratings, [], biases_alone
        ),
        popular,
    ]


def _protocol(trained: TrainedRatings, prepared: RatingsParts) -> Protocol:
    unknown = ~prepared.parts[prepared.split.measured].is_known
    details: dict[str, Detail] = {
        "method": prepared.method,
        "users": len(prepared.users),
        "items": len(prepared.items),
        "unknown_pairs": int(unknown.sum()),
        **{f"excluded_{reason}": rows for reason, rows in prepared.excluded.items()},
    }
    if prepared.is_explicit:
        low, high = prepared.scale
        details |= {"min_rating": low, "max_rating": high, "relevant_from": prepared.relevant_from}
        details |= {"popularity_weight": trained.popularity_weight}
        details |= {"popularity_weight_tuned": trained.settings.popularity is None}
    if prepared.method == "als":
        details["penalty"] = round(trained.ridge.penalty / prepared.std, 3)
    return Protocol.of(prepared.split, "ratings", **details)


def _popularity_scorer(prepared: RatingsParts) -> Scorer:
    counts = prepared.item_counts.astype(np.float32)
    return lambda users: np.broadcast_to(counts, (len(users), len(counts)))


def _of_part(part: str, scores: dict[str, float]) -> dict[str, float]:
    return {f"{part}/{name}": value for name, value in scores.items()}


def _errors_by_popularity(popularity: np.ndarray, estimates: np.ndarray, actual: np.ndarray) -> pd.DataFrame:
    """Return the errors in bins that double in width (0, 1, 2–3, 4–7, …): from, to, rmse, mae, rows."""
    bit_length = np.frexp(popularity)[1].astype(np.int64)
    frame = errors_by_bin("from", (1 << bit_length) >> 1, estimates, actual).drop(columns="mean estimate")
    frame.insert(1, "to", (2 * frame["from"] - 1).clip(0))
    return frame


def _rating_bins(rating: np.ndarray) -> np.ndarray:
    """Return the ratings; those of more than `MAX_RATING_BINS` values as the middles of so many ranges of equal width."""
    if len(np.unique(rating)) <= MAX_RATING_BINS:
        return rating
    edges = np.linspace(rating.min(), rating.max(), MAX_RATING_BINS + 1)
    bins = np.searchsorted(edges, rating, side="right").clip(1, MAX_RATING_BINS)
    return ((edges[1:] + edges[:-1]) / 2)[bins - 1]
