"""Vectors with labels: neighbours, analogies, comparisons, and how a space is kept on disk."""

from embedviz.space.comparison import Comparison
from embedviz.space.embedding_space import EmbeddingSpace
from embedviz.space.kinds import SPACE_KINDS, SpaceKind

__all__ = ["SPACE_KINDS", "Comparison", "EmbeddingSpace", "SpaceKind"]
