"""The popularity prior: what a ranking by estimates adds for items that many have rated.

An estimate says how much somebody would like an item once they have it; a ranking is measured by what they take and
like. Items that many took are more likely to be taken, and the estimates of those that few rated are the least certain.
So a ranking adds to the estimate a weight times the ratings' standard deviation times log(1 + ratings of the item): 0
ranks by the estimate alone, and the greater the weight, the nearer the order comes to the most popular items first. The
weight that ranks the validation part best is taken; the estimates themselves stay as they are.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from embedviz.models.ratings.evaluation import rank_part
from embedviz.models.ratings.factors import Factors
from embedviz.models.ratings.parts import RatingsParts
from embedviz.models.ratings.settings import MAX_TUNING_USERS, POPULARITY_WEIGHTS


def with_popularity_prior(factors: Factors, prepared: RatingsParts, weight: float) -> Factors:
    """Return the factors with a popularity prior of this weight."""
    prior = weight * prepared.std * np.log1p(prepared.item_counts)
    return replace(factors, popularity_prior=prior.astype(np.float32))


def tune_popularity_weight(factors: Factors, prepared: RatingsParts) -> float:
    """Return the one of POPULARITY_WEIGHTS that ranks the validation part best by NDCG@10; the least of equally good ones."""
    reached = [
        rank_part(
            with_popularity_prior(factors, prepared, weight).user_scores, prepared, "validation", MAX_TUNING_USERS
        )
        for weight in POPULARITY_WEIGHTS
    ]
    return POPULARITY_WEIGHTS[int(np.argmax([scores.get("ndcg@10", 0.0) for scores in reached]))]
