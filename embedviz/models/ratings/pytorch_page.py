"""A trained ratings model in plain PyTorch: the network of its method, its estimates and its recommendations."""

from __future__ import annotations

from collections.abc import Sequence
from string import Template

import numpy as np
from pydantic import JsonValue

from embedviz.core.typed_json import JsonObject
from embedviz.models.ratings import page_sections as sections
from embedviz.models.ratings.describing_columns import DescribingColumn
from embedviz.models.ratings.trained import TrainedRatings
from embedviz.training.pytorch_page import PyTorchPage, make_script

N_USERS, N_ITEMS = 3, 3  # of the examples, spread over all
N_RECOMMENDED = 5
UNKNOWN = "someone or something new"

TITLES = {
    "als": "Ratings, the recommended model",
    "ials": "Who has what (implicit alternating least squares)",
    "gradient": "Ratings by gradient descent",
    "dot": "Ratings, the model of the text",
    "bpr": "Who has what (Bayesian personalised ranking)",
}
ABOUT = {
    "dot": [
        "This is the network of the text, Example 2: “User Embeddings for Collaborative Filtering”. Its dot product is the "
        "rating; nothing else is learned."
    ],
    "gradient": [
        "The text's Example 2 takes the dot product of a user's and an item's vector for the rating. This model adds a mean and "
        "biases: most of a rating is how much this user gives and how much this item gets, and vectors that need not say that are "
        "free for taste. Short vectors are rewarded (weight decay), so that those of few ratings do not learn them by heart."
    ],
    "als": [
        "The text's Example 2 takes the dot product of a user's and an item's vector for the rating. This model departs from it in "
        "three points. A mean and biases are added, since most of a rating is how much this user gives and how much this item gets. "
        "Nothing is learned step by step: with the items held still every user is a ridge regression with an exact solution, and "
        "the other way round (alternating least squares), which needs no learning rate and ends at lower errors. And a second "
        "pair of embeddings ranks the items, learned from who rated what at all, because the items with the highest estimates are "
        "often not those that people choose.",
        "A user who is new has no row here. The run finds one by the same ridge regression from a few ratings; this page leaves "
        "that out.",
    ],
    "ials": [
        "The text's Example 2, for data that say who has what, without ratings: the dot product is 1 for a pair that occurs and 0 "
        "for one that does not, which weighs less. With the items held still every user is a ridge regression with an exact "
        "solution, and the other way round (implicit alternating least squares), so nothing is learned step by step. The numbers "
        "are scores to rank by, not ratings."
    ],
    "bpr": [
        "The text's Example 2, for data that say who has what, without ratings: the dot product of an item that a user has is to "
        "be above that of one that the user lacks. The numbers are scores to rank by, not ratings."
    ],
}
SCORING = {"als": "both", "gradient": "biased", "bpr": "biased", "dot": "plain", "ials": "plain"}
FALLBACKS = {
    "als": sections.ESTIMATE_OWN_BIASES,
    "gradient": sections.ESTIMATE_OWN_BIASES,
    "dot": sections.ESTIMATE_OTHER_BIASES,
    "bpr": sections.ESTIMATE_ITEM_BIASES,
    "ials": sections.ESTIMATE_NOTHING,
}
NETWORKS = {
    "als": sections.BIASED_NETWORK,
    "gradient": sections.BIASED_NETWORK,
    "dot": sections.TEXTBOOK_NETWORK,
    "ials": sections.TEXTBOOK_NETWORK,
    "bpr": sections.ITEM_BIASED_NETWORK,
}
STEPS = {"dot": sections.STEP_SQUARED, "gradient": sections.STEP_PENALISED, "bpr": sections.STEP_PAIRWISE}


def ratings_page(trained: TrainedRatings) -> PyTorchPage:
    """Return the page of a ratings model, by the method that trained it."""
    users = _example_users(trained)
    pairs = example_pairs(trained)
    chosen = [_recommended(trained, name) for name in users]
    outputs: JsonObject = {"estimates": _floats(trained.predict(pairs)["prediction"].to_numpy())}
    scores: list[JsonValue] = []
    for name, items in zip(users, chosen, strict=True):
        of_user = trained.user_scores(np.array([trained.users.places[name]]))[0]
        scores += _floats(of_user[[trained.items.places[item] for item in items]])
    if scores:
        outputs |= {"best scores": scores, "scores of the run's choice": scores}
    return PyTorchPage(
        _script(trained),
        _tensors(trained),
        _values(trained),
        {"pairs": [{**pair} for pair in pairs], "users": [*users], "recommended": [[*items] for items in chosen]},
        outputs,
    )


