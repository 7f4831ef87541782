"""The vectors of users and of items as spaces, with what is known of each beside them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from embedviz.models.ratings.entities import Entities
from embedviz.models.ratings.factors import Factors
from embedviz.space import EmbeddingSpace


def spaces_of(
    factors: Factors, users: Entities, items: Entities, rated: Mapping[str, np.ndarray], explicit: bool
) -> dict[str, EmbeddingSpace]:
    """ "item" and "user": vectors with bias, count and mean rating in training, id, and the table's own columns. rated:
    arrays user, item, rating, trained (n,); explicit: there are ratings."""
    trained = rated["trained"].astype(bool)
    found = {}
    for name, entities, vectors, bias in (("item", items, factors.Q, factors.item_bias), ("user", users, factors.P, factors.user_bias)):  # fmt: skip
        places, n = rated[name][trained], len(entities)
        counts = np.bincount(places, minlength=n)
        columns: dict[str, Any] = {"count": counts}
        if explicit:
            sums = np.bincount(places, rated["rating"][trained], n)
            lean = bias if bias.any() else getattr(factors.fallback, name)
            columns |= {"mean rating": (sums / np.maximum(counts, 1)).round(3), "bias": lean.astype(np.float32)}
        elif name == "item":
            columns["bias"] = bias
        if entities.labels != entities.ids:
            columns["id"] = entities.ids
        frame = pd.concat([pd.DataFrame(columns), entities.columns.reset_index(drop=True)], axis=1)
        found[name] = EmbeddingSpace(entities.labels, vectors, frame, name)
    return found
