from types import SimpleNamespace

import numpy as np
import pytest

from embedviz.map_view.caption import caption
from embedviz.projection.settings import ProjectionSettings

QUALITY = {
    "neighbors_kept@15": 0.41,
    "chance@15": 0.002,
    "trustworthiness@15": 0.907,
    "continuity@15": 0.93,
    "chance_trustworthiness@15": 0.5,
    "points": 1200,
    "rows": 1200,
}


def captioned(quality=None, **settings):
    return caption(
        SimpleNamespace(points=np.arange(1200), quality=quality or {}, settings=ProjectionSettings(**settings))
    )


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "1,200 points by UMAP (neighbours 15)."),
        ({"n_neighbors": 30, "min_dist": 0.25}, "1,200 points by UMAP (neighbours 30, minimum distance 0.25)."),
        ({"method": "tsne", "min_dist": 0.3}, "1,200 points by t-SNE (perplexity 30)."),
        ({"method": "pca", "metric": "euclidean"}, "1,200 points by principal components (metric: euclidean)."),
        (
            {"method": "axes", "x_axis": "she - he", "y_axis": "good - bad"},
            "1,200 points by cosine similarity with two named directions "
            "(horizontal axis: she - he, vertical axis: good - bad).",
        ),
    ],
)
def test_the_caption_names_the_method_and_what_was_chosen(settings, words):
    assert captioned(**settings) == f"{words} Drawn with embedviz."


def test_the_caption_tells_how_faithful_the_map_is_once_that_is_known():
    assert "Trustworthiness 0.907 (0.50)" in captioned(QUALITY)
