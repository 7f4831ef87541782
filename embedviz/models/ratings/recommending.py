"""A trained model of ratings asked: what somebody would give an item, and what to offer whom, with reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from numbers import Integral, Real
from typing import Any

import numpy as np
import pandas as pd

from embedviz.core.errors import DataError, SettingsError
from embedviz.data.classes import class_name
from embedviz.models.ratings.asked_pairs import asked_pairs
from embedviz.models.ratings.entities import Entities
from embedviz.models.ratings.factors import Factors
from embedviz.models.ratings.fold_in import Folded, Ridge, fold_in
from embedviz.models.ratings.spaces import spaces_of
from embedviz.space import EmbeddingSpace

REASONS = 3  # rated items named with a recommendation
NO_RATING = "A score to rank by, no rating."


class Recommender:
    """factors; rated: arrays user, item, rating, weight, trained (n,) of all that users are known to have rated;
    explicit: scores are ratings; columns: role -> column of the training."""

    def __init__(
        self, factors: Factors, ridge: Ridge, users: Entities, items: Entities, rated: Mapping[str, np.ndarray],
        explicit: bool, columns: Mapping[str, str],
    ):  # fmt: skip
        self.factors, self.ridge, self.users, self.items = factors, ridge, users, items
        self.explicit, self.columns = explicit, dict(columns)
        order = np.argsort(rated["user"], kind="stable")
        self._rated = {name: array[order] for name, array in rated.items()}

    def predict(self, rows: pd.DataFrame | Sequence[Any], reasons: bool = False) -> pd.DataFrame:
        """user, item, prediction, note for each row: a frame or dicts with the columns of the training, or pairs. With
        reasons a list of {"feature", "contribution"}: the mean, what the user and the item add, and the rated items that
        weigh most, "liked …" or "disliked …" before their names."""
        users, items = asked_pairs(rows, self.columns)
        user = np.array([self._user_places.get(name, -1) for name in users], np.int64)
        item = np.array([self._item_places.get(name, -1) for name in items], np.int64)
        frame = pd.DataFrame({"user": users, "item": items, "prediction": self.factors.predict(user, item)})
        notes = [self._note(*row) for row in zip(users, items, user, item, strict=True)]
        frame["note"] = pd.Series(notes, dtype=object)
        if reasons:
            frame["reasons"] = [self._why(int(u), int(i)) for u, i in zip(user, item, strict=True)]
        return frame

    def recommend(
        self, user: str | None = None, rated: Mapping[str, float] | None = None, k: int = 10, reasons: bool = True
    ) -> pd.DataFrame:
        """The k best items, by the estimate and the items' appeal (see Factors): label, prediction, note, the item
        space's columns, and with reasons a list of
        {"feature": item, "contribution": part in the prediction} of the liked items (rated at the user's own mean and
        at everybody's or above) that speak most for it; none where nothing is liked.

        user: one of the training, by id or label. rated: what somebody new gives some items, by id or label; where
        ratings are no part of the model any number does. Items already rated are left out.
        """
        if not isinstance(k, Integral) or k < 1:
            raise SettingsError(f"k has to be a whole number, 1 or more; got {k!r}.")
        if (user is None) == (rated is None):
            raise SettingsError("Recommendations are for a user of the training, or for somebody new who rated items.")
        if user is not None:
            place = self._place("user", user)
            own = self._of(place)
            left_out = own["item"]
            bias, vector = float(self.factors.user_bias[place]), self.factors.P[place]
            folded, items, ratings = self._folded(place)
        else:
            items, ratings = self._given(rated)
            folded = fold_in(self.factors, self.ridge, items, ratings)
            left_out, bias, vector = items, folded.bias, folded.vector
        f = self.factors
        vector = vector.astype(np.float32)
        ranked = f.ranked(vector)
        ranked[left_out] = -np.inf
        best = np.argsort(-ranked, kind="stable")[: min(k, int(np.isfinite(ranked).sum()))]
        frame = pd.DataFrame({"label": [self.items.labels[i] for i in best]})
        estimates = f.mean + bias + (f.Q[best] @ vector + f.item_bias[best]).astype(np.float64)
        frame["prediction"] = np.clip(estimates, f.low, f.high)
        frame["note"] = "" if self.explicit else NO_RATING
        frame = pd.concat([frame, self._spaces["item"].columns.iloc[best].reset_index(drop=True)], axis=1)
        if reasons:
            liked = self._liked(ratings)
            frame["reasons"] = [self._because(folded.shares[liked], items[liked], int(i)) for i in best]
        return frame

    def _note(self, user: str, item: str, u: int, i: int) -> str:
        what = "item's mean" if u < 0 else "user's mean"
        if not self.explicit:
            known = f"{NO_RATING} "
            if u < 0 or i < 0:
                return known + f"{'The user' if u < 0 else 'The item'} was not in the training."
            return known.strip()
        if u < 0 and i < 0:
            return "Neither the user nor the item was in the training: the estimate is the mean of all ratings."
        if u < 0:
            return f"User {user!r} rated nothing in the training: the estimate is the {what}, drawn to that of all."
        if i < 0:
            return f"Item {item!r} was never rated in the training: the estimate is the {what}, drawn to that of all."
        return ""

    def _why(self, u: int, i: int) -> list[dict[str, Any]]:
        """What an estimate is the sum of: the mean, both biases, and the rated items that weigh most in the rest."""
        f = self.factors
        known = u >= 0 and i >= 0
        user_bias, item_bias, mean = f.user_bias, f.item_bias, f.mean
        if not known:
            user_bias, item_bias, mean = f.fallback.user, f.fallback.item, f.fallback.mean
        parts = [("all ratings", mean)] if self.explicit else []
        if u >= 0 and user_bias.any():
            parts.append((f"user {self.users.labels[u]}", float(user_bias[u])))
        if i >= 0 and item_bias.any():
            parts.append((f"item {self.items.labels[i]}", float(item_bias[i])))
        said = [{"feature": name, "contribution": round(float(value), 4)} for name, value in parts]
        if known:
            folded, items, ratings = self._folded(u)
            weighs, liked = folded.shares @ f.Q[i], self._liked(ratings)
            for j in np.argsort(-np.abs(weighs), kind="stable")[:REASONS]:
                word = ("liked" if liked[j] else "disliked") if self.explicit else "has"
                said.append(self._reason(items[j], weighs[j], f"{word} "))
        return said

    def _liked(self, ratings: np.ndarray) -> np.ndarray:
        """(m,) bool: which of a user's ratings (m,) say that the user likes the item: those at the user's own mean or
        above, unless they are below everybody's."""
        return ratings >= max(ratings.mean(), self.factors.fallback.mean) - 1e-6

    def _because(self, shares: np.ndarray, items: np.ndarray, i: int) -> list[dict[str, Any]]:
        """Those of the items, with their shares in the user's vector, that speak most for item i; fewer where fewer do."""
        speaks = shares @ self.factors.Q[i]
        first = [j for j in np.argsort(-speaks, kind="stable")[:REASONS] if speaks[j] > 0]
        return [self._reason(items[j], speaks[j]) for j in first]

    def _reason(self, item: int, value: float, before: str = "") -> dict[str, Any]:
        return {"feature": before + self.items.labels[item], "contribution": round(float(value), 4)}

    def _given(self, rated: Mapping[str, float]) -> tuple[np.ndarray, np.ndarray]:
        if not isinstance(rated, Mapping):
            raise DataError(f"Ratings of somebody new are a dict from item to rating, got {rated!r}.")
        if not rated:
            raise DataError("Rate at least one item to get recommendations.")
        places, ratings = [], []
        for name, rating in rated.items():
            places.append(self._place("item", name))
            low, high = self.factors.low, self.factors.high
            if self.explicit and not (isinstance(rating, Real) and low <= rating <= high):
                raise DataError(f"A rating is a number from {low:g} to {high:g} here; {str(name)!r} got {rating!r}.")
            ratings.append(float(rating) if self.explicit else 1.0)
        if len(set(places)) < len(places):
            raise DataError("An item is rated twice, by its id and by its title. Give it one rating.")
        return np.array(places, np.int64), np.array(ratings)

    def _place(self, role: str, name: object) -> int:
        """By id or label; UnknownLabelError with the names that are near."""
        places = self._user_places if role == "user" else self._item_places
        place = places.get(class_name(name))
        return self._spaces[role].index(str(name)) if place is None else place

    def _of(self, user: int) -> dict[str, np.ndarray]:
        """What the user rated."""
        first, last = np.searchsorted(self._rated["user"], [user, user + 1])
        return {name: array[first:last] for name, array in self._rated.items()}

    def _folded(self, user: int) -> tuple[Folded, np.ndarray, np.ndarray]:
        """The user's vector from the ratings of the training part, their items, and themselves."""
        own = self._of(user)
        own = {name: array[own["trained"].astype(bool)] for name, array in own.items()}
        return fold_in(self.factors, self.ridge, own["item"], own["rating"], own["weight"]), own["item"], own["rating"]

    @cached_property
    def _spaces(self) -> dict[str, EmbeddingSpace]:
        return spaces_of(self.factors, self.users, self.items, self._rated, self.explicit)

    @cached_property
    def _user_places(self) -> dict[str, int]:
        return _by_name(self.users)

    @cached_property
    def _item_places(self) -> dict[str, int]:
        return _by_name(self.items)


def _by_name(entities: Entities) -> dict[str, int]:
    """Places by label and by id; the id goes before where one's label is another's id."""
    places = {label: i for i, label in enumerate(entities.labels)}
    return places | {name: i for i, name in enumerate(entities.ids)}
