"""A trained ratings model as an ONNX graph: places of users and items, and what describes new ones, in; estimates out.

Letters: N pairs, U users, I items, K dimensions, F numbers of the columns that describe users, or items.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np

from embedviz.core.typed_json import JsonObject
from embedviz.models.ratings import page_sections as sections
from embedviz.models.ratings.pytorch_page import example_pairs, row_values
from embedviz.models.ratings.trained import TrainedRatings
from embedviz.training.onnx_graph import Graph, OnnxExport
from embedviz.training.onnx_reader import make_reader

_PLACES = '''
def places_of(pairs):
    """Return the rows of the users and of the items of pairs: (N,) int64 each."""
    user = np.array([USERS.get(user, -1) for user, _ in pairs], np.int64)
    item = np.array([ITEMS.get(item, -1) for _, item in pairs], np.int64)
    return {"user": user, "item": item}
'''

_PREDICT = '''
def predict(pairs):
    """Return the estimate for each pair of user and item: (N,) float32."""
    return SESSION.run(["estimate"], places_of(pairs))[0]


def answers(inputs):
    """Return the estimates of the examples."""
    return {"estimates": predict(inputs["pairs"])}
'''

_PREDICT_BY_COLUMNS = '''
def predict(pairs, columns=None):
    """Return the estimate for each pair of user and item: (N,) float32.

    columns: for each pair a dict from column to cell, which describes a new user or item.
    """
    tensors, rows = places_of(pairs), columns or [{}] * len(pairs)
    for role, known in VALUES["described"].items():
        nothing = [0.0] * (sum(len(column["mean"]) for column in known) + 1)
        features = [features_of(role, row) or nothing for row in rows]
        tensors[f"{role}_features"] = np.array(features, np.float32).reshape(len(pairs), len(nothing))
    return SESSION.run(["estimate"], tensors)[0]


def answers(inputs):
    """Return the estimates of the examples."""
    return {"estimates": predict(inputs["pairs"], inputs["columns"])}
'''


def ratings_onnx(trained: TrainedRatings) -> OnnxExport:
    """Return the graph of the estimates; where there are no ratings, of the scores to rank by."""
    rows = example_pairs(trained)
    kind = "ratings" if trained.is_explicit else "scores to rank by, not ratings"
    about = [
        f"The graph takes user and item (int64, rows of the users and the items, -1 for an unknown one) and gives estimate (float32): "
        f"{kind}."
    ]
    inputs: JsonObject = {"pairs": [[row["user"], row["item"]] for row in rows]}
    source, imports = [sections.NAMES, _PLACES, _PREDICT], list[str]()
    if trained.described:
        taken = " and ".join(f"{role}_features" for role in trained.described)
        about.append(
            f"It also takes {taken} (float32): the numbers of the columns that describe a new user or item and 1 behind them, or 0 "
            f"throughout where no column is filled."
        )
        names = {column.column for found in trained.described.values() for column in found.columns.columns}
        inputs["columns"] = [{name: cell for name, cell in row.items() if name in names} for row in rows]
        source, imports = [sections.NAMES, sections.FEATURES, _PLACES, _PREDICT_BY_COLUMNS], ["re"]
    reader = make_reader("Users and items", about, source, imports)
    outputs: JsonObject = {"estimates": trained.predict(rows)["prediction"].tolist()}
    return OnnxExport(_graph(trained), reader, row_values(trained), inputs, outputs)


class _Side(NamedTuple):
    """The users, or the items, of pairs: names of values in the graph, (N,) but for the vectors.

    Attributes
    ----------
    is_given : str
        Has a row, or columns that describe it.
    bias, vector : str
        Of its row or its columns; vectors are (N, K).
    fallback : str
        Bias where the other side is not given; 0 without a row.
    """

    is_given: str
    bias: str
    vector: str
    fallback: str


def _graph(trained: TrainedRatings) -> bytes:
    f, graph = trained.factors, Graph("ratings")
    user = _side(graph, trained, "user", f.user_bias, f.P, f.fallback.user)
    item = _side(graph, trained, "item", f.item_bias, f.Q, f.fallback.item)
    axis = graph.constant([1], np.int64)
    dots = graph.add("ReduceSum", graph.add("Mul", user.vector, item.vector), axis, keepdims=0)
    biases = graph.add("Add", user.bias, item.bias)
    given = graph.add("Add", graph.add("Add", biases, dots), graph.constant(f.mean, np.float32))
    fallback = graph.add("Add", user.fallback, item.fallback)
    fallback = graph.add("Add", fallback, graph.constant(f.fallback.mean, np.float32))
    found = graph.add("Where", graph.add("And", user.is_given, item.is_given), given, fallback)
    if f.scale is not None:
        found = graph.add("Clip", found, *(graph.constant(limit, np.float32) for limit in f.scale))
    graph.output(found, "estimate", np.float32, "pairs")
    return graph.to_bytes()


def _side(
    graph: Graph,
    trained: TrainedRatings,
    role: Literal["user", "item"],
    biases: np.ndarray,
    vectors: np.ndarray,
    fallback: np.ndarray,
) -> _Side:
    place, zero = graph.input(role, np.int64, "pairs"), graph.constant(0, np.int64)
    is_known, row = graph.add("GreaterOrEqual", place, zero), graph.add("Max", place, zero)
    bias, vector, other = (
        graph.add("Gather", graph.constant(array, np.float32), row) for array in (biases, vectors, fallback)
    )
    other = graph.add("Where", is_known, other, graph.constant(0, np.float32))
    if role not in trained.described:
        return _Side(is_known, bias, vector, other)
    weights = trained.described[role].weights  # (F + 1, 1 + K)
    features = graph.input(f"{role}_features", np.float32, "pairs", len(weights))
    found = graph.add("MatMul", features, graph.constant(weights, np.float32))

    def columns(matrix: str, which: int | list[int]) -> str:
        return graph.add("Gather", matrix, graph.constant(which, np.int64), axis=1)

    is_described = graph.add("Greater", columns(features, len(weights) - 1), graph.constant(0, np.float32))
    bias = graph.add("Where", is_known, bias, columns(found, 0))
    has_row = graph.add("Unsqueeze", is_known, graph.constant([1], np.int64))
    vector = graph.add("Where", has_row, vector, columns(found, [*range(1, weights.shape[1])]))
    return _Side(graph.add("Or", is_known, is_described), bias, vector, other)
