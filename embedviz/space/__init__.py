"""Vectors with labels: what is near what, analogies, comparisons, and how a space is kept on disk."""

from embedviz.space.comparison import Comparison
from embedviz.space.embedding_space import EmbeddingSpace

__all__ = ["Comparison", "EmbeddingSpace"]
