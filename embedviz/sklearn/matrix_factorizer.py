"""Ratings of users and items as factors: a regressor of pairs that recommends."""

# pyright: reportUntypedBaseClass=false, reportConstantRedefinition=false
# scikit-learn has no types of its own, and calls a table X.

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils import assert_all_finite, check_consistent_length, column_or_1d
from sklearn.utils.validation import check_is_fitted

from embedviz.core.errors import DataError
from embedviz.models.ratings.pairs import read_pairs
from embedviz.models.ratings.trained import TrainedRatings
from embedviz.sklearn.frames import frame_of
from embedviz.sklearn.in_memory import train_in_memory
from embedviz.sklearn.input_errors import as_value_errors

USER, ITEM, RATING = "user", "item", "rating"
OWN = (USER, ITEM, RATING)


class MatrixFactorizer(RegressorMixin, BaseEstimator):
    """Factorise who rated what: estimates of ratings, and recommendations, from a vector for each user and each item.

    Parameters
    ----------
    dim : int
        Dimensions of a vector.
    method : {"auto", "als", "ials", "gradient", "dot", "bpr"}
        "als" estimates ratings by alternating least squares and learns a ranking beside them, "ials" learns the ranking alone, from
        pairs without ratings. "auto" takes "als" where ratings differ, "ials" elsewhere. The others are those of
        `embedviz.train("ratings", ...)`.
    penalty : float, optional
        L2 penalty on the vectors of "als"; by default chosen on a validation set.
    settings : dict, optional
        Further settings of `embedviz.train("ratings", ...)`, such as {"rounds": 20}.
    n_jobs : int, optional
        Threads; None is one.
    device : str
        "cpu", "cuda", or "auto" for the best that there is.
    random_state : int, RandomState instance or None
        An int is the seed of the training.

    Attributes
    ----------
    users_, items_ : ndarray of shape (n_users,) and (n_items,), object
        Ids, as text: 7 and 7.0 are "7".
    user_factors_, item_factors_ : ndarray of shape (n_users, dim) and (n_items, dim), float32
        A rating is estimated as mean_ + user_bias_[u] + item_bias_[i] + user_factors_[u] · item_factors_[i], within the scale of
        the ratings; without ratings the last two terms are what items are ranked by.
    user_bias_, item_bias_ : ndarray of shape (n_users,) and (n_items,), float32
    mean_ : float
    model_ : embedviz.models.ratings.trained.TrainedRatings
        All that was trained, the ranking too.
    n_features_in_, feature_names_in_
        As scikit-learn defines them.

    Examples
    --------
    >>> import numpy as np
    >>> pairs = np.array([(u, i) for u in range(20) for i in range(10) if (u + i) % 3])
    >>> ratings = np.where((pairs[:, 0] + pairs[:, 1]) % 2, 5.0, 1.0)
    >>> model = MatrixFactorizer(dim=4, random_state=0).fit(pairs, ratings)
    >>> model.predict([[0, 3]]) > model.predict([[0, 6]])
    array([ True])
    """

    def __init__(
        self,
        dim: int = 128,
        *,
        method: Literal["auto", "als", "ials", "gradient", "dot", "bpr"] = "auto",
        penalty: float | None = None,
        settings: Mapping[str, Any] | None = None,
        n_jobs: int | None = None,
        device: str = "cpu",
        random_state: Any = None,
    ):
        self.dim = dim
        self.method = method
        self.penalty = penalty
        self.settings = settings
        self.n_jobs = n_jobs
        self.device = device
        self.random_state = random_state

    def fit(self, X: Any, y: Any = None) -> Self:
        """Learn the factors.

        Parameters
        ----------
        X : frame or array of shape (n, 2 or more), or sparse matrix of shape (n_users, n_items)
            Pairs: user ids in the first column, item ids in the second. Further columns describe users or items (an age, a genre), so
            that those without ratings have an estimate too. Of a sparse matrix, the entries that are stored are the ratings, and
            users and items are called by their row and column.
        y : array of shape (n,), optional
            Ratings of pairs. Without them a pair says that the user has the item. Not for a sparse matrix.

        Raises
        ------
        EstimatorInputError
            A ValueError: for data that cannot be learned from, or a parameter that is wrong.
        """
        with as_value_errors():
            frame = self._read(X, y)
            columns = {role: role for role in OWN if role in frame}
            self.model_: TrainedRatings = train_in_memory(
                self,
                "ratings",
                frame,
                columns,
                {"dim": self.dim, "method": self.method, "penalty": self.penalty, "split": "random"},
            )
        factors = self.model_.factors
        self.users_ = np.array(self.model_.users.ids, object)
        self.items_ = np.array(self.model_.items.ids, object)
        self.user_factors_, self.item_factors_ = factors.P, factors.Q
        self.user_bias_, self.item_bias_, self.mean_ = factors.user_bias, factors.item_bias, factors.mean
        return self

    def predict(self, X: Any) -> np.ndarray:
        """Estimate the ratings of pairs.

        Parameters
        ----------
        X : frame or array of shape (n, n_features_in_)
            As for `fit`. An unknown user or item counts as a mean one, or by the columns that describe it.

        Returns
        -------
        ndarray of shape (n,), float64
            Ratings; scores to rank by where there were none.
        """
        check_is_fitted(self)
        with as_value_errors():
            frame = self._pairs(X, None, reset=False)
            users, items, given = read_pairs(frame, {USER: USER, ITEM: ITEM})
        model = self.model_
        user = np.array([model.users.places.get(name, -1) for name in users], np.int64)
        item = np.array([model.items.places.get(name, -1) for name in items], np.int64)
        return model.estimates(user, item, given)[0]

    def recommend(self, user: Any = None, rated: Mapping[Any, float] | None = None, k: int = 10) -> pd.DataFrame:
        """Return the k best items that a user has not rated.

        Parameters
        ----------
        user : id, optional
            One of `users_`.
        rated : mapping, optional
            Item to rating, of somebody new.
        k : int
            Items to recommend.

        Returns
        -------
        DataFrame
            label, prediction, note and what is known of each item, the best first.

        Raises
        ------
        UnknownLabelError
            For a user or an item that was not in the training data.
        """
        check_is_fitted(self)
        return self.model_.recommend(user, rated, k, explain=False)

    def _read(self, X: Any, y: Any) -> pd.DataFrame:
        """Return a frame with columns user, item, where there are ratings rating, and those that describe."""
        if hasattr(X, "tocoo"):
            if y is not None:
                raise DataError(
                    "A sparse matrix holds its ratings itself, so y has to be None. Pairs with ratings y are a dense array."
                )
            entries = X.tocoo()
            assert_all_finite(entries.data, input_name="X")
            self.n_features_in_ = 2  # of the pairs that predict takes
            if hasattr(self, "feature_names_in_"):  # of an earlier fit
                del self.feature_names_in_
            return pd.DataFrame({USER: entries.row, ITEM: entries.col, RATING: entries.data})
        frame = self._pairs(X, y, reset=True)
        if y is not None:
            ratings = column_or_1d(y, warn=True, dtype=np.float64)
            assert_all_finite(ratings, input_name="y")
            check_consistent_length(frame, ratings)
            frame[RATING] = ratings
        return frame

    def _pairs(self, X: Any, y: Any, *, reset: bool) -> pd.DataFrame:
        frame = frame_of(self, X, "no_validation" if y is None else y, reset=reset, min_features=2).reset_index(
            drop=True
        )
        others = [f"{name} (column)" if name in OWN else str(name) for name in frame.columns[2:]]
        frame = frame.set_axis([USER, ITEM, *others], axis=1)
        for role in (USER, ITEM):
            cells = frame[role]
            is_number = pd.api.types.is_numeric_dtype(cells)
            if cells.isna().any() or (is_number and np.isinf(cells.to_numpy(np.float64, na_value=np.nan)).any()):
                raise DataError(
                    f"The {role}s hold NaN or infinity, so these pairs name no {role}. Leave such rows out."
                )
        return frame

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.target_tags.required = False
        tags.regressor_tags.poor_score = True  # on features that name neither users nor items
        return tags
