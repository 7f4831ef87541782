"""A split table of ratings as training sees it: places among the users and items of the training part alone.

Letters: n ratings of a part, U users and I items of the training part.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from embedviz.core.errors import DataError
from embedviz.data.splits import TEST, TRAIN, VALIDATION
from embedviz.models.ratings.biases import Biases, fit_biases
from embedviz.models.ratings.entities import Entities
from embedviz.models.ratings.table import RatingsTable

UPPER = 0.75  # of the way from the lowest to the highest rating: from there on an item is one that the user wants


@dataclass(frozen=True)
class Part:
    """user, item (n,) int64: places, -1 for one that the training part does not have. rating (n,) float64, 1 where
    the table has none."""

    user: np.ndarray
    item: np.ndarray
    rating: np.ndarray

    def __len__(self) -> int:
        return len(self.user)

    def take(self, which: np.ndarray) -> Part:
        return Part(self.user[which], self.item[which], self.rating[which])

    @property
    def known(self) -> np.ndarray:
        """(n,) bool: both the user and the item are known."""
        return (self.user >= 0) & (self.item >= 0)


@dataclass(frozen=True)
class RatingsParts:
    """train, validation and test; users and items of the training part; explicit: there are ratings to predict."""

    train: Part
    validation: Part
    test: Part
    users: Entities
    items: Entities
    explicit: bool

    @cached_property
    def scale(self) -> tuple[float, float]:
        """The lowest and the highest rating of the training part."""
        return float(self.train.rating.min()), float(self.train.rating.max())

    @cached_property
    def biases(self) -> Biases:
        """Of the training part."""
        return fit_biases(*self._train_arrays, len(self.users), len(self.items))

    @property
    def _train_arrays(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        return self.train.user, self.train.item, self.train.rating

    @property
    def wanted_from(self) -> float:
        """The rating from which an item counts as one that the user wants."""
        low, high = self.scale
        return low + UPPER * (high - low) if self.explicit else 1.0

    def wanted(self, part: Part) -> Part:
        """The rows of a part in which a known user rates an item high."""
        return part.take((part.user >= 0) & (part.rating >= self.wanted_from))

    def seen_before(self, part: Part) -> Part:
        """What is left out when a part is ranked: the training part, and for the test part the validation part too."""
        if part is not self.test:
            return self.train
        both = zip(vars(self.train).values(), vars(self.validation).values(), strict=True)
        seen = Part(*(np.concatenate(pair) for pair in both))
        return seen.take(seen.known)


def parts_of(table: RatingsTable, part: np.ndarray, explicit: bool) -> RatingsParts:
    """The table split as part (n,) says; users and items are those that the training part has."""
    training = part == TRAIN
    users, user = _places(table.user, training, table.users)
    items, item = _places(table.item, training, table.items)
    rating = table.rating if explicit else np.ones(len(user))
    whole = Part(user, item, rating)
    parts = RatingsParts(*(whole.take(part == p) for p in (TRAIN, VALIDATION, TEST)), users, items, explicit)
    if len(users) < 2 or len(items) < 2:
        raise DataError("Too few ratings are left to train on. Keep smaller shares apart, or bring more ratings.")
    if explicit and parts.scale[0] == parts.scale[1]:
        raise DataError(
            f"All ratings to train on are {parts.scale[0]:g}, so there is nothing to tell apart. Bring more ratings."
        )
    return parts


def _places(codes: np.ndarray, training: np.ndarray, entities: Entities) -> tuple[Entities, np.ndarray]:
    """The entities that occur in training, and each row's place among them, -1 for the others."""
    there = np.unique(codes[training])
    place = np.full(len(entities), -1, np.int64)
    place[there] = np.arange(len(there))
    kept = Entities(
        [entities.ids[i] for i in there],
        [entities.labels[i] for i in there],
        entities.columns.iloc[there].reset_index(drop=True),
    )
    return kept, place[codes]
