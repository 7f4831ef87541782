"""Categories to vectors that are learned with a target, fitted to their rows by cross-fitting."""

# pyright: reportUntypedBaseClass=false, reportConstantRedefinition=false
# scikit-learn has no types of its own, and calls a table X.

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.model_selection import KFold, StratifiedKFold
from sklearn.utils import assert_all_finite, check_consistent_length, column_or_1d
from sklearn.utils.multiclass import type_of_target
from sklearn.utils.validation import _check_feature_names_in, check_is_fitted

from embedviz.core.errors import ColumnError, SettingsError
from embedviz.data.category_names import Names
from embedviz.data.category_values import OTHER, CategoryValues
from embedviz.sklearn.frames import frame_of
from embedviz.sklearn.in_memory import seed_of, train_in_memory
from embedviz.sklearn.input_errors import as_value_errors

TARGET = "target"


@dataclass(frozen=True, eq=False)
class LearnedColumn:
    """The values of a column, and their vectors (V, D) float32, that of rare and unseen values first."""

    values: CategoryValues
    vectors: np.ndarray

    def encode(self, cells: pd.Series) -> np.ndarray:
        """Return the vector of each cell: (n, D) float32."""
        return self.vectors[self.values.encode(Names.of(cells))]

    def aligned_to(self, other: LearnedColumn) -> LearnedColumn:
        """Return these vectors aligned (orthogonal Procrustes) with those of another training of the same column.

        Two trainings agree at best up to a rotation, so that the same value would lie elsewhere in each. The rotation is the one that
        brings the values that both know closest, each by its count (orthogonal Procrustes; Schönemann 1966).
        """
        places = {label: i for i, label in enumerate(other.values.labels)}
        shared = [(i, places[label]) for i, label in enumerate(self.values.labels) if label in places]
        mine, theirs = (np.array(side, np.int64) for side in zip(*shared, strict=True))
        weights = self.values.counts[mine].clip(1)[:, None]
        products = (self.vectors[mine] * weights).T.astype(np.float64) @ other.vectors[theirs]
        # not square where the two have different dimensions, as they may for different numbers of values
        u, _, vt = np.linalg.svd(products, full_matrices=False)
        return LearnedColumn(self.values, (self.vectors @ (u @ vt)).astype(np.float32))


