"""Trained word vectors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from embedviz.core.archive import Archived
from embedviz.space import EmbeddingSpace


@dataclass(frozen=True, eq=False)
class WordVectors(Archived):
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
