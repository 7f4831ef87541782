"""The ways of learning ratings, and which of them a table calls for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from embedviz.core.errors import DataError, SettingsError

if TYPE_CHECKING:
    from embedviz.models.ratings.table import RatingsTable

METHODS = {
    "als": "mean, biases and vectors by alternating least squares",
    "gradient": "mean, biases and vectors by gradient descent",
    "dot": "the plain dot product of vectors by gradient descent, as in textbooks",
    "bpr": "Bayesian personalised ranking, from who has what",
}


def chosen_method(wanted: str, table: RatingsTable) -> str:
    """als where there are ratings to predict and bpr where not, unless another is wanted; SettingsError when that
    one needs ratings, DataError when everybody has everything and ratings are not what is learned."""
    method = ("als" if table.rating is not None else "bpr") if wanted == "auto" else wanted
    if method == "bpr" and len(table.user) == len(table.users) * len(table.items):
        raise DataError(
            "Every user has every item, so there is nothing to rank. Choose a column of ratings that differ, or bring "
            "data in which users lack some items."
        )
    if method != "bpr" and table.rating is None:
        why = "no column is chosen as rating"
        if table.only_rating is not None:
            why = f"every rating is {table.only_rating:g}, so there is nothing to tell apart"
        raise SettingsError(f"The method {method} learns from ratings, and {why}. Take bpr, which does without.")
    return method
