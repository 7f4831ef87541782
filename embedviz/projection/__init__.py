"""Vectors to maps: UMAP, t-SNE, PCA and named axes, how faithful the picture is, and what its front end needs."""

from embedviz.projection.settings import ProjectionSettings

__all__ = ["ProjectionSettings"]
