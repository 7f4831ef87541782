"""A trained ratings model: what somebody would give an item, and what to recommend to whom, with reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from numbers import Integral, Real
from typing import Any

import numpy as np
import pandas as pd

from embedviz.core.archive import Archived
from embedviz.core.errors import DataError, SettingsError
from embedviz.data.category_names import class_name
from embedviz.models.ratings.entities import Entities
from embedviz.models.ratings.factors import Factors
from embedviz.models.ratings.fold_in import FoldedIn, Ridge, fold_in
from embedviz.models.ratings.pairs import read_pairs
from embedviz.models.ratings.settings import Method, RatingsSettings
from embedviz.space import EmbeddingSpace
from embedviz.training.protocols import Reason

MAX_REASONS = 3  # rated items named with a prediction
RANKING_NOTE = "A ranking score, not a rating."


@dataclass(frozen=True, eq=False)
class Ratings:
    """Ratings as arrays of user, item and value.

    Attributes
    ----------
    user, item
        (n,) int64 places; -1 for one that the training part does not have.
    rating
        (n,) float64; 1 where there are no ratings.
    """

    user: np.ndarray
    item: np.ndarray
    rating: np.ndarray

    def __len__(self) -> int:
        return len(self.user)

    def take(self, rows: np.ndarray | slice) -> Ratings:
        """Return these rows."""
        return Ratings(self.user[rows], self.item[rows], self.rating[rows])

    @property
    def is_known(self) -> np.ndarray:
        """(n,) bool: the training part has both the user and the item."""
        return (self.user >= 0) & (self.item >= 0)


@dataclass(frozen=True)
class RatingsForm:
    """Columns and scale of a page's form for predictions.

    Attributes
    ----------
    columns
        role -> column of the training.
    scale
        The lowest and the highest rating; None where items are ranked without ratings.
    """

    columns: dict[str, str]
    scale: tuple[float, float] | None


@dataclass(frozen=True, eq=False)
class TrainedRatings(Archived):
    """A trained ratings model (embedviz.training.protocols.Recommender).

    Attributes
    ----------
    settings, method
        Of the training.
    columns
        role -> column.
    users, items
        Of the training part.
    factors
        What estimates are made of.
    ridge
        What folds in a user.
    rated
        All that known users rated, by user: the training part, which folding in reads, and the other parts, which are
        only left out of recommendations.
    weights
        (n,) float32 of `rated` when a user is folded in; 0 for ratings of other parts than the training part.
    popularity_weight
        Of the popularity prior in the factors.
    """

    settings: RatingsSettings
    method: Method
    columns: dict[str, str]
    users: Entities
    items: Entities
    factors: Factors
    ridge: Ridge
    rated: Ratings
    weights: np.ndarray
    popularity_weight: float = 0.0

    def form(self) -> RatingsForm:
        """Return what a page needs to ask for predictions."""
        return RatingsForm(self.columns, self.factors.scale)

    def spaces(self) -> dict[str, EmbeddingSpace]:
        """Return "item" and "user": vectors with bias, count and mean rating in training, id, and the metadata."""
        return self._spaces

    @cached_property
    def _spaces(self) -> dict[str, EmbeddingSpace]:
        f, rated = self.factors, self.rated.take(self.weights > 0)
        spaces: dict[str, EmbeddingSpace] = {}
        for name, entities, vectors, bias, fallback, places in (
            ("item", self.items, f.Q, f.item_bias, f.fallback.item, rated.item),
            ("user", self.users, f.P, f.user_bias, f.fallback.user, rated.user),
        ):
            counts = np.bincount(places, minlength=len(entities))
            columns: dict[str, np.ndarray | list[str]] = {"count": counts}
            if self.is_explicit:
                sums = np.bincount(places, rated.rating, len(entities))
                columns["mean rating"] = (sums / np.maximum(counts, 1)).round(3)
            if self.is_explicit or name == "item":
                columns["bias"] = (bias if bias.any() else fallback).astype(np.float32)
            if entities.labels != entities.ids:
                columns["id"] = entities.ids
            frame = pd.concat([pd.DataFrame(columns), entities.columns], axis=1)
            spaces[name] = EmbeddingSpace(
                entities.labels, vectors, frame, name, kind="item" if name == "item" else "user"
            )
        return spaces

    @property
    def is_explicit(self) -> bool:
        """True when estimates are ratings; otherwise they are scores to rank by."""
        return self.factors.scale is not None

    def predict(self, rows: pd.DataFrame | Sequence[Any], explain: bool = False) -> pd.DataFrame:
        """Return an estimate for each pair of user and item.

        Parameters
        ----------
        rows
            A frame or dicts with the columns of the training, or pairs.
        explain
            Add a column "reasons": for each row a list of ``{"feature": str, "contribution": float}``: the mean, the
            biases, and the rated items that weigh most, "liked …" or "disliked …" before their names.

        Returns
        -------
        pandas.DataFrame
            user, item, prediction, note.
        """
        users, items = read_pairs(rows, self.columns)
        user = np.array([self.users.places.get(name, -1) for name in users], np.int64)
        item = np.array([self.items.places.get(name, -1) for name in items], np.int64)
        frame = pd.DataFrame({"user": users, "item": items, "prediction": self.factors.predict(user, item)})
        notes = [self._note(*row) for row in zip(users, items, user, item, strict=True)]
        frame["note"] = pd.Series(notes, dtype=object)
        if explain:
            frame["reasons"] = [self._reasons_of_estimate(int(u), int(i)) for u, i in zip(user, item, strict=True)]
        return frame

    def recommend(
        self, user: str | None = None, rated: Mapping[str, float] | None = None, k: int = 10, explain: bool = True
    ) -> pd.DataFrame:
        """Return the k best items that a user has not rated, by the estimate and the popularity prior.

        Parameters
        ----------
        user
            One of the training, by id or label.
        rated
            What somebody new gives some items, by id or label; any number where the model has no ratings.
        k
            Items to recommend.
        explain
            Add a column "reasons": for each item a list of ``{"feature": item, "contribution": float}``, the liked items
            (rated at least at the user's own mean and at the overall one) that contribute most; empty where nothing is
            liked.

        Returns
        -------
        pandas.DataFrame
            label, prediction, note, and the columns of the item space.
        """
        if not isinstance(k, Integral) or k < 1:
            raise SettingsError(f"k has to be a whole number, 1 or more; got {k!r}.")
        if (user is None) == (rated is None):
            raise SettingsError("Recommendations are for a user of the training, or for somebody new who rated items.")
        f = self.factors
        if user is not None:
            place = self._place("user", user)
            seen = self.rated.item[self._rows_of(place)]
            bias, vector = float(f.user_bias[place]), f.P[place]
            folded, items, ratings = self._fold_in(place)
        else:
            seen, ratings = items, ratings = self._read_rated(rated)
            folded = fold_in(f, self.ridge, items, ratings)
            bias, vector = folded.bias, folded.vector.astype(np.float32)
        scores = f.ranking_scores(vector)
        scores[seen] = -np.inf
        best = np.argsort(-scores, kind="stable")[: min(k, int(np.isfinite(scores).sum()))]
        estimates = f.mean + bias + (f.Q[best] @ vector + f.item_bias[best]).astype(np.float64)
        frame = pd.DataFrame({"label": [self.items.labels[i] for i in best], "prediction": f.clip(estimates)})
        frame["note"] = "" if self.is_explicit else RANKING_NOTE
        frame = pd.concat([frame, self._spaces["item"].columns.iloc[best].reset_index(drop=True)], axis=1)
        if explain:
            is_liked = self._is_liked(ratings)
            shares, liked = folded.shares[is_liked], items[is_liked]
            frame["reasons"] = [self._reasons_of_item(shares, liked, int(i)) for i in best]
        return frame

    def _note(self, user: str, item: str, u: int, i: int) -> str:
        who, what = "" if u >= 0 else f"user {user!r}", "" if i >= 0 else f"item {item!r}"
        unknown = who or what
        if who and what:
            unknown, estimate = f"{who} and {what}", "the mean of all ratings"
        else:
            estimate = f"the mean of the {'item' if who else 'user'}, shrunk towards the overall mean"
        if not self.is_explicit:
            return f"{RANKING_NOTE} Not in the training set: {unknown}." if unknown else RANKING_NOTE
        return f"Not in the training set: {unknown}. The estimate is {estimate}." if unknown else ""

    def _reasons_of_estimate(self, u: int, i: int) -> list[Reason]:
        """Return what adds up to an estimate: the mean, both biases, and the rated items that weigh most in the rest."""
        f, is_known = self.factors, u >= 0 and i >= 0
        user_bias, item_bias = (f.user_bias, f.item_bias) if is_known else (f.fallback.user, f.fallback.item)
        reasons = [_reason("mean of all ratings", f.mean if is_known else f.fallback.mean)] if self.is_explicit else []
        if u >= 0 and user_bias.any():
            reasons.append(_reason(f"user {self.users.labels[u]}", user_bias[u]))
        if i >= 0 and item_bias.any():
            reasons.append(_reason(f"item {self.items.labels[i]}", item_bias[i]))
        if is_known:
            folded, items, ratings = self._fold_in(u)
            contributions, is_liked = folded.shares @ f.Q[i], self._is_liked(ratings)
            for j in np.argsort(-np.abs(contributions), kind="stable")[:MAX_REASONS]:
                verb = ("liked" if is_liked[j] else "disliked") if self.is_explicit else "has"
                reasons.append(_reason(f"{verb} {self.items.labels[items[j]]}", contributions[j]))
        return reasons

    def _reasons_of_item(self, shares: np.ndarray, liked: np.ndarray, i: int) -> list[Reason]:
        """Return the liked items, with their shares in the user's vector, that contribute most to item i."""
        contributions = shares @ self.factors.Q[i]
        strongest = [j for j in np.argsort(-contributions, kind="stable")[:MAX_REASONS] if contributions[j] > 0]
        return [_reason(self.items.labels[liked[j]], contributions[j]) for j in strongest]

    def _is_liked(self, ratings: np.ndarray) -> np.ndarray:
        """(m,) bool: which of a user's ratings (m,) are at least the user's own mean and the overall one."""
        return ratings >= max(ratings.mean(), self.factors.fallback.mean) - 1e-6

    def _read_rated(self, rated: Mapping[str, float] | None) -> tuple[np.ndarray, np.ndarray]:
        if not isinstance(rated, Mapping):
            raise DataError(f"Ratings of somebody new are a dict from item to rating, got {rated!r}.")
        if not rated:
            raise DataError("Rate at least one item to get recommendations.")
        scale = self.factors.scale
        for name, rating in rated.items():
            if scale and not (isinstance(rating, Real) and scale[0] <= rating <= scale[1]):
                raise DataError(
                    f"A rating is a number from {scale[0]:g} to {scale[1]:g} here; {str(name)!r} got {rating!r}."
                )
        places = np.array([self._place("item", name) for name in rated], np.int64)
        if len(np.unique(places)) < len(places):
            raise DataError("An item is rated twice, by its id and by its title. Give it one rating.")
        return places, np.array([float(rating) if scale else 1.0 for rating in rated.values()])

    def _place(self, role: str, name: object) -> int:
        """Return the place by id or label; UnknownLabelError with the nearest spellings."""
        place = (self.users if role == "user" else self.items).places.get(class_name(name))
        return self._spaces[role].index(str(name)) if place is None else place

    def _rows_of(self, user: int) -> slice:
        return slice(*np.searchsorted(self.rated.user, [user, user + 1]))

    def _fold_in(self, user: int) -> tuple[FoldedIn, np.ndarray, np.ndarray]:
        """Return a user made of the ratings of the training part, their items, and themselves."""
        rows = self._rows_of(user)
        weights, rated = self.weights[rows], self.rated.take(rows)
        rated, weights = rated.take(weights > 0), weights[weights > 0]
        return fold_in(self.factors, self.ridge, rated.item, rated.rating, weights), rated.item, rated.rating


def _reason(feature: str, contribution: float) -> Reason:
    return {"feature": feature, "contribution": round(float(contribution), 4)}
