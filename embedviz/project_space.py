"""Projecting a space on a map in one call, and the map that comes out of it."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from embedviz.core.errors import SettingsError
from embedviz.core.generators import result_of
from embedviz.core.progress import Progress
from embedviz.map_view.answers import first_labels
from embedviz.map_view.caption import caption
from embedviz.map_view.columns import color_codes, default_color
from embedviz.projection.fidelity import measure_fidelity
from embedviz.projection.given_layout import placed
from embedviz.projection.partial_layout import PartialLayout
from embedviz.projection.projecting import composed_axes, map_steps
from embedviz.projection.sampling import sampled
from embedviz.projection.settings import GIVEN, ProjectionSettings
from embedviz.space import EmbeddingSpace
from embedviz.space.searchable_space import COMPOSED

if TYPE_CHECKING:
    from embedviz.widget import Map

N_PICTURE_LABELS = 60  # tried in a static picture


@dataclass(frozen=True, eq=False)
class Projection:
    """A finished map. In a notebook it shows itself as `widget()` does, and as a picture where there is no anywidget.

    Attributes
    ----------
    coords : np.ndarray
        (N, 2 or 3) float32.
    points : np.ndarray
        (N,) int64: the rows of the space's labels.
    quality : dict of str to float
        Scores of `fidelity`, and neighbor_recall@k when the map was made from approximate neighbours.
    settings : ProjectionSettings
        How it was made.
    space : EmbeddingSpace
        The space that it shows.
    kept : pd.Series or None
        (N,) share of each point's nearest neighbours that the map kept; NaN where it was not measured.
    columns : pd.DataFrame
        Columns that the points have on this map alone, N rows; none.
    """

    coords: np.ndarray
    points: np.ndarray
    quality: dict[str, float]
    settings: ProjectionSettings
    space: EmbeddingSpace = field(repr=False)
    kept: pd.Series | None = field(default=None, repr=False)
    columns: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)

    @property
    def clusters(self) -> pd.Series | None:
        """Name of the cluster of each point in the original space, (N,) categorical; None until `find_clusters`."""
        return self.__dict__.get("_clusters")

    def find_clusters(self) -> pd.Series:
        """Find the clusters of the points in the original space, once, and return the name of each one's: (N,) categorical."""
        return self._clusters

    @cached_property
    def _clusters(self) -> pd.Series:
        from embedviz.projection.map_clusters import map_clusters

        return pd.Series(map_clusters(self.space, self.points, self.settings.metric), name="cluster")

    def frame(self, space: EmbeddingSpace | None = None) -> pd.DataFrame:
        """Return label, x, y (z), and the columns of the space, or of another with the same labels: N rows.

        `.attrs["composed"]` says which words of named axes are unknown and have vectors composed from character n-grams.
        """
        space = self.space if space is None else space
        axes = pd.DataFrame(self.coords, columns=list("xyz")[: self.coords.shape[1]])
        axes.insert(0, "label", [space.labels[i] for i in self.points])
        frame = pd.concat([axes, space.columns.iloc[self.points].reset_index(drop=True)], axis=1)
        if composed := composed_axes(space, self.settings):
            frame.attrs[COMPOSED] = composed
        return frame

    def widget(self, **options: Any) -> Map:
        """Return the map as a widget for notebooks, with `.selection`, `.focus` and `.color_by`.

        Parameters
        ----------
        **options
            As for `embedviz.widget.Map`: color_by="count", height=640.

        Raises
        ------
        SettingsError
            For a map of three dimensions, and where anywidget is not installed.
        """
        if self.coords.shape[1] != 2:
            raise SettingsError(
                "The widget shows flat maps. Project with n_components=2, or show .frame() with Plotly."
            )
        from embedviz.widget import Map

        return Map(self, self.space, **options)

    @cached_property
    def _shown(self) -> Map:
        """The widget by which the projection shows itself, the same each time."""
        return self.widget()

    def _repr_mimebundle_(
        self, include: Sequence[str] | None = None, exclude: Sequence[str] | None = None
    ) -> Mapping[str, Any]:
        column = default_color(self.space)
        text = {"text/plain": caption(self)}
        if self.coords.shape[1] == 3:
            from embedviz.figures.map_figure import map_figure

            frame = self.frame()
            figure = map_figure(frame, frame.get(column))
            return {**text, "application/vnd.plotly.v1+json": json.loads(figure.to_json() or "{}")}
        picture = {"image/svg+xml": self._picture(column)}
        if importlib.util.find_spec("anywidget") is None:
            return {**text, **picture}
        found = self._shown._repr_mimebundle_()  # pyright: ignore[reportPrivateUsage]
        widget = found[0] if isinstance(found, tuple) else found
        return {**(widget or {}), **picture, **text}

    def _picture(self, column: str) -> str:
        from embedviz.figures.map_svg import map_svg

        colors = color_codes(self, self.space, column)
        named = first_labels(self.points, self.space, N_PICTURE_LABELS)
        labels = list(zip(named["ids"], named["labels"], strict=True))
        return map_svg(self.coords, colors, labels) if colors else ""


def project(space: EmbeddingSpace, method: str = "umap", **settings: Any) -> Projection:
    """Map a space's most frequent labels, or a stratified sample of them, and measure how faithful the map is.

    Parameters
    ----------
    space : EmbeddingSpace
        What to map.
    method : {"umap", "tsne", "pca", "axes", "as in the file"}
        How.
    **settings
        Fields of ProjectionSettings, such as n_neighbors=15, min_dist=0.1, seed=0.

    Returns
    -------
    Projection
        With `coords` (N, 2 or 3) and `quality`; `.widget()` shows it in a notebook.

    Raises
    ------
    SettingsError
        For settings that are unknown, out of their range, or contradict each other.
    DataError
        For an empty space.

    Examples
    --------
    >>> import numpy as np
    >>> from embedviz import EmbeddingSpace
    >>> space = EmbeddingSpace(list("abcd"), np.eye(4, dtype=np.float32))
    >>> project(space, "pca").coords.shape
    (4, 2)
    """
    checked = ProjectionSettings.of(method=method, **settings)
    points = sampled(space, checked)
    if checked.method == GIVEN:
        points = placed(space, points)
    quality: dict[str, float] = {}

    def collect(step: Progress | PartialLayout) -> None:
        if isinstance(step, Progress):
            quality.update(step.metrics)

    coords = result_of(map_steps(space, points, checked), collect)
    found = measure_fidelity(np.asarray(space.vectors[points]), coords, metric=checked.metric)
    kept = np.full(len(points), np.nan, np.float32)
    kept[found.rows] = found.kept
    return Projection(coords, points, found.scores | quality, checked, space, pd.Series(kept, name="kept"))
