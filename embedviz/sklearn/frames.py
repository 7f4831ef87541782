"""Tables as scikit-learn's callers bring them, as data frames of pandas."""

# pyright: reportUntypedBaseClass=false, reportConstantRedefinition=false
# scikit-learn has no types of its own, and calls a table X.

from __future__ import annotations

from typing import Any

import pandas as pd
from sklearn.utils.validation import check_array, validate_data

from embedviz.core.errors import DataError
from embedviz.data.table_like import as_frame, is_foreign_table


def frame_of(estimator: Any, X: Any, y: Any = "no_validation", *, reset: bool, min_features: int = 1) -> pd.DataFrame:
    """Return a table with its own index and column names, cells as they are; an array's columns are numbered.

    Parameters
    ----------
    estimator
        Whose `n_features_in_` and `feature_names_in_` are set, or checked.
    X
        A frame of pandas or polars, an Arrow table, a Hugging Face dataset, or an array of two dimensions.
    y
        A target that has to be there, where it is passed.
    reset
        True in `fit`.
    min_features
        That a table has to have.

    Raises
    ------
    DataError, ValueError
        For too few rows or columns, columns of other names than in `fit`, or what is no table.
    """
    if is_foreign_table(X):
        X = as_frame(X)
    samples, min_features = (2, min_features) if reset else (1, 1)
    if not isinstance(X, pd.DataFrame):
        X = check_array(
            X, dtype=None, ensure_all_finite="allow-nan", ensure_min_samples=samples, ensure_min_features=min_features,
            estimator=estimator,
        )  # fmt: skip
    validate_data(estimator, X, y, reset=reset, skip_check_array=True)
    if isinstance(X, pd.DataFrame):
        if len(X) < samples or X.shape[1] < min_features:
            raise DataError(
                f"The frame has {len(X)} rows and {X.shape[1]} columns; at least {samples} and {min_features} are needed."
            )
        return X
    return pd.DataFrame(X).infer_objects()
