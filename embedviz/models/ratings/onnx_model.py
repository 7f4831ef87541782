"""A trained ratings model as an ONNX graph: places of users and items in, estimates out.

Letters: N pairs, U users, I items, K dimensions.
"""

from __future__ import annotations

import numpy as np

from embedviz.models.ratings.pytorch_page import example_pairs
from embedviz.models.ratings.trained import TrainedRatings
from embedviz.training.onnx_graph import Graph, OnnxExport
from embedviz.training.onnx_reader import make_reader

_READER = '''
# Users and items by id (always text), or by title where the data has titles: name -> row. Unknown ones are -1.
USERS = {name: row for names in VALUES["users"] for row, name in enumerate(names)}
ITEMS = {name: row for names in VALUES["items"] for row, name in enumerate(names)}


def predict(pairs):
    """Return the estimate for each pair of user and item: (N,) float32."""
    user = np.array([USERS.get(user, -1) for user, _ in pairs], np.int64)
    item = np.array([ITEMS.get(item, -1) for _, item in pairs], np.int64)
    return SESSION.run(["estimate"], {"user": user, "item": item})[0]


def answers(inputs):
    """Return the estimates of the examples."""
    return {"estimates": predict(inputs["pairs"])}
'''


def ratings_onnx(trained: TrainedRatings) -> OnnxExport:
    """Return the graph of the estimates; where there are no ratings, of the scores to rank by."""
    pairs = [(str(pair["user"]), str(pair["item"])) for pair in example_pairs(trained)]
    kind = "ratings" if trained.is_explicit else "scores to rank by, not ratings"
    about = [
        f"The graph takes user and item (int64, rows of the users and the items, -1 for an unknown one) and gives estimate (float32): "
        f"{kind}."
    ]
    if trained.described:
        about.append(
            "Columns that describe a new user or item are not read: the estimate is then the one without them."
        )
    return OnnxExport(
        _graph(trained),
        make_reader("Users and items", about, [_READER]),
        {
            "users": [[*trained.users.labels], [*trained.users.ids]],
            "items": [[*trained.items.labels], [*trained.items.ids]],
        },
        {"pairs": [[user, item] for user, item in pairs]},
        {"estimates": trained.predict(pairs)["prediction"].tolist()},
    )


def _graph(trained: TrainedRatings) -> bytes:
    f, graph = trained.factors, Graph("ratings")
    user, item = (graph.input(name, np.int64, "pairs") for name in ("user", "item"))
    zero, axis = graph.constant(0, np.int64), graph.constant([1], np.int64)
    has_user, has_item = (graph.add("GreaterOrEqual", place, zero) for place in (user, item))
    u, i = (graph.add("Max", place, zero) for place in (user, item))

    def rows(array: np.ndarray, places: str) -> str:
        return graph.add("Gather", graph.constant(array, np.float32), places)

    dots = graph.add("ReduceSum", graph.add("Mul", rows(f.P, u), rows(f.Q, i)), axis, keepdims=0)
    biases = graph.add("Add", rows(f.user_bias, u), rows(f.item_bias, i))
    known = graph.add("Add", graph.add("Add", biases, dots), graph.constant(f.mean, np.float32))
    nothing = graph.constant(0, np.float32)
    of_user = graph.add("Where", has_user, rows(f.fallback.user, u), nothing)
    of_item = graph.add("Where", has_item, rows(f.fallback.item, i), nothing)
    unknown = graph.add("Add", graph.add("Add", of_user, of_item), graph.constant(f.fallback.mean, np.float32))
    found = graph.add("Where", graph.add("And", has_user, has_item), known, unknown)
    if f.scale is not None:
        found = graph.add("Clip", found, *(graph.constant(limit, np.float32) for limit in f.scale))
    graph.output(found, "estimate", np.float32, "pairs")
    return graph.to_bytes()
