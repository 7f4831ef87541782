"""What the tests of this folder are made of."""

import random

import pandas as pd

from embedviz.models.sentiment.model import Sentiment
from embedviz.training.devices import choose
from embedviz.training.survey import Survey

CPU = choose("cpu")
SMALL = {"vectors": "none", "dim": 12, "hidden_dim": 8, "epochs": 2, "deterministic": True}
COLUMNS = {"text": "text", "label": "label"}
GOOD = ["lovely", "warm", "funny", "bright", "moving"]
BAD = ["dull", "cold", "boring", "grim", "flat"]
PLAIN = ["the", "film", "a", "story", "is", "and", "with", "scene", "of", "this"]


def reviews(n=300, labels=("bad", "good"), seed=0):
    """Two moods by their words, in the order of labels; the rest of the words is everybody's."""
    rng = random.Random(seed)
    rows = []
    for i in range(n):
        words = [rng.choice(PLAIN) for _ in range(rng.randint(3, 8))] + [rng.choice((BAD, GOOD)[i % 2])]
        rng.shuffle(words)
        rows.append((" ".join(words), labels[i % 2]))
    return pd.DataFrame(rows, columns=["text", "label"])


class Given:
    """A table as read_table gives it."""

    def __init__(self, frame):
        self.frame = frame


def made(frame, space=None, fold=None, columns=COLUMNS, **settings):
    model = Sentiment(Sentiment.Settings.of(**{**SMALL, **settings}))
    if space is not None:
        model.take_vectors(space)
    drain(model.prepare(Given(frame), columns, fold))
    return model


def fitted(frame, space=None, fold=None, **settings):
    model = made(frame, space, fold, **settings)
    drain(model.fit(CPU, 1))
    return model


def drain(steps):
    for _ in steps:
        pass


def surveyed(frame, space=None, **settings):
    model = Sentiment(Sentiment.Settings.of(**{**SMALL, **settings}))
    if space is not None:
        model.take_vectors(space)
    *_, survey = model.survey(Given(frame), COLUMNS)
    assert isinstance(survey, Survey)
    return survey
