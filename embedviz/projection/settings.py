"""Settings of a map, and what is said when they do not fit the points."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import Field

from embedviz.errors import SettingsError
from embedviz.training.settings import Settings

FEWEST = 4  # points from which UMAP has anything to arrange


class ProjectionSettings(Settings):
    """How vectors become a map. Neighbours, distances and spread mean what they mean in umap-learn."""

    method: Literal["umap", "pca"] = Field(
        "umap",
        description="UMAP keeps neighbourhoods; PCA keeps the widest spread.",
        json_schema_extra={"basic": True},
    )
    engine: Literal["torch", "umap-learn"] = Field(
        "torch", description="torch: ours, starts at once. umap-learn: the reference, compiles first (about a minute)."
    )
    n_components: Literal[2, 3] = Field(
        2, title="Dimensions", description="2 for a flat map, 3 for one to turn.", json_schema_extra={"basic": True}
    )
    n_points: int = Field(
        10_000,
        ge=3,
        le=1_000_000,
        title="Points",
        description="The most frequent so many are shown.",
        json_schema_extra={"basic": True},
    )
    n_neighbors: int = Field(
        15,
        ge=2,
        le=200,
        title="Neighbours",
        description="Points nearby that each point is arranged by. Small shows fine detail, large the broad shape.",
        json_schema_extra={"basic": True},
    )
    min_dist: float = Field(
        0.1, ge=0, le=1, title="Minimum distance", description="How close points may lie; small gives dense clumps."
    )
    spread: float = Field(1.0, gt=0, le=10, description="Scale of the clumps; at least the minimum distance.")
    metric: Literal["cosine", "euclidean"] = Field("cosine", description="What near means between vectors.")
    epochs: int = Field(
        0, ge=0, le=5000, description="Rounds of moving the points; 0 takes 200, and up to 500 for few points."
    )
    negative_samples: int = Field(8, ge=1, le=50, description="Random points each moved point is pushed away from.")
    init: Literal["pca", "random"] = Field("pca", description="Where the points start: PCA keeps the broad shape.")
    seed: int = Field(0, ge=0, le=2**32 - 1, description="The same seed gives the same map on the same device.")

    @classmethod
    def of(cls, **values: Any) -> Self:
        settings = super().of(**values)
        settings.check()
        return settings

    def check(self) -> None:
        """SettingsError when two settings contradict each other."""
        if self.spread < self.min_dist:
            raise SettingsError(f"spread ({self.spread}) has to be at least min_dist ({self.min_dist}).")

    def epochs_for(self, n: int) -> int:
        """Rounds for n points: few points make few steps a round, and need more rounds to settle."""
        return self.epochs or (500 if n < 2_000 else 200)

    def neighbors_for(self, n: int) -> int:
        """n_neighbors, the point itself counted as umap-learn does, as far as n points allow it."""
        return min(self.n_neighbors, n)

    def notes(self, n: int) -> list[str]:
        """Sentences on what is done otherwise than the settings say, because there are only n points."""
        if self.method == "pca":
            return []
        if n < FEWEST:
            return [f"UMAP needs at least {FEWEST} points and there {'is' if n == 1 else 'are'} {n}: this is PCA."]
        if n < self.n_neighbors:
            return [f"There are {n} points, fewer than the {self.n_neighbors} neighbours asked for: all are used."]
        return []
