"""What people call the algorithms for word vectors."""

from __future__ import annotations

from embedviz.models import model_spec

PREFIX = "Word vectors ("  # of the titles of models


def algorithm_title(model: str) -> str:
    """Return what people call an algorithm: CBOW, for the model "Word vectors (CBOW)"."""
    title = model_spec(model).title
    return title.removeprefix(PREFIX).removesuffix(")") if title.startswith(PREFIX) else title
