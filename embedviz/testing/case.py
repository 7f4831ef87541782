"""A model with tiny data to check it on."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from embedviz.core.generators import result_of
from embedviz.core.settings import TrainingSettings
from embedviz.data.folds import Fold
from embedviz.data.reading import Table, read_table
from embedviz.data.roles import roles_of
from embedviz.training.devices import Device
from embedviz.training.protocols import AnyModelSpec, Learner, Trained

CPU = Device("cpu", "cpu", "CPU")
# Small values for settings that many models have, so that a check takes seconds.
SMALL: dict[str, Any] = {"dim": 12, "hidden_dim": 16, "min_count": 1, "subsample": 0, "vectors": "none", "members": 2}
LONG = {"epochs": 60, "rounds": 200}  # long enough to be stopped on the way


@dataclass(frozen=True)
class Case:
    """A model with tiny data that it can learn.

    Attributes
    ----------
    spec
        The model.
    table, columns
        The data, and role -> column.
    settings
        Beside those that every check sets.
    """

    spec: AnyModelSpec
    table: Table
    columns: Mapping[str, Any]
    settings: Mapping[str, Any]

    def make_settings(self, **more: Any) -> TrainingSettings:
        """Return settings of this case, on one thread."""
        fields = self.spec.Settings.model_fields
        small = {name: value for name, value in SMALL.items() if name in fields}
        values: dict[str, Any] = {**small, "deterministic": True, **self.settings, **more}
        return self.spec.Settings.of(**values)

    def long(self) -> dict[str, Any]:
        """Return settings by which a training takes more than a moment."""
        return {name: value for name, value in LONG.items() if name in self.spec.Settings.model_fields}

    def prepare(self, fold: Fold | None = None, **more: Any) -> tuple[Any, TrainingSettings]:
        """Return the prepared data and the settings that it was prepared with."""
        settings = self.make_settings(**more)
        return result_of(self.spec.prepare(self.table, self.columns, settings, fold=fold)), settings

    def train(self, fold: Fold | None = None, **more: Any) -> tuple[Any, Any]:
        """Train to the end; what was trained, and the data."""
        prepared, settings = self.prepare(fold, **more)
        return finished(prepared.learner(settings, CPU, 1)).best(), prepared


def make_case(
    spec: AnyModelSpec,
    table: pd.DataFrame | None = None,
    columns: Mapping[str, Any] | None = None,
    **settings: Any,
) -> Case:
    """Return a model with data to check it on; see `check_model`."""
    frame = example_table(spec) if table is None else table
    if list(frame.columns) == ["text"]:
        read = read_table("\n".join(frame["text"]).encode(), name="tiny.txt", unit="line")
    else:
        read = read_table(frame.to_csv(index=False).encode(), name="tiny.csv")
    chosen = {role: role for role in spec.roles if role in frame} | {r: r for r in ("rating",) if r in frame}
    return Case(spec, read, roles_of(read, chosen if columns is None else columns), settings)


def example_table(spec: AnyModelSpec) -> pd.DataFrame:
    """Return 600 rows that a model with these roles can learn from; columns are called as their roles.

    Texts speak of one of two topics and their label is the topic; users of two tastes rate items of two kinds; a category
    and a number tell the target.
    """
    rng = random.Random(0)
    topics = (["cat", "dog", "horse", "cow", "sheep", "goat"], ["saw", "hammer", "nail", "drill", "screw", "plane"])
    rows: list[dict[str, Any]] = []
    for i in range(600):
        topic = i % 2
        row: dict[str, Any] = {}
        if "text" in spec.roles:
            row["text"] = " ".join(rng.choice(topics[topic]) for _ in range(8))
        if "label" in spec.roles:
            row["label"] = ("animals", "tools")[topic]
        if "user" in spec.roles:
            user, item = rng.randrange(40), rng.randrange(30)
            liked = user % 2 == item % 2
            row |= {
                "user": f"u{user}",
                "item": f"i{item}",
                "rating": min(5, max(1, round(rng.gauss(4.5 if liked else 2, 0.5)))),
            }
        if "target" in spec.roles:
            make = rng.choice(["Ferro", "Vulpa", "Bovis", "Camelo"])
            sports = make in ("Ferro", "Vulpa")
            power = round(rng.gauss(300 if sports else 120, 40), 1)
            row |= {"make": make, "colour": rng.choice(["red", "blue", None]), "power": power}
            row["target"] = "sports" if sports == (rng.random() < 0.95) else "van"
        rows.append(row)
    frame = pd.DataFrame(rows)
    return frame.drop_duplicates(["user", "item"]) if "user" in frame else frame


def finished(learner: Learner[Any]) -> Learner[Any]:
    """Train to the end."""
    for _ in learner.run():
        pass
    return learner


def vectors_equal(one: Trained, other: Trained) -> bool:
    """Return True when two models have the same spaces with the same vectors."""
    a, b = one.spaces(), other.spaces()
    return a.keys() == b.keys() and all(np.array_equal(a[name].vectors, b[name].vectors) for name in a)
