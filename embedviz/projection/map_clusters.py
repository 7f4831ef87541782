"""The clusters that a map is coloured by: those of the original vectors, with names."""

from __future__ import annotations

import numpy as np
import pandas as pd

from embedviz.projection.clusters import clusters
from embedviz.projection.describing_texts import describing_texts
from embedviz.projection.importance import importance
from embedviz.space import EmbeddingSpace
from embedviz.space.search.torch_metrics import TorchMetric


def map_clusters(space: EmbeddingSpace, points: np.ndarray, metric: TorchMetric) -> pd.Categorical:
    """Return the name of each point's cluster, (N,), the largest cluster first, those in no cluster last.

    Parameters
    ----------
    space : EmbeddingSpace
    points : np.ndarray
        (N,) rows of the space.
    metric : {"cosine", "euclidean"}
        Distance metric in the original space.
    """
    vectors = np.asarray(space.vectors[points])
    labels = describing_texts(space, points)
    return clusters(vectors, labels, metric, importance=importance(space, points)).column()
