"""Answers to what the map in the browser asks: labels, the columns and neighbours of a point, and packed bytes."""

from __future__ import annotations

import numpy as np

from embedviz.map_view.displayed_map import DisplayedMap
from embedviz.map_view.exchange import BufferLayout, FirstLabels, PointAnswer
from embedviz.map_view.point_values import N_NEIGHBORS, places_on_map, point_values
from embedviz.projection.importance import most_telling
from embedviz.space import EmbeddingSpace
from embedviz.space.metrics import Metric

MAX_LABELS = 20_000  # in one answer


def first_labels(points: np.ndarray, space: EmbeddingSpace, n: int) -> FirstLabels:
    """Return the n most telling labels of a map of the rows `points`, the first above all."""
    ids = most_telling(space, points, n)
    return {"ids": ids.tolist(), "labels": [space.labels[row] for row in points[ids]]}


def point_answer(displayed: DisplayedMap, space: EmbeddingSpace, place: int, metric: Metric | None) -> PointAnswer:
    """Return a point's label and columns, and with a metric its nearest neighbours in the original space.

    Parameters
    ----------
    displayed : DisplayedMap
    space : EmbeddingSpace
        The space of the map.
    place : int
        Of the point on the map.
    metric : {"cosine", "euclidean", "dot"} or None
    """
    label = space.labels[int(displayed.points[place])]
    answer: PointAnswer = {
        "label": label,
        "columns": [list(pair) for pair in point_values(displayed, space, place)],
        "neighbors": [],
        "measure": "",
    }
    if metric:
        near = space.neighbors(label, N_NEIGHBORS, metric)
        place_of = places_on_map(displayed, [space.index(neighbor) for neighbor in near["label"]])
        answer["measure"] = str(near.columns[1])
        answer["neighbors"] = [
            [neighbor, value, at]
            for neighbor, value, at in zip(near["label"], near.iloc[:, 1].tolist(), place_of, strict=True)
        ]
    return answer


def pack(values: np.ndarray, layout: BufferLayout) -> bytes:
    """Return the values of a buffer as the browser reads them."""
    return np.ascontiguousarray(values, layout.dtype).tobytes()
