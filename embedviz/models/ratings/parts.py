"""Ratings in three parts, and what is counted by the training set alone.

Letters: N ratings, n ratings of a part, U users and I items of the training set.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd

from embedviz.data.part_names import PART_NAMES, PartName
from embedviz.data.splits import Split
from embedviz.models.ratings.biases import Biases, fit_biases
from embedviz.models.ratings.describing_columns import DescribingColumns
from embedviz.models.ratings.entities import Entities
from embedviz.models.ratings.settings import RANKING_METHODS, Method
from embedviz.models.ratings.trained import Ratings

MAX_TRAIN_SAMPLE = 20_000  # training ratings that are measured with the validation set
RELEVANT_SHARE = 0.75  # of the way from the lowest to the highest rating: from there on an item counts as relevant


@dataclass(frozen=True, eq=False)
class RatingsParts:
    """A split table of ratings.

    Attributes
    ----------
    method
        Of training.
    split
        Of the N ratings.
    ratings
        All N; users and items are places among those that get a vector, -1 for others.
    users, items
        That get a vector: those of the training set, and of the validation set where it is trained on in the end.
    columns
        role -> column.
    excluded
        Rows that the table lost: "missing", "infinite", "duplicates".
    refits
        Whether the validation set is trained on in the end.
    given
        The columns that describe the user and the item of each rating where one of the two gets no vector, a row each; its
        index holds their places among the N.
    """

    method: Method
    split: Split
    ratings: Ratings
    users: Entities
    items: Entities
    columns: dict[str, str]
    excluded: dict[str, int]
    refits: bool = False
    given: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def is_explicit(self) -> bool:
        """True when there are ratings to estimate."""
        return self.method not in RANKING_METHODS

    @cached_property
    def parts(self) -> dict[PartName, Ratings]:
        """The ratings of each part."""
        return {name: self.ratings.take(self.split.part(name)) for name in PART_NAMES}

    @property
    def train(self) -> Ratings:
        """The training set; it knows all its users and items."""
        return self.parts["train"]

    @cached_property
    def final(self) -> RatingsParts:
        """What is trained on in the end: these parts, with the validation set in the training set where it is refitted."""
        if not self.refits:
            return self
        split = self.split
        rows = np.union1d(split.train, split.validation)
        merged = replace(split, train=rows, validation=split.validation[:0])
        return replace(self, split=merged, refits=False)

    @cached_property
    def train_sample(self) -> Ratings:
        """Ratings of the training set that are measured beside the validation set."""
        order = np.random.default_rng(self.split.seed).permutation(len(self.train))
        return self.train.take(order[:MAX_TRAIN_SAMPLE])

    @cached_property
    def scale(self) -> tuple[float, float]:
        """The lowest and the highest rating of the training set."""
        return float(self.train.rating.min()), float(self.train.rating.max())

    @cached_property
    def mean(self) -> float:
        """Of the training set."""
        return float(self.train.rating.mean())

    @cached_property
    def std(self) -> float:
        """Standard deviation of the training set."""
        return float(self.train.rating.std())

    @cached_property
    def biases(self) -> Biases:
        """Of the training set."""
        return fit_biases(self.train.user, self.train.item, self.train.rating, len(self.users), len(self.items))

    @cached_property
    def item_counts(self) -> np.ndarray:
        """(I,) int64, training ratings of each item."""
        return np.bincount(self.train.item, minlength=len(self.items))

    @cached_property
    def user_columns(self) -> DescribingColumns:
        """Features of the columns that describe users."""
        return DescribingColumns.fit(self.users.columns)

    @cached_property
    def item_columns(self) -> DescribingColumns:
        """Features of the columns that describe items."""
        return DescribingColumns.fit(self.items.columns)

    @cached_property
    def user_features(self) -> np.ndarray:
        """Those features of the users, (U, F + 1) float32."""
        return self.user_columns.encode(self.users.columns)

    @cached_property
    def item_features(self) -> np.ndarray:
        """Those features of the items, (I, F + 1) float32."""
        return self.item_columns.encode(self.items.columns)

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
        """Return what is left out when a part is ranked: the training set; before the test set validation too.

        A pair that the part has as well, where a column gives the split, is not left out.
        """
        seen, part = self.train, self.parts[name]
        if name == "test":
            rows = np.r_[self.split.train, self.split.validation]
            seen = self.ratings.take(rows[self.ratings.is_known[rows]])
        if not self.split.column:
            return seen  # each pair is in one part
        n = len(self.items) + 1  # -1 is an item of its own
        return seen.take(~np.isin(seen.user * n + seen.item, part.user * n + part.item % n))
