"""What the tests of this folder are made of."""

import random

import pandas as pd

from embedviz.models.categories.model import Categories
from embedviz.training.devices import choose
from embedviz.training.survey import Survey

CPU = choose("cpu")
SMALL = {"hidden_dim": 16, "members": 2, "epochs": 3, "batch_size": 32, "learning_rate": 0.01, "deterministic": True}


class Given:
    """A table as read_table gives it."""

    def __init__(self, frame):
        self.frame = frame


def shop(n=300, seed=0):
    """What a thing is made of and its weight tell its price and its kind; some cells are missing, a city is noise."""
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


def made(frame, columns, fold=None, **settings):
    model = Categories(Categories.Settings.of(**{**SMALL, **settings}))
    drain(model.prepare(Given(frame), columns, fold))
    return model


def fitted(frame, columns, fold=None, **settings):
    model = made(frame, columns, fold, **settings)
    drain(model.fit(CPU, 1))
    return model


def surveyed(frame, columns, **settings):
    *_, survey = Categories(Categories.Settings.of(**{**SMALL, **settings})).survey(Given(frame), columns)
    assert isinstance(survey, Survey)
    return survey


def drain(steps):
    for _ in steps:
        pass


KIND = {"target": "kind", "ignore": ["price"]}
PRICE = {"target": "price", "ignore": ["kind"]}
