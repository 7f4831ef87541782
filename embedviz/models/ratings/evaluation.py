"""Scores of a ratings model: errors of estimates, rankings of all items, purity of neighbourhoods."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd

from embedviz.data.part_names import PartName
from embedviz.evaluation.knn_purity import purity_by_column
from embedviz.evaluation.ranking import Ranking, measure_ranking
from embedviz.evaluation.regression import error_scores, errors_by_bin
from embedviz.models.ratings.factors import Factors
from embedviz.models.ratings.parts import RatingsParts
from embedviz.models.ratings.settings import CLOSE, ESTIMATE_WEIGHTS, MAX_TEST_USERS, MAX_TUNING_USERS
from embedviz.models.ratings.trained import TrainedRatings
from embedviz.training.report import Detail, Evaluation, Protocol

N_NEIGHBORS = 10
MAX_RATING_BINS = 20
Scorer = Callable[[np.ndarray], np.ndarray]  # users (B,) -> scores of all items (B, I)


def factor_scores(factors: Factors, parts: RatingsParts, *, with_training: bool = True) -> dict[str, float]:
    """Return what is measured while factors train: errors, also on a sample of the training set; without ratings the
    ranking.

    Parameters
    ----------
    factors, parts
        What is measured, and on what.
    with_training
        False leaves the training set out.
    """
    if not parts.is_explicit:
        return ranking_scores(lambda users: factors.scores(factors.P[users]), parts)
    metrics: dict[str, float] = {}
    for name, part in (("train", parts.train_sample), ("validation", parts.parts["validation"])):
        if len(part) and (with_training or name != "train"):
            metrics |= of_part(name, error_scores(factors.predict(part.user, part.item), part.rating))
    return metrics


def ranking_scores(scorer: Scorer, parts: RatingsParts) -> dict[str, float]:
    """Return how well items are ranked on the validation set, for `MAX_TUNING_USERS`.

    It scores 0 where no user of the part has a relevant item, so that there is always a best checkpoint.
    """
    unranked = {"ndcg@10": 0.0, "recall@10": 0.0, "mrr": 0.0}
    return of_part("validation", rank_part(scorer, parts, "validation", MAX_TUNING_USERS) or unranked)


def validation_scores(trained: TrainedRatings, parts: RatingsParts) -> dict[str, float]:
    """Return errors and ranking on the validation set, which was not trained on."""
    found = factor_scores(trained.factors, parts) | ranking_scores(trained.user_scores, parts)
    part = parts.parts["validation"]
    if parts.is_explicit and len(part):
        found |= of_part("validation", error_scores(estimates_of(trained, parts, "validation")[0], part.rating))
    return found


def tune_estimate_weight(trained: TrainedRatings, parts: RatingsParts) -> float:
    """Return the largest weight of the estimate, among `ESTIMATE_WEIGHTS`, that ranks the validation set about as well as
    the best one: its NDCG@10 is `CLOSE` to it.

    In units of the ratings. Of lists that find equally much, people believe the one with the higher ratings expected: on
    ml-latest-small it halves the share of recommendations with an estimate below 3, and the NDCG@10 of the test set is
    that of the best weight.
    """
    weights = [weight / parts.std for weight in ESTIMATE_WEIGHTS]
    reached = np.array(
        [
            ranking_scores(replace(trained, estimate_weight=weight).user_scores, parts)["validation/ndcg@10"]
            for weight in weights
        ]
    )
    return weights[int(np.flatnonzero(reached >= CLOSE * reached.max())[-1])] if reached.max() > 0 else 0.0


def ranking_counts(prepared: RatingsParts, name: PartName, n_ranked: int) -> pd.DataFrame:
    """Return who and what was ranked on a part, and what was left out, as rows "number" and "what"."""
    part = prepared.parts[name]
    is_relevant, is_known = part.rating >= prepared.relevant_from, part.user >= 0
    relevant = is_relevant & is_known
    with_relevant, from_what = len(np.unique(part.user[relevant])), "rated high" if prepared.is_explicit else "held out"
    seen = "the training and validation set" if name == "test" else "the training set"
    beyond = max(0, with_relevant - MAX_TEST_USERS)
    rows = {
        "Items ranked for each user: all that have a vector": len(prepared.items),
        f"Users ranked: those with an item {from_what} in the {name} set": n_ranked,
        f"Users left out: no item {from_what}, or every item that is left is one": len(np.unique(part.user[is_known]))
        - n_ranked
        - beyond,
        f"Users beyond the {MAX_TEST_USERS:,} that are drawn": beyond,
        f"Items {from_what}, to be found": int(relevant.sum()),
        "Of these not trained on, which count as missed": int((relevant & (part.item < 0)).sum()),
        "Ratings of users who were not trained on, left out": int((~is_known).sum()),
        f"Pairs left out of the lists: those of {seen}": len(prepared.seen(name)),
    }
    return pd.DataFrame({"number": list(rows.values()), "what": list(rows)})


def rank_part(scorer: Scorer, prepared: RatingsParts, name: PartName, max_users: int) -> dict[str, float]:
    """Return "ndcg@10", "recall@10" and "mrr" of ranking all items for the users of a part; empty where none is relevant."""
    found = _ranked(scorer, prepared, name, max_users)
    return found.scores() if found else {}


def _ranked(scorer: Scorer, prepared: RatingsParts, name: PartName, max_users: int) -> Ranking | None:
    seen, relevant = prepared.seen(name), prepared.relevant(name)
    pairs = (seen.user, seen.item), (relevant.user, relevant.item)
    return measure_ranking(scorer, *pairs, len(prepared.users), max_users=max_users, seed=prepared.split.seed)


def evaluate_ratings(trained: TrainedRatings, prepared: RatingsParts) -> Evaluation:
    """Return the scores on the validation set and, once, on the test set, beside the mean and the most popular items.

    Where the table has columns of groups, the purity of neighbourhoods too: "user/knn_purity@10/COLUMN".
    """
    final, measured = prepared.final, prepared.split.measured
    part, frames = prepared.parts[measured], {}
    metrics = dict(trained.validation) or validation_scores(trained, prepared)
    if prepared.is_explicit:
        estimates, _ = estimates_of(trained, prepared, measured)
        metrics |= of_part(measured, error_scores(estimates, part.rating))
        metrics |= of_part("baseline", error_scores(np.full(len(part), final.mean), part.rating))
        popularity = np.append(final.item_counts, 0)[part.item]
        frames = {
            "popularity": _errors_by_popularity(popularity, estimates, part.rating),
            "errors": errors_by_bin("rating", _rating_bins(part.rating), estimates, part.rating),
        }
    ranking = _ranked(trained.user_scores, prepared, measured, MAX_TEST_USERS)
    metrics |= of_part(measured, ranking.scores() if ranking else {})
    frames["ranking"] = ranking_counts(prepared, measured, ranking.users if ranking else 0)
    metrics |= of_part("baseline", rank_part(popularity_scorer(final), prepared, measured, MAX_TEST_USERS))
    spaces = trained.spaces()
    purity = purity_by_column({name: spaces[name] for name in ("item", "user")}, N_NEIGHBORS)
    if len(purity):
        frames["groups"] = purity
        for space, column, share, chance in purity[["space", "column", "share", "chance"]].itertuples(index=False):
            name = f"{space}/knn_purity@{N_NEIGHBORS}/{column}"
            metrics |= {name: share, f"{name}/chance": chance}
    primary = "rmse" if prepared.is_explicit else "ndcg@10"
    return Evaluation(primary, metrics, _protocol(trained, prepared), frames)


def estimates_of(trained: TrainedRatings, prepared: RatingsParts, name: PartName) -> tuple[np.ndarray, np.ndarray]:
    """Return the estimates of a part (n,), and which come from the columns of an unknown user or item, (n,) bool."""
    part = prepared.parts[name]
    return trained.estimates(part.user, part.item, prepared.given.reindex(prepared.split.part(name)))


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
    if trained.ranking is not None:
        details["ranking_penalty"] = round(trained.ranking.penalty, 4)
    if trained.has_both and trained.ridge is not None:
        details["penalty"] = round(trained.ridge.penalty / prepared.final.std, 3)
        details["estimate_weight"] = round(trained.estimate_weight * prepared.std, 3)
        details["estimate_weight_tuned"] = trained.settings.estimate_weight is None
    if trained.described and unknown.any():
        details["pairs_by_columns"] = int(estimates_of(trained, prepared, prepared.split.measured)[1].sum())
    details["refitted"] = bool(trained.validation)
    return Protocol.of(prepared.split, "ratings", **details)


def popularity_scorer(prepared: RatingsParts) -> Scorer:
    """Return the same scores for all users: the training ratings of each item."""
    counts = prepared.item_counts.astype(np.float32)
    return lambda users: np.broadcast_to(counts, (len(users), len(counts)))


def of_part(part: str, scores: dict[str, float]) -> dict[str, float]:
    """Return scores under the name of their part."""
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
