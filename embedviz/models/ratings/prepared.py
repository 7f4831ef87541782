"""Ratings ready to be learned from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from embedviz.core.cost import Cost, Machine
from embedviz.core.errors import DataError
from embedviz.data.splits import Split
from embedviz.models.ratings.cost import estimate_cost
from embedviz.models.ratings.entities import Entities
from embedviz.models.ratings.learner import RatingsLearner
from embedviz.models.ratings.parts import RatingsParts
from embedviz.models.ratings.settings import RANKING_METHODS, Method, RatingsSettings
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


def prepare_ratings(table: RatingsTable, method: Method, split: Split, refit: bool = False) -> PreparedRatings:
    """Return a split table, its users and items reduced to those that are trained on.

    refit: the validation set is to be trained on in the end; where the method does that, and a test set is left to measure.

    Raises
    ------
    DataError
        If too little is left to train on.
    """
    refits = refit and method in ("als", "ials") and len(split.test) > 0 and len(split.validation) > 0
    rows = np.union1d(split.train, split.validation) if refits else split.train
    users, user = _of_rows(table.users, table.user, rows)
    items, item = _of_rows(table.items, table.item, rows)
    unknown = np.flatnonzero((user < 0) | (item < 0))
    given = pd.concat(
        [
            entities.columns.iloc[codes[unknown]].set_axis(unknown)
            for entities, codes in ((table.users, table.user), (table.items, table.item))
        ],
        axis=1,
    )
    given = given.loc[:, ~given.columns.duplicated()]
    rating = np.ones(len(user)) if table.rating is None or method in RANKING_METHODS else table.rating
    excluded = {"missing": table.missing, "infinite": table.infinite, "duplicates": table.duplicates}
    prepared = PreparedRatings(
        method, split, Ratings(user, item, rating), users, items, table.columns, excluded, refits, given
    )
    if len(users) < 2 or len(items) < 2:
        raise DataError("Too few ratings are left to train on. Keep smaller shares apart, or bring more ratings.")
    low, high = prepared.scale
    if prepared.is_explicit and low == high:
        raise DataError(f"All ratings to train on are {low:g}, so there is nothing to learn. Bring more ratings.")
    return prepared


def _of_rows(entities: Entities, codes: np.ndarray, rows: np.ndarray) -> tuple[Entities, np.ndarray]:
    """Return the entities of some rows, and each row's place among them, -1 for the others."""
    present = np.unique(codes[rows])
    places = np.full(len(entities), -1, np.int64)
    places[present] = np.arange(len(present))
    return entities.take(present), places[codes]
