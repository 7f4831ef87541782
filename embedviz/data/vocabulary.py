"""Vocabulary: the words that get a vector, the most frequent first, and how often each was seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from embedviz.errors import DataError
from embedviz.files import replacing


class Vocabulary:
    """labels (V), most frequent first, and counts (V,) int64."""

    def __init__(self, labels: Iterable[str], counts: Iterable[int]):
        self.labels = list(labels)
        self.counts = np.fromiter(counts, np.int64, len(self.labels))

    @classmethod
    def from_counter(cls, counter: Counter[str], min_count: int = 1, max_size: int | None = None) -> Vocabulary:
        """The words seen min_count times or more, at most max_size of them; ties in alphabetical order.

        DataError when no word, or only one, is left: there is nothing to learn from.
        """
        kept = sorted(
            ((n, word) for word, n in counter.items() if n >= min_count), key=lambda pair: (-pair[0], pair[1])
        )
        kept = kept[:max_size]
        if not counter:
            raise DataError("The text holds no words. Is it the right column, and the right way of splitting words?")
        if len(counter) == 1:
            word = next(iter(counter))
            raise DataError(
                f"The text is one word, {word[:40]!r}, over and over. Vectors need words beside other words."
            )
        if len(kept) < 2:
            highest = max(counter.values())
            raise DataError(
                f"{'No word is' if not kept else 'Only one word is'} seen {min_count} times or more in the training part: "
                f"the most frequent of its {len(counter):,} words is seen {highest:,} times. "
                f"Lower the minimum count, or bring more text."
            )
        return cls([word for _, word in kept], [n for n, _ in kept])

    def __len__(self) -> int:
        return len(self.labels)

    def __contains__(self, label: object) -> bool:
        return label in self._index

    @cached_property
    def _index(self) -> dict[str, int]:
        return {label: i for i, label in enumerate(self.labels)}

    def index(self, label: str) -> int:
        """The label's number; KeyError when it is not there."""
        return self._index[label]

    def encode(self, tokens: Iterable[str]) -> np.ndarray:
        """The tokens' numbers, unknown ones dropped: (T,) int32."""
        index = self._index
        return np.array([index[token] for token in tokens if token in index], np.int32)

    def save(self, path: Path) -> None:
        """Writes label and count to a Parquet file."""
        with replacing(path) as temporary:
            pd.DataFrame({"label": self.labels, "count": self.counts}).to_parquet(temporary, index=False)

    @classmethod
    def load(cls, path: Path) -> Vocabulary:
        frame = pd.read_parquet(path)
        return cls(frame["label"], frame["count"])
