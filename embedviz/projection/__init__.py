"""Vectors to maps: PCA and UMAP, how faithful the picture is, and what its front end needs."""

from embedviz.projection.settings import ProjectionSettings

__all__ = ["ProjectionSettings"]
