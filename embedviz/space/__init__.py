"""Vectors with labels: what is near what, analogies, comparisons, and how a space is kept on disk."""

from embedviz.space.embedding_space import Comparison, EmbeddingSpace

__all__ = ["Comparison", "EmbeddingSpace"]
