"""The layers of a trained ratings model."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from embedviz.models.ratings.describing_columns import DescribedRows
from embedviz.models.ratings.entities import Entities
from embedviz.models.ratings.factors import Factors
from embedviz.models.ratings.ranking import Ranking
from embedviz.training.architecture import Architecture, Layer, Network, Shape, lookup_branch

COMBINATION = (
    "Ratings are estimated by the estimates. Recommendations are ordered by the ranking score plus a weighted estimate."
)


def ratings_architecture(
    users: Entities,
    items: Entities,
    factors: Factors | None,
    ranking: Ranking | None,
    described: Mapping[str, DescribedRows],
) -> Architecture:
    """Return the layers of what ranks, of what estimates ratings, and of what replaces unknown users and items.

    Parameters
    ----------
    users, items
        With a vector.
    factors, ranking
        None for what the model lacks.
    described
        Maps from describing columns, by role.
    """
    networks: list[Network] = []
    if ranking is not None:
        networks.append(
            Network(
                "Ranking" if factors else "",
                [_branch("user", users, "ranking.P", ranking.P), _branch("item", items, "ranking.Q", ranking.Q)],
                [Layer("dot product", "ranking score")],
            )
        )
    if factors is not None:
        biases = [name for name, bias in (("user", factors.user_bias), ("item", factors.item_bias)) if bias.any()]
        scale = "score" if factors.scale is None else f"rating, {factors.scale[0]:g} to {factors.scale[1]:g}"
        added = " + mean" if factors.mean else ""
        networks.append(
            Network(
                "Estimates" if ranking else "",
                [
                    _branch("user", users, "factors.P", factors.P, factors.user_bias),
                    _branch("item", items, "factors.Q", factors.Q, factors.item_bias),
                ],
                [Layer(f"dot product{''.join(f' + {name} bias' for name in biases)}{added}", scale)],
            )
        )
    for role, rows in described.items():
        n_features, n_outputs = rows.weights.shape
        columns = Layer(f"columns of {'an item' if role == 'item' else 'a user'}", f"{n_features:,} features")
        mapped = Layer(
            "linear map",
            f"row of {n_outputs - 1:,} numbers and a bias",
            {f"described.{role}.weights": rows.weights.shape},
        )
        networks.append(Network(f"{role.capitalize()}s without ratings", [[columns]], [mapped]))
    return Architecture(networks, COMBINATION if factors and ranking else "")


def _branch(what: str, entities: Entities, name: str, table: np.ndarray, bias: np.ndarray | None = None) -> list[Layer]:
    more: dict[str, Shape] = {} if bias is None or not bias.any() else {f"factors.{what}_bias": bias.shape}
    return lookup_branch(what, entities.labels[0], 0, name, (len(table), table.shape[1]), **more)
