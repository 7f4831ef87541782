"""Tables as scikit-learn's callers bring them, as data frames of pandas."""

from __future__ import annotations

from typing import Any

import pandas as pd
from sklearn.utils.validation import check_array, validate_data

from embedviz.data.table_like import as_arrow


def frame_of(estimator: Any, X: Any, y: Any = "no_validation", *, reset: bool, min_features: int = 1) -> pd.DataFrame:
    """Return a table with its own index and column names, cells as they are; an array's columns are numbered.

    Parameters
    ----------
    estimator
        Whose `n_features_in_` and `feature_names_in_` are set, or checked.
    X
        A frame of pandas or polars, an Arrow table, or an array of two dimensions.
    y
        A target that has to be there, where it is passed.
    reset
        True in `fit`.
    min_features
        That an array has to have.
    """
    is_table = not isinstance(X, pd.DataFrame) and hasattr(X, "__arrow_c_stream__") and hasattr(X, "columns")
    if is_table:
        X = as_arrow(X).to_pandas()
    validate_data(estimator, X, y, reset=reset, skip_check_array=True)
    samples = 2 if reset else 1
    if isinstance(X, pd.DataFrame):
        check_array(pd.DataFrame(index=range(len(X)), columns=range(X.shape[1]), data=0), ensure_min_samples=samples, ensure_min_features=min_features)
        return X
    array = check_array(
        X, dtype=None, ensure_all_finite="allow-nan", ensure_min_samples=samples, ensure_min_features=min_features,
        estimator=estimator,
    )  # fmt: skip
    return pd.DataFrame(array).infer_objects()
