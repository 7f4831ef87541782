"""Settings of a map."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from embedviz.training.settings import Settings


class ProjectionSettings(Settings):
    """How vectors become a map. Defaults give what umap-learn gives by its own."""

    method: Literal["umap", "pca"] = Field(
        "umap", description="UMAP keeps neighbourhoods; PCA keeps the widest spread."
    )
    engine: Literal["torch", "umap-learn"] = Field(
        "torch", description="torch: ours, starts at once. umap-learn: the reference, compiles first (about a minute)."
    )
    n_components: Literal[2, 3] = Field(2, description="2 for a flat map, 3 for one to turn.")
    n_points: int = Field(10_000, ge=3, le=1_000_000, description="The most frequent so many are shown.")
    n_neighbors: int = Field(15, ge=2, le=200, description="Small shows fine detail, large shows the broad shape.")
    min_dist: float = Field(0.1, ge=0, le=1, description="How close points may lie; small gives dense clumps.")
    spread: float = Field(1.0, gt=0, le=10, description="Scale of the clumps; at least the minimum distance.")
    metric: Literal["cosine", "euclidean"] = Field("cosine", description="What near means between vectors.")
    epochs: int = Field(200, ge=10, le=5000, description="Rounds of moving the points.")
    negative_samples: int = Field(8, ge=1, le=50, description="Random points each moved point is pushed away from.")
    seed: int = Field(0, ge=0, le=2**32 - 1, description="The same seed gives the same map.")
