"""The values of a column of categories: known ones, rare ones pooled into one, and missing ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from embedviz.data.category_names import Names

OTHER = 0  # the code of a value that is rare or never seen


@dataclass(frozen=True)
class CategoryValues:
    """Vocabulary of a categorical column.

    Parameters
    ----------
    labels : list of str
        The pooled "other" first, then the known values, the most frequent first (V).
    counts : (V,) int64 array
        Rows of the training set with each value.
    missing : str
        The label of missing cells, which are a value like any other.
    pooled : int
        Number of values that count as other.
    """

    labels: list[str]
    counts: np.ndarray
    missing: str
    pooled: int

    @classmethod
    def learn(cls, names: Names, min_count: int) -> Self:
        """Learn the values of the training set; those in fewer than min_count rows are pooled into other."""
        counts = {name: int(count) for name, count in zip(names.distinct, names.counts, strict=True) if count}
        other, missing = _unused_label("(other)", counts), _unused_label("(missing)", counts)
        if n_missing := int(names.missing.sum()):
            counts[missing] = n_missing
        known = sorted((name for name in counts if counts[name] >= min_count), key=lambda name: (-counts[name], name))
        rare = [name for name in counts if counts[name] < min_count]
        rows = [sum(counts[name] for name in rare), *(counts[name] for name in known)]
        return cls([other, *known], np.array(rows, np.int64), missing, len(rare))

    def __len__(self) -> int:
        return len(self.labels)

    def encode(self, names: Names) -> np.ndarray:
        """Encode cells: (N,) names -> (N,) int64 places in `labels`, OTHER where a value is not known."""
        place = {label: i for i, label in enumerate(self.labels) if i != OTHER}
        missing = place.pop(self.missing, OTHER)
        codes = np.array([place.get(name, OTHER) for name in names.distinct], np.int64)
        return names.spread(codes, missing)


def _unused_label(label: str, values: dict[str, int]) -> str:
    """The label, in as many brackets as it takes to be none of the values."""
    while label in values:
        label = f"({label})"
    return label
