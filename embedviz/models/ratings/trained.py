"""A trained ratings model: what somebody would give an item, and what to recommend to whom, with reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from numbers import Integral, Real
from typing import Any, Literal

import numpy as np
import pandas as pd

from embedviz.core.archive import Archived
from embedviz.core.errors import DataError, SettingsError
from embedviz.data.category_names import class_name
from embedviz.models.ratings.architecture import ratings_architecture
from embedviz.models.ratings.describing_columns import DescribedRows
from embedviz.models.ratings.entities import Entities
from embedviz.models.ratings.factors import Factors
from embedviz.models.ratings.fold_in import FoldedIn, Ridge, fold_in
from embedviz.models.ratings.form import RatingsForm
from embedviz.models.ratings.pairs import read_pairs
from embedviz.models.ratings.ranking import Ranking
from embedviz.models.ratings.settings import Method, RatingsSettings
from embedviz.space import EmbeddingSpace
from embedviz.training.architecture import Architecture
from embedviz.training.protocols import Reason

MAX_REASONS = 3  # rated items named with a prediction
RANKING_NOTE = "A ranking score, not a rating."


@dataclass(frozen=True, eq=False)
class Ratings:
    """Ratings as arrays of user, item and value.

    Attributes
    ----------
    user, item
        (n,) int64 places; -1 for one that the training set does not have.
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
        """(n,) bool: the training set has both the user and the item."""
        return (self.user >= 0) & (self.item >= 0)


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
        That have a vector.
    factors
        What estimates are made of; without ratings what pairs are scored by.
    ridge
        What folds in a user to the factors; None where the ranking does.
    rated
        All that known users rated, by user: what was trained on, which folding in reads, and the rest, which is only left
        out of recommendations.
    weights
        (n,) float32 of `rated` when a user is folded in; 0 for ratings that were not trained on.
    ranking
        What items are recommended by; None for the factors alone.
    estimate_weight
        Of the estimate that is added to the ranking score, in the ranking score's unit a unit of the rating.
    validation
        Scores on the validation set by name, from before that part was trained on; empty where it was not.
    described
        Maps from describing columns to biases and vectors of "user" and "item", for those that are not known.
    """

    settings: RatingsSettings
    method: Method
    columns: dict[str, str]
    users: Entities
    items: Entities
    factors: Factors
    ridge: Ridge | None
    rated: Ratings
    weights: np.ndarray
    ranking: Ranking | None = None
    estimate_weight: float = 0.0
    validation: dict[str, float] = field(default_factory=dict[str, float])
    described: dict[str, DescribedRows] = field(default_factory=dict[str, DescribedRows])

    def form(self) -> RatingsForm:
        """Return what a page needs to ask for predictions."""
        return RatingsForm(self.columns, self.factors.scale)

    def architecture(self) -> Architecture:
        """Return the layers of this model."""
        factors = self.factors if self.ranking is None or self.has_both else None
        return ratings_architecture(self.users, self.items, factors, self.ranking, self.described)

    def spaces(self) -> dict[str, EmbeddingSpace]:
        """Return "item" and "user": vectors with bias, count and mean rating in training, id, and the metadata.

        Where there are estimates beside the ranking these two are the ranking's, and "item (estimates)" and "user (estimates)"
        are the vectors that estimates are made of.
        """
        return self._spaces

    @cached_property
    def _spaces(self) -> dict[str, EmbeddingSpace]:
        f, first = self.factors, self.ranking or self.factors
        vectors = {"item": first.Q, "user": first.P}
        if self.has_both:
            vectors |= {"item (estimates)": f.Q, "user (estimates)": f.P}
        return {name: self._space(name, rows) for name, rows in vectors.items()}

    def _space(self, name: str, vectors: np.ndarray) -> EmbeddingSpace:
        f, rated = self.factors, self.rated.take(self.weights > 0)
        if kind_of(name) == "item":
            entities, bias, fallback, places = self.items, f.item_bias, f.fallback.item, rated.item
        else:
            entities, bias, fallback, places = self.users, f.user_bias, f.fallback.user, rated.user
        counts = np.bincount(places, minlength=len(entities))
        columns: dict[str, np.ndarray | list[str]] = {"count": counts}
        if self.is_explicit:
            sums = np.bincount(places, rated.rating, len(entities))
            columns["mean rating"] = (sums / np.maximum(counts, 1)).round(3)
        if self.is_explicit or (self.method == "bpr" and kind_of(name) == "item"):
            columns["bias"] = (bias if bias.any() else fallback).astype(np.float32)
        if entities.labels != entities.ids:
            columns["id"] = entities.ids
        frame = pd.concat([pd.DataFrame(columns), entities.columns], axis=1)
        return EmbeddingSpace(entities.labels, vectors, frame, name, kind=kind_of(name))

    @property
    def has_both(self) -> bool:
        """True where there are estimates and a ranking, each with vectors of its own."""
        return self.ranking is not None and self.is_explicit

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
        users, items, given = read_pairs(rows, self.columns)
        user = np.array([self.users.places.get(name, -1) for name in users], np.int64)
        item = np.array([self.items.places.get(name, -1) for name in items], np.int64)
        predictions, by_columns = self.estimates(user, item, given)
        frame = pd.DataFrame({"user": users, "item": items, "prediction": predictions})
        notes = [self._note(*row) for row in zip(users, items, user, item, by_columns, strict=True)]
        frame["note"] = pd.Series(notes, dtype=object)
        if explain:
            frame["reasons"] = [self._reasons_of_estimate(int(u), int(i)) for u, i in zip(user, item, strict=True)]
        return frame

    def estimates(self, user: np.ndarray, item: np.ndarray, given: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
        """Return the estimates of pairs, and which of them come from the columns of one that is unknown.

        Parameters
        ----------
        user, item
            (n,) places; -1 is unknown.
        given
            n rows with the columns that describe users and items, as far as they are known.

        Returns
        -------
        (n,) float64, (n,) bool
        """
        estimates, by_columns = self.factors.predict(user, item), np.zeros(len(user), bool)
        known = {"user": user >= 0, "item": item >= 0}
        has = {role: filled | self._is_described(role, given) for role, filled in known.items()}
        rows = np.flatnonzero(has["user"] & has["item"] & ~(known["user"] & known["item"]))
        if len(rows):
            f, asked = self.factors, given.iloc[rows]
            user_bias, user_vectors = self._rows_of_described("user", user[rows], f.user_bias, f.P, asked)
            item_bias, item_vectors = self._rows_of_described("item", item[rows], f.item_bias, f.Q, asked)
            dots = np.einsum("nk,nk->n", user_vectors, item_vectors)
            estimates[rows], by_columns[rows] = f.clip(f.mean + user_bias + item_bias + dots), True
        return estimates, by_columns

    def _is_described(self, role: str, given: pd.DataFrame) -> np.ndarray:
        """(n,) bool: which rows hold columns that describe a user, or an item."""
        found = self.described.get(role)
        return np.zeros(len(given), bool) if found is None else found.columns.are_in(given)

    def _rows_of_described(
        self, role: str, places: np.ndarray, bias: np.ndarray, vectors: np.ndarray, given: pd.DataFrame
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return biases (n,) and vectors (n, K) of places; of a place of -1 those that its columns stand for."""
        biases, rows = bias[places], vectors[places]
        if (unknown := places < 0).any():
            biases[unknown], rows[unknown] = self.described[role].rows(given[unknown])
        return biases, rows

    def recommend(
        self, user: str | None = None, rated: Mapping[str, float] | None = None, k: int = 10, explain: bool = True
    ) -> pd.DataFrame:
        """Return the k best items that a user has not rated, by the ranking, or by the estimates where there is none.

        Where the model has both, the estimate is added to the ranking score with the weight that was set or chosen on the
        validation set, and shown as the prediction.

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
        f, ranking = self.factors, self.ranking
        if user is not None:
            place = self._place("user", user)
            seen, (items, ratings, weights) = self.rated.item[self._rows_of(place)], self._trained_on(place)
            bias, vector = float(f.user_bias[place]), f.P[place]
            ranked_by = None if ranking is None else ranking.P[place]
        else:
            seen, ratings = items, ratings = self._read_rated(rated)
            weights = None
            new = self._fold_in_estimates(items, ratings)
            bias, vector = new.bias, new.vector.astype(np.float32)
            ranked_by = None if ranking is None else ranking.fold_in(items, ratings).vector.astype(np.float32)
        scores = self._ranking_scores(vector, ranked_by)
        scores[seen] = -np.inf
        best = np.argsort(-scores, kind="stable")[: min(k, int(np.isfinite(scores).sum()))]
        estimates = f.mean + bias + (f.Q[best] @ vector + f.item_bias[best]).astype(np.float64)
        frame = pd.DataFrame({"label": [self.items.labels[i] for i in best], "prediction": f.clip(estimates)})
        frame["note"] = "" if self.is_explicit else RANKING_NOTE
        frame = pd.concat([frame, self._spaces["item"].columns.iloc[best].reset_index(drop=True)], axis=1)
        if explain:
            is_liked = self._is_liked(ratings)
            if ranking is None:
                shares, vectors = self._fold_in_estimates(items, ratings, weights).shares, f.Q
            else:
                shares, vectors = ranking.fold_in(items, ratings).shares, ranking.Q
            frame["reasons"] = [self._reasons_of_item(shares[is_liked] @ vectors[i], items[is_liked]) for i in best]
        return frame

    def user_scores(self, users: np.ndarray) -> np.ndarray:
        """Return what items are ranked by for users (B,): (B, I) float32."""
        return self._ranking_scores(self.factors.P[users], None if self.ranking is None else self.ranking.P[users])

    def _ranking_scores(self, vectors: np.ndarray, ranked_by: np.ndarray | None) -> np.ndarray:
        """Return ranking scores for users' vectors in the factors and, where there is a ranking, in that: (..., I)."""
        if self.ranking is None or ranked_by is None:
            return self.factors.scores(vectors)
        scores = self.ranking.scores(ranked_by)
        if self.has_both and self.estimate_weight:
            scores = scores + np.float32(self.estimate_weight) * self.factors.scores(vectors)
        return scores

    def _note(self, user: str, item: str, u: int, i: int, by_columns: bool) -> str:
        who, what = "" if u >= 0 else f"user {user!r}", "" if i >= 0 else f"item {item!r}"
        unknown = who or what
        if who and what:
            unknown, estimate = f"{who} and {what}", "the mean of all ratings"
        else:
            estimate = f"the mean of the {'item' if who else 'user'}, shrunk towards the overall mean"
        if by_columns:
            estimate = "made from the columns that describe it" if not (who and what) else "made from their columns"
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
            items, ratings, weights = self._trained_on(u)
            folded = self._fold_in_estimates(items, ratings, weights, user=u)
            if "user" in self.described:
                reasons.append(_reason(f"columns of {self.users.labels[u]}", float(folded.rest @ f.Q[i])))
            contributions = folded.shares @ f.Q[i]
            is_liked = self._is_liked(ratings)
            for j in np.argsort(-np.abs(contributions), kind="stable")[:MAX_REASONS]:
                verb = ("liked" if is_liked[j] else "disliked") if self.is_explicit else "has"
                reasons.append(_reason(f"{verb} {self.items.labels[items[j]]}", contributions[j]))
        return reasons

    def _reasons_of_item(self, contributions: np.ndarray, liked: np.ndarray) -> list[Reason]:
        """Return the liked items (m,) that contribute most to a recommendation, of their contributions (m,)."""
        strongest = [j for j in np.argsort(-contributions, kind="stable")[:MAX_REASONS] if contributions[j] > 0]
        return [_reason(self.items.labels[liked[j]], float(contributions[j])) for j in strongest]

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

    def _trained_on(self, user: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the items of a known user that were trained on, with ratings and weights, (m,) each."""
        rows = self._rows_of(user)
        weights, rated = self.weights[rows], self.rated.take(rows)
        return rated.item[weights > 0], rated.rating[weights > 0], weights[weights > 0]

    def _fold_in_estimates(
        self, items: np.ndarray, ratings: np.ndarray, weights: np.ndarray | None = None, user: int | None = None
    ) -> FoldedIn:
        """Return a user of these ratings in the vectors that estimates, or scores of pairs, are made of.

        A known user's vector is drawn towards what the columns say that describe the user, where there are such columns.
        """
        if self.ridge is None:
            assert self.ranking is not None
            return self.ranking.fold_in(items, ratings)
        ridge = self.ridge
        if user is not None and "user" in self.described:
            _, prior = self.described["user"].rows(self.users.columns.iloc[[user]])
            ridge = replace(ridge, prior=prior[0])
        return fold_in(self.factors, ridge, items, ratings, weights)


def kind_of(space: str) -> Literal["item", "user"]:
    """Return the kind of a space by its name."""
    return "item" if space.startswith("item") else "user"


def _reason(feature: str, contribution: float) -> Reason:
    return {"feature": feature, "contribution": round(float(contribution), 4)}
