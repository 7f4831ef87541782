"""Ratings ready to be learned from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from embedviz.core.cost import Cost, Machine
from embedviz.core.errors import DataError
from embedviz.data.splits import Split
from embedviz.models.ratings.cost import estimate_cost
from embedviz.models.ratings.entities import Entities
from embedviz.models.ratings.learner import RatingsLearner
from embedviz.models.ratings.parts import RatingsParts
from embedviz.models.ratings.settings import Method, RatingsSettings
from embedviz.models.ratings.table import RatingsTable
from embedviz.models.ratings.trained import Ratings
from embedviz.training.devices import Device


@dataclass(frozen=True, eq=False)
class PreparedRatings(RatingsParts):
    """A split table of ratings, and how it is learned from (embedviz.training.protocols.Prepared)."""

    def cost(self, settings: RatingsSettings, machine: Machine) -> Cost:
        """Return what the training ahead will take."""
        sizes = len(self.ratings), len(self.train), len(self.users), len(self.items)
        return estimate_cost(settings, self.method, *sizes, machine)

    def learner(self, settings: RatingsSettings, device: Device, threads: int) -> RatingsLearner:
        """Return a learner at its beginning.

        als runs on the CPU whatever the device: it is done in the time that a GPU takes to start.
        """
        return RatingsLearner(self, settings.resolved(self.method, len(self.train)), device, threads)


def prepare_ratings(table: RatingsTable, method: Method, split: Split) -> PreparedRatings:
    """Return a split table, its users and items reduced to those of the training part.

    Raises
    ------
    DataError
        If too little is left to train on.
    """
    users, user = _of_training(table.users, table.user, split)
    items, item = _of_training(table.items, table.item, split)
    rating = np.ones(len(user)) if table.rating is None or method == "bpr" else table.rating
    excluded = {"missing": table.missing, "infinite": table.infinite, "duplicates": table.duplicates}
    prepared = PreparedRatings(method, split, Ratings(user, item, rating), users, items, table.columns, excluded)
    if len(users) < 2 or len(items) < 2:
        raise DataError("Too few ratings are left to train on. Keep smaller shares apart, or bring more ratings.")
    low, high = prepared.scale
    if prepared.is_explicit and low == high:
        raise DataError(f"All ratings to train on are {low:g}, so there is nothing to learn. Bring more ratings.")
    return prepared


def _of_training(entities: Entities, codes: np.ndarray, split: Split) -> tuple[Entities, np.ndarray]:
    """Return the entities of the training part, and each row's place among them, -1 for the others."""
    present = np.unique(codes[split.train])
    places = np.full(len(entities), -1, np.int64)
    places[present] = np.arange(len(present))
    return entities.take(present), places[codes]
