"""The form by which a page asks a trained model: the target, and each column with an example and known values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from embedviz.data.category_values import OTHER
from embedviz.data.column import Column
from embedviz.models.categories.encoding import TableEncoder
from embedviz.models.categories.schema import Target
from embedviz.space import EmbeddingSpace

MAX_VALUES = 1000  # of a category
EXAMPLE_COLUMNS = 4  # of an example row


@dataclass(frozen=True)
class FormField:
    """A column of the form.

    Attributes
    ----------
    name, kind
        Of the column.
    example
        A usual value; a date as text, as the table writes it.
    values
        Of a category, the most frequent first, at most `MAX_VALUES`.
    low, high
        The range of a number, or of a date as text.
    median
        Of a number.
    """

    name: str
    kind: Literal["category", "number", "date"]
    example: float | str | None
    values: list[str] = field(default_factory=list)
    low: float | str | None = None
    high: float | str | None = None
    median: float | None = None


@dataclass(frozen=True)
class Form:
    """Fields of a row to predict, in the table's order, and the target (embedviz.training.protocols.Form)."""

    target: Target
    features: list[FormField]

    def example_call(self, spaces: Mapping[str, EmbeddingSpace]) -> str:
        """Return a call that predicts a row of usual values."""
        known = {feature.name: feature.example for feature in self.features if feature.example is not None}
        return f"run.predict([{dict(list(known.items())[:EXAMPLE_COLUMNS])!r}])"


def form_fields(encoder: TableEncoder, columns: Mapping[str, Column]) -> list[FormField]:
    """Return a field for each column that is encoded; columns hold the training set's rows."""
    numbers = {number.column: number for number in reversed(encoder.numbers)}
    fields = []
    for feature in encoder.features:
        name = feature.column
        if feature.kind == "category":
            known = encoder.values[name]
            values = [label for label in known.labels[OTHER + 1 :] if label != known.missing]
            fields.append(FormField(name, "category", values[0] if values else None, values[:MAX_VALUES]))
        elif name not in numbers:
            continue
        elif feature.kind == "number":
            number = numbers[name]
            fields.append(
                FormField(name, "number", number.median, low=number.low, high=number.high, median=number.median)
            )
        else:
            dates = columns[name].dates(feature.date_format).to_numpy()
            order = np.argsort(dates, kind="stable")[: np.count_nonzero(~np.isnat(dates))]
            low, middle, high = (str(columns[name].values.iloc[order[i]]) for i in (0, len(order) // 2, -1))
            fields.append(FormField(name, "date", middle, low=low, high=high))
    return fields
