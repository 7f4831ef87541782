"""with_predictions under the name it was first published by."""

from embedviz.jobs.prediction import with_predictions

__all__ = ["with_predictions"]
