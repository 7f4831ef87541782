"""The values of a column of categories: which are known, which are pooled because they are rare, which are missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from embedviz.data.classes import class_names

OTHER = 0  # the code of what is rare or never seen


@dataclass(frozen=True)
class CategoryValues:
    """labels (V): the pooled "other" first, then the known values, the most frequent first; counts (V,) rows in the
    training part; missing: the label of empty cells, a value like any; pooled: how many values count as other."""

    labels: list[str]
    counts: np.ndarray
    missing: str
    pooled: int

    @classmethod
    def learn(cls, names: pd.Series, min_count: int) -> Self:
        """From the training part's category_names. Values in fewer than min_count rows are pooled into other."""
        found = names.value_counts()
        values = set(found.index)
        other, missing = _unlike("(other)", values), _unlike("(missing)", values)
        found[missing] = int(names.isna().sum())
        found = found[found > 0]
        kept = sorted(found.index[found >= min_count], key=lambda name: (-found[name], name))
        rare = int(found[found < min_count].sum())
        counts = np.array([rare, *(found[name] for name in kept)], np.int64)
        return cls([other, *kept], counts, missing, int((found < min_count).sum()))

    def __len__(self) -> int:
        return len(self.labels)

    def encode(self, names: pd.Series) -> np.ndarray:
        """category_names (n,) -> (n,) int64, OTHER where a value is not known."""
        place = {label: i for i, label in enumerate(self.labels) if i != OTHER}
        missing = place.get(self.missing, OTHER)
        place.pop(self.missing, None)
        codes = names.map(place).fillna(OTHER).to_numpy(np.int64)
        return np.where(names.isna(), missing, codes)

    def as_dict(self) -> dict[str, Any]:
        return {**vars(self), "counts": self.counts.tolist()}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        return cls(**{**values, "counts": np.array(values["counts"], np.int64)})


def category_names(values: pd.Series) -> pd.Series:
    """Each cell as people read it, missing where it is missing or blank; 1 and 1.0 are one value."""
    if values.dtype == object:
        values = values.map(lambda cell: cell if cell is None or pd.api.types.is_scalar(cell) else str(cell))
    codes, different = pd.factorize(values)  # -1 for what is missing
    names = class_names(pd.Series(different)).to_numpy(object)
    names = np.append(names, pd.NA)
    return pd.Series(names[codes], index=values.index, name=values.name, dtype=object)


def _unlike(label: str, values: set[str]) -> str:
    """The label, in as many brackets as it takes to be none of the values."""
    while label in values:
        label = f"({label})"
    return label
