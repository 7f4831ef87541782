"""What a ranking by estimates adds for items that many have rated.

An estimate says how much somebody would like an item once they have it; a ranking is measured by what they take and
like. Items that many took are more likely to be taken, and the estimates of those that few rated tell least. So a
ranking adds to the estimate a strength, in deviations of the ratings, times log(1 + ratings of the item): 0 ranks by the
estimate alone, and the greater it is the nearer the order comes to the most popular items first. The strength that ranks
the validation part best is taken; the estimates themselves stay as they are.

Letters: I items.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from embedviz.models.ratings import scores
from embedviz.models.ratings.factors import Factors
from embedviz.models.ratings.parts import RatingsParts

STRENGTHS = (0.0, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
USERS = 1_000  # ranked at most for each


def with_appeal(factors: Factors, parts: RatingsParts, strength: float) -> Factors:
    """The factors with what their ranking adds for each item."""
    counts = np.bincount(parts.train.item, minlength=len(parts.items))
    return replace(factors, appeal=(strength * parts.train.rating.std() * np.log1p(counts)).astype(np.float32))


def suitable_strength(factors: Factors, parts: RatingsParts, seed: int) -> float:
    """The one of STRENGTHS that ranks the validation part best by NDCG@10; the least of those that do equally well."""
    reached = [
        scores.ranking(with_appeal(factors, parts, s), parts, "validation", seed, USERS)["validation/ndcg@10"]
        for s in STRENGTHS
    ]
    return STRENGTHS[int(np.argmax(reached))]
