"""Answers to what the map in the browser asks: labels, the columns and neighbours of a point, and packed bytes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from embedviz.core.errors import SettingsError
from embedviz.map_view.displayed_map import DisplayedMap
from embedviz.map_view.exchange import BufferLayout, FirstLabels, PointAnswer
from embedviz.map_view.point_values import N_NEIGHBORS, places_on_map, point_values
from embedviz.projection.importance import most_telling
from embedviz.space import EmbeddingSpace
from embedviz.space.metrics import METRICS, Metric

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


def answer_question(
    displayed: DisplayedMap, space: EmbeddingSpace, name: str, parameters: Mapping[str, str]
) -> FirstLabels | PointAnswer | list[str]:
    """Return the answer to a question that came as a message.

    Parameters
    ----------
    displayed : DisplayedMap
    space : EmbeddingSpace
        The space of the map.
    name : {"labels", "point"}
        What is asked for.
    parameters : mapping
        For labels `first`, a number, or `ids`, with commas; for a point its `id`, and a `metric` for its neighbours. See
        `embedviz.map_view.map_data.MapData`.

    Raises
    ------
    SettingsError
        For a question that has no answer.
    """
    points = np.asarray(displayed.points)
    try:
        if name == "labels" and "first" in parameters:
            return first_labels(points, space, min(max(0, int(parameters["first"])), MAX_LABELS))
        if name == "labels":
            places = [_place(text, len(points)) for text in parameters["ids"].split(",")[:MAX_LABELS]]
            return [space.labels[int(points[place])] for place in places]
        if name == "point":
            metric = parameters.get("metric")
            if metric is not None and metric not in METRICS:
                raise ValueError(metric)
            return point_answer(displayed, space, _place(parameters["id"], len(points)), metric)
    except (KeyError, ValueError) as error:
        raise SettingsError(f"The map cannot answer {name} with {dict(parameters)}.") from error
    raise SettingsError(f"The map answers labels and point, not {name!r}.")


def _place(text: str, n: int) -> int:
    """Return a point's place among n. ValueError for anything else."""
    place = int(text)
    if not 0 <= place < n:
        raise ValueError(text)
    return place


def pack(values: np.ndarray, layout: BufferLayout) -> bytes:
    """Return the values of a buffer as the browser reads them."""
    return np.ascontiguousarray(values, layout.dtype).tobytes()
