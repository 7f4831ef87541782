"""Notes on predictions: values that are not known, and cells that cannot be read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from embedviz.data.category_values import OTHER
from embedviz.data.column import Column
from embedviz.models.categories.encoding import TableEncoder
from embedviz.models.categories.schema import Feature
from embedviz.models.categories.wording import quoted

MAX_NOTES = 5  # of a row, and of the columns that are named in one


def prediction_notes(encoder: TableEncoder, columns: Mapping[str, Column], n: int) -> list[str]:
    """Return a note for each of n rows, empty where everything was known. columns: those that are given."""
    absent = [feature.column for feature in encoder.used if feature.column not in columns]
    notes: list[list[str]] = [[f"Not given: {quoted(absent, MAX_NOTES)}."] if absent else [] for _ in range(n)]
    for feature in encoder.used:
        if feature.column in columns:
            for row, note in _cell_notes(encoder, columns[feature.column], feature):
                notes[row].append(note)
    return [" ".join(row[:MAX_NOTES] + [f"And {len(row) - MAX_NOTES} more."] * (len(row) > MAX_NOTES)) for row in notes]


def _cell_notes(encoder: TableEncoder, cells: Column, feature: Feature) -> Iterator[tuple[int, str]]:
    """Yield rows with a note on their cell."""
    column, names = feature.column, cells.names.series()
    if feature.kind == "category":
        is_mean = column in encoder.untrained
        counts_as = "the mean of the known values" if is_mean else "other"
        for row in np.flatnonzero(encoder.values[column].encode(cells.names) == OTHER).tolist():
            if cells.missing[row]:
                yield row, f"“{column}” is empty, which was rare in training, and counts as {counts_as}."
            else:
                is_unknown = "is new," if is_mean else "is new or was rare,"
                yield row, f"“{names.iloc[row]}” in “{column}” {is_unknown} and counts as {counts_as}."
        return
    number = next(number for number in encoder.numbers if number.column == column)
    found = cells.numbers(feature.decimal) if feature.kind == "number" else cells.dates(feature.date_format)
    replaced = "" if number.has_indicator else f" and is replaced by the {'median' if number.edges else 'mean'}"
    for row in np.flatnonzero(np.isnan(np.asarray(found))).tolist():
        if not cells.missing[row]:
            yield row, f"“{names.iloc[row]}” in “{column}” is not a {feature.kind}; it counts as missing{replaced}."
        elif replaced:
            yield row, f"“{column}” is empty{replaced}."
