"""A made-up table, and functions that train on it."""

import random
from dataclasses import dataclass

import pandas as pd

from embedviz.data.reading import Table
from embedviz.models.categories.prepared import CategoriesPrepared
from embedviz.models.categories.spec import SPEC
from embedviz.models.categories.trained import TrainedCategories
from embedviz.training.devices import choose
from embedviz.training.report import Evaluation

CPU = choose("cpu")
SMALL = {"hidden_dim": 16, "members": 2, "epochs": 3, "batch_size": 32, "learning_rate": 0.01, "deterministic": True}
KIND = {"target": "kind", "ignore": ["price"]}
PRICE = {"target": "price", "ignore": ["kind"]}


def finish(generator):
    """Drain a generator and return its value."""
    while True:
        try:
            next(generator)
        except StopIteration as end:
            return end.value


def shop(n=300, seed=0):
    """Material and weight determine price and kind; some cells are missing, the city is noise."""
    rng = random.Random(seed)
    materials = {"gold": 900.0, "silver": 300.0, "tin": 20.0, "wood": 5.0}
    rows = []
    for i in range(n):
        material = rng.choice(list(materials))
        weight = rng.uniform(1, 5)
        rows.append(
            {
                "material": material if rng.random() < 0.95 else None,
                "weight": round(weight, 2) if rng.random() < 0.9 else None,
                "city": rng.choice(["Ulm", "Bonn", "Kiel"]) if i else "Rare",
                "sold": f"20{rng.randint(10, 23)}-0{rng.randint(1, 9)}-1{rng.randint(0, 9)}",
                "kind": ("dear" if materials[material] > 100 else "cheap") if rng.random() < 0.9 else "odd",
                "price": round(materials[material] * weight + rng.gauss(0, 5), 2),
            }
        )
    return pd.DataFrame(rows)


def table_of(frame):
    return frame if isinstance(frame, Table) else Table(frame, None, "table")


def settings(**values):
    return SPEC.Settings.of(**{**SMALL, **values})


def prepare(frame, columns, fold=None, **values):
    return finish(SPEC.prepare(table_of(frame), columns, settings(**values), fold=fold))


def survey(frame, columns, **values):
    return finish(SPEC.survey(table_of(frame), columns, settings(**values)))


@dataclass(frozen=True)
class Run:
    """A training that has ended."""

    prepared: CategoriesPrepared
    trained: TrainedCategories

    @property
    def evaluation(self) -> Evaluation:
        return SPEC.evaluate(self.trained, self.prepared)


def untrained(prepared, **values):
    """Return a run that has not begun to train."""
    return Run(prepared, prepared.learner(settings(**values), CPU, 1).current())


def fit(frame, columns, fold=None, **values):
    prepared = prepare(frame, columns, fold, **values)
    learner = prepared.learner(settings(**values), CPU, 1)
    for _ in learner.run():
        pass
    return Run(prepared, learner.best())
