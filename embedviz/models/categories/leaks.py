"""Target leakage in a table: features that determine the target alone."""

from __future__ import annotations

import numpy as np

from embedviz.data.leaks import Leak, bin_numbers, class_leak, number_leak
from embedviz.models.categories.encoding import numbers_of
from embedviz.models.categories.reading import LabelledRows

MAX_ROWS = 50_000  # that are looked at


def find_leaks(read: LabelledRows, rows: np.ndarray | None = None) -> list[Leak]:
    """Return the leaking features by the rows given (default: all), the surest first."""
    rows = np.arange(len(read)) if rows is None else rows
    if len(rows) > MAX_ROWS:
        rows = np.sort(np.random.default_rng(0).choice(rows, MAX_ROWS, replace=False))
    targets, found = read.targets[rows], []
    for feature in read.features:
        column = read.columns[feature.column].take(rows)
        if feature.kind == "category":
            numbers, values = None, np.unique(column.names.codes, return_inverse=True)[1]
        else:
            numbers = next(iter(numbers_of(column, feature).values()))
            values = bin_numbers(numbers)
        if read.target.classes:
            leak = class_leak(feature.column, values, targets, len(read.target.classes))
        else:
            leak = number_leak(feature.column, values, targets, numbers)
        found += [leak] if leak else []
    return sorted(found, key=lambda leak: -leak.score)
