"""Columns of a read table that give its target away."""

from __future__ import annotations

import numpy as np
import pandas as pd

from embedviz.data.category_values import category_names
from embedviz.data.leaks import Leak, binned, class_leak, number_leak
from embedviz.models.categories.encoding import numbers_of
from embedviz.models.categories.reading import LabelledRows

MOST_ROWS = 50_000  # looked at, for a leak shows in fewer


def find_leaks(read: LabelledRows, rows: np.ndarray | None = None) -> list[Leak]:
    """The features that tell the target alone, the surest first, by the rows given (all when None)."""
    rows = np.arange(len(read)) if rows is None else rows
    if len(rows) > MOST_ROWS:
        rows = np.sort(np.random.default_rng(0).choice(rows, MOST_ROWS, replace=False))
    found = []
    for feature in read.features:
        cells = read.frame[feature.column].iloc[rows]
        numbers = None
        if feature.kind == "category":
            values = pd.factorize(category_names(cells))[0] + 1  # 0 for what is missing
        else:
            numbers = next(iter(numbers_of(cells, feature).values()))
            values = binned(numbers)
        if read.classes is not None:
            leak = class_leak(feature.column, values, read.codes[rows], len(read.classes.names))
        else:
            leak = number_leak(feature.column, values, read.numbers[rows], numbers)
        found += [leak] if leak else []
    return sorted(found, key=lambda leak: -leak.share)
