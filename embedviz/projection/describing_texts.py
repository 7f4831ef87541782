"""What clusters of points are named after: labels, or the texts and rows that they stand for."""

from __future__ import annotations

import numpy as np

from embedviz.space import EmbeddingSpace
from embedviz.space.kinds import TEXT


def describing_texts(space: EmbeddingSpace, points: np.ndarray) -> list[str]:
    """Return the text of each point (N,): in full for a space of texts, with the words in its cells for one of rows."""
    labels = [space.labels[i] for i in points]
    if space.kind == "text" and TEXT in space.columns:
        return space.columns[TEXT].iloc[points].astype(str).tolist()
    if space.kind != "row":
        return labels
    cells = space.columns.iloc[points].select_dtypes(exclude=["number", "bool"]).fillna("").astype(str)
    return [" ".join(filter(None, row)) for row in zip(labels, *(cells[name] for name in cells), strict=True)]
