"""Ratings ready to be learned from: split, and counted by the training part alone.

Letters: N ratings, n ratings of a part, U users and I items of the training part.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from embedviz.core.cost import Cost, Machine
from embedviz.core.errors import DataError
from embedviz.data.splits import PART_NAMES, PartName, Split
from embedviz.models.ratings.biases import Biases, fit_biases
from embedviz.models.ratings.cost import estimate_cost
from embedviz.models.ratings.entities import Entities
from embedviz.models.ratings.settings import Method, RatingsSettings
from embedviz.models.ratings.table import RatingsTable
from embedviz.models.ratings.trained import Ratings, TrainedRatings
from embedviz.training.devices import Device
from embedviz.training.learner import IterativeLearner

MAX_TRAIN_SAMPLE = 20_000  # training ratings that are measured with the validation part
RELEVANT_SHARE = 0.75  # of the way from the lowest to the highest rating: from there on an item counts as relevant


@dataclass(frozen=True, eq=False)
class PreparedRatings:
    """A split table of ratings (embedviz.training.protocols.Prepared).

    Attributes
    ----------
    method
        Of training.
    split
        Of the N ratings.
    ratings
        All N; users and items are places among those of the training part, -1 for others.
    users, items
        Of the training part.
    columns
        role -> column.
    excluded
        Rows that the table lost: "missing", "infinite", "duplicates".
    """

    method: Method
    split: Split
    ratings: Ratings
    users: Entities
    items: Entities
    columns: dict[str, str]
    excluded: dict[str, int]

    @property
    def is_explicit(self) -> bool:
        """Whether there are ratings to estimate."""
        return self.method != "bpr"

    @cached_property
    def parts(self) -> dict[PartName, Ratings]:
        """The ratings of each part."""
        return {name: self.ratings.take(self.split.part(name)) for name in PART_NAMES}

    @property
    def train(self) -> Ratings:
        """The training part; it knows all its users and items."""
        return self.parts["train"]

    @cached_property
    def train_sample(self) -> Ratings:
        """Ratings of the training part that are measured beside the validation part."""
        order = np.random.default_rng(self.split.seed).permutation(len(self.train))
        return self.train.take(order[:MAX_TRAIN_SAMPLE])

    @cached_property
    def scale(self) -> tuple[float, float]:
        """The lowest and the highest rating of the training part."""
        return float(self.train.rating.min()), float(self.train.rating.max())

    @cached_property
    def mean(self) -> float:
        """Of the training part."""
        return float(self.train.rating.mean())

    @cached_property
    def std(self) -> float:
        """Standard deviation of the training part."""
        return float(self.train.rating.std())

    @cached_property
    def biases(self) -> Biases:
        """Of the training part."""
        return fit_biases(self.train.user, self.train.item, self.train.rating, len(self.users), len(self.items))

    @cached_property
    def item_counts(self) -> np.ndarray:
        """(I,) int64, training ratings of each item."""
        return np.bincount(self.train.item, minlength=len(self.items))

    @property
    def relevant_from(self) -> float:
        """The rating from which an item counts as relevant to the user."""
        low, high = self.scale
        return low + RELEVANT_SHARE * (high - low) if self.is_explicit else 1.0

    def relevant(self, name: PartName) -> Ratings:
        """Return the ratings of a part in which a known user rates an item high."""
        part = self.parts[name]
        return part.take((part.user >= 0) & (part.rating >= self.relevant_from))

    def seen(self, name: PartName) -> Ratings:
        """Return what is left out when a part is ranked: the training part; before the test part validation too."""
        if name != "test":
            return self.train
        rows = np.r_[self.split.train, self.split.validation]
        return self.ratings.take(rows[self.ratings.is_known[rows]])

    def cost(self, settings: RatingsSettings, machine: Machine) -> Cost:
        """Return what the training ahead will take."""
        sizes = len(self.ratings), len(self.users), len(self.items)
        return estimate_cost(settings, self.method, *sizes, machine)

    def learner(self, settings: RatingsSettings, device: Device, threads: int) -> IterativeLearner[TrainedRatings]:
        """Return a learner at its beginning.

        als runs on the CPU whatever the device: it is done in the time that a GPU takes to start.
        """
        from embedviz.models.ratings.learner import RatingsLearner

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