class CategoryEncoder(TransformerMixin, BaseEstimator):
    """Encode categories by vectors that a network learns with the target: values that act alike are near each other.

    `fit_transform` cross-fits, as scikit-learn's `TargetEncoder` does: the vectors of a row come from a network that did not see
    the row's target, aligned with those of the network of all rows. Otherwise what is trained on the encoding trusts it too much,
    for the target has leaked into it. So `fit(X, y).transform(X)` is not `fit_transform(X, y)`; `cv=None` makes them the same.

    Parameters
    ----------
    columns : sequence of str or int, optional
        Names, or positions in an array, of the category columns. By default those that hold no numbers; all, if all hold numbers.
    numbers : {"passthrough", "drop"}
        What becomes of the other columns, which the network reads as well. They have to hold numbers.
    dim : int
        Dimensions of a value's vector; 0: 1.6 · n^0.56 for n values, 50 at most.
    min_count : int
        Values in fewer rows share one vector, that of unseen values.
    epochs : int, optional
        Passes over the rows; by default more for few rows.
    target_type : {"auto", "classes", "number"}
        "auto": what `sklearn.utils.multiclass.type_of_target` says.
    cv : int or None
        Folds of the cross-fitting in `fit_transform`, which trains cv + 1 networks. None: no cross-fitting.
    settings : dict, optional
        Further settings of `embedviz.train("categories", ...)`, such as {"hidden_dim": 64}.
    n_jobs : int, optional
        Threads. With None, which is one, the same random_state gives the same vectors.
    device : str
        "cpu", "cuda", or "auto" for the best that there is.
    random_state : int, RandomState instance or None
        An int is the seed of the trainings, and of the folds.

    Attributes
    ----------
    categories_ : dict of str to list of str
        Category column -> the values that have a vector of their own, the most frequent first; "(missing)" among them where enough
        cells are missing.
    vectors_ : dict of str to ndarray of shape (1 + n values, dim), float32
        Category column -> their vectors, that of rare and unseen values first.
    n_features_in_, feature_names_in_
        As scikit-learn defines them.

    Notes
    -----
    On 2,000 rows with one column of 60 values that act on the target and two that say nothing, one of them with 666 values
    (`benchmarks/sklearn_estimators.py`), a linear model on the encoding is right for 0.66 of the rows that it was fitted to and 0.66 of
    others with cross-fitting, for 0.77 and 0.61 without, where min_count is 1. With min_count of 5, 0.65 and 0.66 with and 0.70 and 0.66
    without: what pools rare values leaks less, and cross-fitting costs cv further trainings.

    See Also
    --------
    sklearn.preprocessing.TargetEncoder : A number for each value, its mean target.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"make": ["Ferro", "Vulpa", "Bovis", "Camelo"] * 20, "doors": [2, 2, 5, 5] * 20})
    >>> encoder = CategoryEncoder(dim=2, min_count=1, epochs=2, cv=None, random_state=0)
    >>> encoder.fit(frame, ["sports", "sports", "van", "van"] * 20).get_feature_names_out().tolist()
    ['make_0', 'make_1', 'doors']
    """

    def __init__(
        self,
        columns: Sequence[str | int] | None = None,
        *,
        numbers: Literal["passthrough", "drop"] = "passthrough",
        dim: int = 0,
        min_count: int = 5,
        epochs: int | None = None,
        target_type: Literal["auto", "classes", "number"] = "auto",
        cv: int | None = 5,
        settings: Mapping[str, Any] | None = None,
        n_jobs: int | None = None,
        device: str = "cpu",
        random_state: Any = None,
    ):
        self.columns = columns
        self.numbers = numbers
        self.dim = dim
        self.min_count = min_count
        self.epochs = epochs
        self.target_type = target_type
        self.cv = cv
        self.settings = settings
        self.n_jobs = n_jobs
        self.device = device
        self.random_state = random_state

    def fit(self, X: Any, y: Any) -> Self:
        """Learn the vectors of the values of each category column.

        Parameters
        ----------
        X : frame of pandas or polars, Arrow table, Hugging Face dataset, or array of shape (n, n_features)
        y : array of shape (n,)
            Classes or numbers.

        Raises
        ------
        EstimatorInputError
            A ValueError: for data or a parameter that is wrong.
        """
        self._fit(X, y)
        return self

    def transform(self, X: Any) -> np.ndarray:
        """Return vectors in place of categories.

        Parameters
        ----------
        X : frame or array of shape (n, n_features)
            Unseen values get the vector of rare ones, missing cells that of missing ones, or that of rare ones where few were missing.

        Returns
        -------
        ndarray of shape (n, n_outputs), float32
        """
        check_is_fitted(self)
        with as_value_errors():
            return self._encode(frame_of(self, X, reset=False), self._learned)

    def fit_transform(self, X: Any, y: Any = None, **fit_params: Any) -> np.ndarray:
        """Fit, and return vectors for the same rows by cross-fitting: see the class.

        Parameters
        ----------
        X, y, **fit_params
            As for `fit`.
        """
        frame, targets, is_number = self._fit(X, y, **fit_params)
        with as_value_errors():
            if self.cv is None:
                return self._encode(frame, self._learned)
            found = np.empty((len(frame), self._n_features_out), np.float32)
            seed = seed_of(self.random_state)
            folds = (KFold if is_number else StratifiedKFold)(self.cv, shuffle=True, random_state=seed)
            for rest, held_out in folds.split(frame, None if is_number else targets):
                learned = self._learn(frame.iloc[rest], targets[rest], is_number)
                aligned = {name: column.aligned_to(self._learned[name]) for name, column in learned.items()}
                found[held_out] = self._encode(frame.iloc[held_out], aligned)
            return found

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Return the names of the outputs: COLUMN_0, COLUMN_1, … of a category column, a column of numbers by its name."""
        check_is_fitted(self)
        names = _check_feature_names_in(self, input_features)
        found: list[str] = []
        for i, name in enumerate(names):
            if i in self._places:
                dim = self._learned[self._places[i]].vectors.shape[1]
                found += [f"{name}_{j}" for j in range(dim)]
            elif self.numbers == "passthrough":
                found.append(name)
        return np.asarray(found, object)

    @property
    def _n_features_out(self) -> int:
        return len(self.get_feature_names_out())

    def _fit(self, X: Any, y: Any) -> tuple[pd.DataFrame, np.ndarray, bool]:
        """Fit; return the frame, the targets and whether they are numbers."""
        with as_value_errors():
            if self.numbers not in ("passthrough", "drop"):
                raise SettingsError(f"numbers is passthrough or drop, not {self.numbers!r}.")
            if self.target_type not in ("auto", "classes", "number"):
                raise SettingsError(f"target_type is auto, classes or number, not {self.target_type!r}.")
            frame = frame_of(self, X, y, reset=True)
            targets, is_number = self._read_target(frame, y)
            self._places = self._category_places(frame)
            self._learned = self._learn(frame, targets, is_number)
            self.categories_ = {name: column.values.labels[OTHER + 1 :] for name, column in self._learned.items()}
            self.vectors_ = {name: column.vectors for name, column in self._learned.items()}
        return frame, targets, is_number

    def _read_target(self, frame: pd.DataFrame, y: Any) -> tuple[np.ndarray, bool]:
        """Return classes by number, (n,) int64, or numbers, (n,) float64; and whether they are numbers."""
        targets = column_or_1d(y, warn=True)
        assert_all_finite(targets, input_name="y")
        check_consistent_length(frame, targets)
        kind = type_of_target(targets, input_name="y", raise_unknown=True)
        if kind not in ("binary", "multiclass", "continuous"):
            raise SettingsError(
                f"The target is of type {kind}; the encoder learns from classes or from one number a row."
            )
        if self.target_type == "number" or (self.target_type == "auto" and kind == "continuous"):
            return targets.astype(np.float64), True
        return np.unique(targets, return_inverse=True)[1].astype(np.int64), False

    def _category_places(self, frame: pd.DataFrame) -> dict[int, str]:
        """Return position -> name of the category columns."""
        names = [str(name) for name in frame.columns]
        is_number = [
            pd.api.types.is_numeric_dtype(kind) and not pd.api.types.is_bool_dtype(kind) for kind in frame.dtypes
        ]
        if self.columns is None:
            chosen = [i for i, number in enumerate(is_number) if not number] or list(range(len(names)))
        else:
            if isinstance(self.columns, str):
                raise SettingsError(f"columns is a list of names or positions, such as [{self.columns!r}].")
            chosen = [self._position(column, names) for column in self.columns]
        for i, kind in enumerate(frame.dtypes):
            if i in chosen:
                if self.columns is None and pd.api.types.is_datetime64_any_dtype(kind):
                    raise ColumnError(
                        f"Column {names[i]!r} holds dates, which are no categories. Turn them into numbers, or leave them out."
                    )
            elif not is_number[i]:
                raise ColumnError(f"Column {names[i]!r} holds no numbers. Name it among columns, or leave it out.")
            elif np.isinf(frame.iloc[:, i].to_numpy(np.float64, na_value=np.nan)).any():
                raise ColumnError(f"Column {names[i]!r} holds infinity. Replace it by a number.")
        return {i: names[i] for i in sorted(set(chosen))}

    @staticmethod
    def _position(column: str | int, names: list[str]) -> int:
        if isinstance(column, str) and column in names:
            return names.index(column)
        if isinstance(column, int | np.integer) and 0 <= column < len(names):
            return int(column)
        raise ColumnError(f"There is no column {column!r}. The columns are: {', '.join(names[:20])}.")

    def _learn(self, frame: pd.DataFrame, targets: np.ndarray, is_number: bool) -> dict[str, LearnedColumn]:
        """Train the network on some rows; return category column -> its values and their vectors."""
        cells = {f"c{i}": frame.iloc[:, i].reset_index(drop=True) for i in range(frame.shape[1])}
        target = pd.Series(targets if is_number else [f"class {code}" for code in targets])
        categories = [f"c{i}" for i in self._places]
        # a number that is the same in every row, or missing, is nothing to learn from
        numbers = [name for name, column in cells.items() if name not in categories and column.nunique() > 1]
        ignored = [name for name in cells if name not in categories and name not in numbers]
        trained = train_in_memory(
            self,
            "categories",
            pd.DataFrame({**cells, TARGET: target}),
            {"target": TARGET, "category": categories, "number": numbers, "ignore": ignored},
            {
                "dim": self.dim,
                "min_count": self.min_count,
                "epochs": self.epochs,
                "target_kind": "number" if is_number else "classes",
            },
        )
        values = trained.encoder.values
        return {
            name: LearnedColumn(values[f"c{i}"], trained.value_vectors(f"c{i}")) for i, name in self._places.items()
        }

    def _encode(self, frame: pd.DataFrame, learned: Mapping[str, LearnedColumn]) -> np.ndarray:
        parts: list[np.ndarray] = []
        for i in range(frame.shape[1]):
            cells = frame.iloc[:, i]
            if i in self._places:
                parts.append(learned[self._places[i]].encode(cells))
            elif self.numbers == "passthrough":
                numbers = pd.to_numeric(cells, errors="coerce").to_numpy(np.float32, na_value=np.nan)
                parts.append(numbers[:, None])
        return np.concatenate(parts, axis=1)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.categorical = True
        tags.input_tags.string = True
        tags.input_tags.allow_nan = True
        tags.target_tags.required = True
        tags.transformer_tags.preserves_dtype = []
        return tags
