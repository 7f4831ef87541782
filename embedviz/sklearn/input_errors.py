"""Errors of the estimators: scikit-learn's callers expect ValueError where data or a parameter is wrong."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from embedviz.core.errors import EmbedvizError


class EstimatorInputError(EmbedvizError, ValueError):
    """Data or a parameter that an estimator cannot use; a ValueError too, as scikit-learn's own."""


@contextmanager
def as_value_errors() -> Generator[None]:
    """Raise an EmbedvizError from within the block as an EstimatorInputError with the same message."""
    try:
        yield
    except EmbedvizError as error:
        if isinstance(error, ValueError):
            raise
        raise EstimatorInputError(str(error)) from error
