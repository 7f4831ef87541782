"""Trained word vectors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import pandas as pd

from embedviz.core import archive
from embedviz.space import EmbeddingSpace


@dataclass(frozen=True, eq=False)
class WordVectors:
    """The vectors of a vocabulary (embedviz.training.protocols.Trained).

    Attributes
    ----------
    labels
        (V) words, the most frequent first.
    counts
        (V,) int64, how often each was seen in the training part.
    centre, context
        (V, D) float32. The centre vectors are the space; the context vectors are what they were learned against.
    """

    labels: list[str]
    counts: np.ndarray
    centre: np.ndarray
    context: np.ndarray

    def spaces(self) -> Mapping[str, EmbeddingSpace]:
        """Return "word": the centre vectors, with the count of each word in the training part."""
        columns = pd.DataFrame({"count": self.counts})
        return {"word": EmbeddingSpace(self.labels, self.centre, columns, "word")}

    def save(self, path: Path) -> None:
        """Write the vectors to one file."""
        archive.save(self, path)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what `save` wrote. DataError when the file holds something else."""
        return archive.load(cls, path)
