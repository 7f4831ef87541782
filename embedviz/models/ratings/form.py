"""The form by which a page asks a trained ratings model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from embedviz.space import EmbeddingSpace


@dataclass(frozen=True)
class RatingsForm:
    """Columns and scale of a page's form for predictions (embedviz.training.protocols.Form).

    Attributes
    ----------
    columns
        role -> column of the training.
    scale
        The lowest and the highest rating; None where items are ranked without ratings.
    """

    columns: dict[str, str]
    scale: tuple[float, float] | None

    def example_call(self, spaces: Mapping[str, EmbeddingSpace]) -> str:
        """Return a call that asks for recommendations to somebody who likes the most frequent item."""
        items = spaces["item"]
        liked = items.labels[int(items.most_frequent(1)[0])]
        return f"run.recommend(rated={{{liked!r}: {self.scale[1] if self.scale else 1.0:g}}}, k=5, explain=False)"
