"""UMAP by umap-learn, the reference. It compiles for most of a minute in a fresh process and cannot be interrupted."""

from __future__ import annotations

import warnings

import numpy as np

from embedviz.core.progress import Progress
from embedviz.projection.partial_layout import LayoutSteps
from embedviz.projection.settings import ProjectionSettings


def umap_learn(vectors: np.ndarray, settings: ProjectionSettings) -> LayoutSteps:
    """Lay out vectors (N, D) by `umap.UMAP`: yields one Progress, returns (N, n_components) float32."""
    yield Progress(0, 0, message="Loading and compiling umap-learn; the first time takes about a minute")
    from umap import UMAP

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a seed means one thread, which is what is asked for
        reducer = UMAP(
            n_neighbors=min(settings.n_neighbors, len(vectors) - 1),
            min_dist=settings.min_dist,
            spread=settings.spread,
            metric=settings.metric,
            n_components=settings.n_components,
            n_epochs=settings.epochs or None,  # its own choice; 0 would leave the points where they start
            negative_sample_rate=settings.negative_samples,
            learning_rate=settings.learning_rate,
            repulsion_strength=settings.repulsion_strength,
            local_connectivity=settings.local_connectivity,
            set_op_mix_ratio=settings.set_op_mix_ratio,
            random_state=settings.seed,
        )
        return np.asarray(reducer.fit_transform(np.array(vectors, np.float32)), np.float32)