def _script(trained: TrainedRatings) -> str:
    method, s, f = trained.method, trained.settings, trained.factors
    filled = {
        "users": len(trained.users),
        "items": len(trained.items),
        "dim": f.Q.shape[1],
        "what": "a rating" if trained.is_explicit else "a score to rank by",
        "result": "rating" if f.scale is None else f"min(max(rating, {f.scale[0]:g}), {f.scale[1]:g})",
        "init_std": f"{s.init_std:g}",
        "batch_size": s.batch_size,
        "epochs": s.epochs,
        "learning_rate": s.learning_rate,
        "weight_decay": s.weight_decay,
    }
    chosen = [NETWORKS[method]]
    if trained.has_both:
        chosen.append(sections.RANKING_NETWORK)
    chosen.append(sections.NAMES + sections.BUILD + (sections.BUILD_RANKING if trained.has_both else ""))
    if method in STEPS:
        chosen.append(STEPS[method])
    chosen.append(FALLBACKS[method])
    if trained.described:
        chosen += [sections.FEATURES, sections.DESCRIBED, sections.ESTIMATE_BY_COLUMNS]
    else:
        chosen.append(sections.ESTIMATE)
    chosen += [sections.SCORES[SCORING[method]], sections.RECOMMEND]
    source = [Template(section).substitute(filled) for section in chosen]
    return make_script(TITLES[method], ABOUT[method], source, ["re"] if trained.described else [])


def _tensors(trained: TrainedRatings) -> dict[str, np.ndarray]:
    f, method = trained.factors, trained.method
    tensors = {"model.user_embedding.weight": f.P, "model.item_embedding.weight": f.Q}
    if method in ("als", "gradient"):
        tensors |= {"model.user_bias.weight": f.user_bias[:, None], "model.mean": np.array([f.mean])}
    if method in ("als", "gradient", "bpr"):
        tensors["model.item_bias.weight"] = f.item_bias[:, None]
    if method == "dot":
        tensors |= {"fallback.user_bias": f.fallback.user, "fallback.item_bias": f.fallback.item}
    if trained.ranking is not None and trained.has_both:
        tensors["ranking.user_embedding.weight"] = trained.ranking.P
        tensors["ranking.item_embedding.weight"] = trained.ranking.Q
    for role, found in trained.described.items():
        tensors[f"described.{role}"] = found.weights
    counts = np.bincount(trained.rated.user, minlength=len(trained.users))
    tensors["rated.starts"] = np.concatenate([[0], np.cumsum(counts)])
    tensors["rated.items"] = trained.rated.item
    return tensors


def _values(trained: TrainedRatings) -> JsonObject:
    values = row_values(trained)
    if trained.has_both:
        values["estimate_weight"] = float(np.float32(trained.estimate_weight))
    if trained.method == "dot":
        values["mean"] = trained.factors.fallback.mean
    return values


def row_values(trained: TrainedRatings) -> JsonObject:
    """Return what a row is read by: the names of users and items, and the columns that describe them."""
    values: JsonObject = {
        "users": [[*trained.users.labels], [*trained.users.ids]],
        "items": [[*trained.items.labels], [*trained.items.ids]],
    }
    if trained.described:
        columns = {role: found.columns.columns for role, found in trained.described.items()}
        values["described"] = {role: [_column(column) for column in found] for role, found in columns.items()}
    return values


def _column(column: DescribingColumn) -> JsonValue:
    return {
        "column": column.column,
        "kind": column.kind,
        "values": [*column.values],
        "mean": _floats(np.atleast_1d(column.mean)),
        "scale": _floats(np.atleast_1d(column.scale)),
    }


def _recommended(trained: TrainedRatings, user: str) -> list[str]:
    """Return the ids of the items that the model recommends to a user of the training."""
    place = {label: i for i, label in enumerate(trained.items.labels)}
    labels = trained.recommend(user=user, k=N_RECOMMENDED, explain=False)["label"]
    return [trained.items.ids[place[label]] for label in labels]


def _example_users(trained: TrainedRatings) -> list[str]:
    """Return users who have not rated everything, spread over all."""
    counts = np.bincount(trained.rated.user, minlength=len(trained.users))
    able = np.flatnonzero(counts < len(trained.items))
    return [trained.users.ids[place] for place in _spread(able, N_USERS)]


def example_pairs(trained: TrainedRatings) -> list[dict[str, JsonValue]]:
    """Return pairs of known users and items, an unknown one on either side, and one that its columns describe."""
    users = [trained.users.ids[place] for place in _spread(np.arange(len(trained.users)), N_USERS)]
    items = [trained.items.ids[place] for place in _spread(np.arange(len(trained.items)), N_ITEMS)]
    known_pairs = [(user, item) for user in users for item in items]
    new_pairs = [(UNKNOWN, items[0]), (users[0], UNKNOWN), (UNKNOWN, UNKNOWN)]
    pairs: list[dict[str, JsonValue]] = []
    for user, item in known_pairs + new_pairs:
        pairs.append({"user": user, "item": item})
    for role, entities in (("user", trained.users), ("item", trained.items)):
        if role in trained.described:
            fullest = int(entities.columns.notna().sum(axis=1).to_numpy().argmax())
            cells = entities.columns.iloc[fullest].items()
            row = {str(name): cell.item() if isinstance(cell, np.generic) else cell for name, cell in cells}
            filled = {name: cell for name, cell in row.items() if cell == cell}
            pairs.append({**filled, "user": users[-1], "item": items[-1], role: UNKNOWN})
    return pairs


def _spread(places: np.ndarray, n: int) -> Sequence[int]:
    return np.unique(places[np.linspace(0, len(places) - 1, n).astype(int)]).tolist() if len(places) else []


def _floats(numbers: np.ndarray) -> list[JsonValue]:
    return [float(number) for number in numbers]
