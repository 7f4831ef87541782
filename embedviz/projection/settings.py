"""Settings of a map, and notes on those that do not suit the number of points."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import Field
from pydantic.config import JsonDict

from embedviz.core.errors import SettingsError
from embedviz.core.settings import Settings

GIVEN = "as in the file"  # the method that takes the coordinates that a space came with
MIN_POINTS = 4  # from which UMAP and t-SNE have anything to arrange
ONLY_UMAP: JsonDict = {"only_for": {"method": ["umap"]}}
ONLY_TSNE: JsonDict = {"only_for": {"method": ["tsne"]}}
ONLY_AXES: JsonDict = {"only_for": {"method": ["axes"]}}
OPTIMISED: JsonDict = {"only_for": {"method": ["umap", "tsne"]}}  # by both, epoch for epoch


class ProjectionSettings(Settings):
    """Settings of a map. Neighbours, distances and spread mean what they mean in umap-learn."""

    method: Literal["umap", "tsne", "pca", "axes", "as in the file"] = Field(
        default="umap",
        description="umap and tsne keep neighbourhoods; pca keeps the widest spread; axes projects on two directions that "
        "you name; as in the file takes the coordinates that the vectors came with.",
        json_schema_extra={"basic": True},
    )
    engine: Literal["torch", "umap-learn"] = Field(
        default="torch",
        description="torch: built in, starts at once. umap-learn: the reference, compiles first (about a minute).",
        json_schema_extra=ONLY_UMAP,
    )
    n_components: Literal[2, 3] = Field(
        default=2,
        title="Dimensions",
        description="2 for a flat map, 3 for one to rotate.",
        json_schema_extra={"basic": True},
    )
    n_points: int = Field(
        default=10_000,
        ge=3,
        le=1_000_000,
        title="Points",
        description="How many labels the map shows, the most frequent ones unless the sample is stratified.",
        json_schema_extra={"basic": True},
    )
    sample: Literal["most frequent", "stratified"] = Field(
        default="most frequent",
        description="Which labels the map shows where there are more. stratified: drawn by the seed, equally many from "
        "every tenth of the labels by frequency, so that rare ones are seen too.",
    )
    n_neighbors: int = Field(
        default=15,
        ge=2,
        le=200,
        title="Neighbours",
        description="Nearest neighbours that each point is arranged by. Few show fine detail, many the broad shape.",
        json_schema_extra={"basic": True, **ONLY_UMAP},
    )
    perplexity: float = Field(
        default=30.0,
        ge=2,
        le=200,
        description="Effective number of neighbours that each point is arranged by.",
        json_schema_extra={"basic": True, **ONLY_TSNE},
    )
    x_axis: str = Field(
        default="",
        max_length=500,
        title="Horizontal axis",
        description="A direction: she - he, (good, great) - (bad, awful), king*, bank without river.",
        json_schema_extra={"basic": True, **ONLY_AXES},
    )
    y_axis: str = Field(
        default="",
        max_length=500,
        title="Vertical axis",
        description="A direction, written as the horizontal one.",
        json_schema_extra={"basic": True, **ONLY_AXES},
    )
    min_dist: float = Field(
        default=0.1,
        ge=0,
        le=1,
        title="Minimum distance",
        description="How close points may lie; a small value gives dense clumps.",
        json_schema_extra=ONLY_UMAP,
    )
    spread: float = Field(
        default=1.0,
        gt=0,
        le=10,
        description="Scale of the clumps; at least the minimum distance.",
        json_schema_extra=ONLY_UMAP,
    )
    metric: Literal["cosine", "euclidean"] = Field(
        default="cosine", description="Distance metric in the original space."
    )
    epochs: int = Field(
        default=0,
        ge=0,
        le=5000,
        description="Epochs of optimising the layout. 0 takes 200 for umap, 500 for few points, and 750 for tsne.",
        json_schema_extra=OPTIMISED,
    )
    negative_samples: int = Field(
        default=8,
        ge=1,
        le=50,
        description="Random points that repel each point, for every neighbour that attracts it.",
        json_schema_extra=ONLY_UMAP,
    )
    learning_rate: float = Field(
        default=1.0,
        gt=0,
        le=10,
        description="Initial step size; it falls to 0 by the last epoch.",
        json_schema_extra=ONLY_UMAP,
    )
    repulsion_strength: float = Field(
        default=1.0,
        ge=0,
        le=10,
        description="Strength of the repulsion between random points, next to 1 for the attraction of neighbours.",
        json_schema_extra=ONLY_UMAP,
    )
    local_connectivity: int = Field(
        default=1,
        ge=1,
        le=20,
        description="Number of nearest neighbours that a point is fully connected with; more of them draw outliers in.",
        json_schema_extra=ONLY_UMAP,
    )
    set_op_mix_ratio: float = Field(
        default=1.0,
        ge=0,
        le=1,
        title="Union or intersection",
        description="1: two points are connected when either is a neighbour of the other; 0: only when both are.",
        json_schema_extra=ONLY_UMAP,
    )
    init: Literal["last map", "pca", "random"] = Field(
        default="last map",
        title="Start",
        description="Where the points start. last map: where the previous map has them, so that the picture does not "
        "jump; the first map starts from PCA, which keeps the broad shape.",
        json_schema_extra=OPTIMISED,
    )
    hold: bool = Field(
        default=False,
        title="Keep existing points fixed",
        description="Points of the last map stay where they are; only new ones are placed among them.",
        json_schema_extra=ONLY_UMAP,
    )
    seed: int = Field(
        default=0,
        ge=0,
        le=2**31 - 1,
        description="The same seed gives the same map on the same device.",
        json_schema_extra=OPTIMISED,
    )

    @classmethod
    def of(cls, *, preset: str | None = None, **values: Any) -> Self:
        """Return validated settings; SettingsError for values out of their range or that contradict each other."""
        settings = super().of(preset=preset, **values)
        settings.check()
        return settings

    def check(self) -> None:
        """Raise SettingsError when two settings contradict each other."""
        if self.spread < self.min_dist:
            raise SettingsError(f"spread ({self.spread}) has to be at least min_dist ({self.min_dist}).")
        if self.n_components == 3 and self.method in ("tsne", "axes", GIVEN):
            raise SettingsError(f"{self.method} draws flat maps; for three dimensions choose umap or pca.")
        if self.method == "axes" and not (self.x_axis.strip() and self.y_axis.strip()):
            raise SettingsError(
                "A map along axes needs two directions, such as she - he and (good, great) - (bad, awful)."
            )

    @property
    def continues_last_map(self) -> bool:
        """True when these settings start from an earlier map, where there is one."""
        return self.method in ("umap", "tsne") and self.init == "last map"

    def epochs_for(self, n: int) -> int:
        """Return the epochs for n points. For UMAP few points make few steps an epoch, and need more epochs to settle."""
        if self.method == "tsne":
            return self.epochs or 750
        return self.epochs or (500 if n < 2_000 else 200)

    def perplexity_for(self, n: int) -> float:
        """Return the perplexity, as far as n points allow it: three times as many neighbours are needed."""
        return max(1.0, min(self.perplexity, (n - 1) / 3))

    def neighbors_for(self, n: int) -> int:
        """Return n_neighbors, the point itself counted as umap-learn does, as far as n points allow it."""
        return min(self.n_neighbors, n)

    def notes(self, n: int) -> list[str]:
        """Return sentences on settings that are not followed, because there are only n points."""
        if self.method in ("pca", "axes"):
            return []
        if n < MIN_POINTS:
            name = {"umap": "UMAP", "tsne": "t-SNE"}[self.method]
            return [
                f"{name} needs at least {MIN_POINTS} points and there {'is' if n == 1 else 'are'} {n}: this is PCA."
            ]
        if self.method == "tsne":
            fits = self.perplexity_for(n)
            return [f"{n} points allow a perplexity of {fits:.0f} at most."] if fits < self.perplexity else []
        if n < self.n_neighbors:
            return [f"There are {n} points, fewer than the {self.n_neighbors} neighbours set: all are used."]
        return []
