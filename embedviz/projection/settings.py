"""Settings of a map, and what is said when they do not fit the points."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import Field

from embedviz.core.errors import SettingsError
from embedviz.core.settings import Settings

FEWEST = 4  # points from which UMAP and t-SNE have anything to arrange
ONLY_UMAP, ONLY_TSNE, ONLY_AXES = ({"only_for": {"method": [name]}} for name in ("umap", "tsne", "axes"))
MOVED = {"only_for": {"method": ["umap", "tsne"]}}  # by both, round for round


class ProjectionSettings(Settings):
    """How vectors become a map. Neighbours, distances and spread mean what they mean in umap-learn."""

    method: Literal["umap", "tsne", "pca", "axes"] = Field(
        "umap",
        description="umap and tsne keep neighbourhoods; pca keeps the widest spread; axes goes along two directions that "
        "you name.",
        json_schema_extra={"basic": True},
    )
    engine: Literal["torch", "umap-learn"] = Field(
        "torch",
        description="torch: ours, starts at once. umap-learn: the reference, compiles first (about a minute).",
        json_schema_extra=ONLY_UMAP,
    )
    n_components: Literal[2, 3] = Field(
        2, title="Dimensions", description="2 for a flat map, 3 for one to turn.", json_schema_extra={"basic": True}
    )
    n_points: int = Field(
        10_000,
        ge=3,
        le=1_000_000,
        title="Points",
        description="So many are shown, the most frequent ones unless the sample is stratified.",
        json_schema_extra={"basic": True},
    )
    sample: Literal["most frequent", "stratified"] = Field(
        "most frequent",
        description="Which points are shown where there are more. stratified: drawn by the seed, equally many from every "
        "tenth of the labels by frequency, so that rare ones are seen too.",
    )
    n_neighbors: int = Field(
        15,
        ge=2,
        le=200,
        title="Neighbours",
        description="Points nearby that each point is arranged by. Small shows fine detail, large the broad shape.",
        json_schema_extra={"basic": True, **ONLY_UMAP},
    )
    perplexity: float = Field(
        30.0,
        ge=2,
        le=200,
        description="About how many points nearby each point is arranged by.",
        json_schema_extra={"basic": True, **ONLY_TSNE},
    )
    x_axis: str = Field(
        "",
        max_length=500,
        title="To the right",
        description="A direction: she - he, (good, great) - (bad, awful), king*, bank without river.",
        json_schema_extra={"basic": True, **ONLY_AXES},
    )
    y_axis: str = Field(
        "",
        max_length=500,
        title="Upwards",
        description="A direction, written in the same way.",
        json_schema_extra={"basic": True, **ONLY_AXES},
    )
    min_dist: float = Field(
        0.1,
        ge=0,
        le=1,
        title="Minimum distance",
        description="How close points may lie; small gives dense clumps.",
        json_schema_extra=ONLY_UMAP,
    )
    spread: float = Field(
        1.0,
        gt=0,
        le=10,
        description="Scale of the clumps; at least the minimum distance.",
        json_schema_extra=ONLY_UMAP,
    )
    metric: Literal["cosine", "euclidean"] = Field("cosine", description="What near means between vectors.")
    epochs: int = Field(
        0,
        ge=0,
        le=5000,
        description="Rounds of moving the points. 0 takes 200 for umap, 500 where points are few, and 750 for tsne.",
        json_schema_extra=MOVED,
    )
    negative_samples: int = Field(
        8,
        ge=1,
        le=50,
        description="Random points each moved point is pushed away from.",
        json_schema_extra=ONLY_UMAP,
    )
    learning_rate: float = Field(
        1.0,
        gt=0,
        le=10,
        description="How far points move at first; it falls to nothing by the last round.",
        json_schema_extra=ONLY_UMAP,
    )
    repulsion_strength: float = Field(
        1.0,
        ge=0,
        le=10,
        description="How strongly random points push each other away, next to how neighbours pull.",
        json_schema_extra=ONLY_UMAP,
    )
    local_connectivity: int = Field(
        1,
        ge=1,
        le=20,
        description="So many of its nearest a point belongs to wholly; more draws strays in.",
        json_schema_extra=ONLY_UMAP,
    )
    set_op_mix_ratio: float = Field(
        1.0,
        ge=0,
        le=1,
        title="Union or intersection",
        description="1: two points belong together when either says so; 0: only when both do.",
        json_schema_extra=ONLY_UMAP,
    )
    init: Literal["last map", "pca", "random"] = Field(
        "last map",
        title="Start",
        description="Where the points start. last map: where the map drawn before has them, so that the picture does not "
        "jump; the first map starts by PCA, which keeps the broad shape.",
        json_schema_extra=MOVED,
    )
    hold: bool = Field(
        False,
        title="Hold what is there",
        description="Points of the last map stay where they are, and only new ones find their places among them.",
        json_schema_extra=ONLY_UMAP,
    )
    seed: int = Field(
        0,
        ge=0,
        le=2**31 - 1,
        description="The same seed gives the same map on the same device.",
        json_schema_extra=MOVED,
    )

    @classmethod
    def of(cls, **values: Any) -> Self:
        settings = super().of(**values)
        settings.check()
        return settings

    def check(self) -> None:
        """SettingsError when two settings contradict each other."""
        if self.spread < self.min_dist:
            raise SettingsError(f"spread ({self.spread}) has to be at least min_dist ({self.min_dist}).")
        if self.n_components == 3 and self.method in ("tsne", "axes"):
            raise SettingsError(f"{self.method} draws flat maps; for one to turn choose umap or pca.")
        if self.method == "axes" and not (self.x_axis.strip() and self.y_axis.strip()):
            raise SettingsError(
                "A map along axes needs two directions, such as she - he and (good, great) - (bad, awful)."
            )

    @property
    def goes_on(self) -> bool:
        """Whether these settings start from an earlier map, where there is one."""
        return self.method in ("umap", "tsne") and self.init == "last map"

    def epochs_for(self, n: int) -> int:
        """Rounds for n points. UMAP: few points make few steps a round, and need more rounds to settle."""
        if self.method == "tsne":
            return self.epochs or 750
        return self.epochs or (500 if n < 2_000 else 200)

    def perplexity_for(self, n: int) -> float:
        """perplexity, as far as n points allow it: three times as many neighbours are needed."""
        return max(1.0, min(self.perplexity, (n - 1) / 3))

    def neighbors_for(self, n: int) -> int:
        """n_neighbors, the point itself counted as umap-learn does, as far as n points allow it."""
        return min(self.n_neighbors, n)

    def notes(self, n: int) -> list[str]:
        """Sentences on what is done otherwise than the settings say, because there are only n points."""
        if self.method in ("pca", "axes"):
            return []
        if n < FEWEST:
            name = {"umap": "UMAP", "tsne": "t-SNE"}[self.method]
            return [f"{name} needs at least {FEWEST} points and there {'is' if n == 1 else 'are'} {n}: this is PCA."]
        if self.method == "tsne":
            fits = self.perplexity_for(n)
            return [f"{n} points allow a perplexity of {fits:.0f} at most."] if fits < self.perplexity else []
        if n < self.n_neighbors:
            return [f"There are {n} points, fewer than the {self.n_neighbors} neighbours asked for: all are used."]
        return []
