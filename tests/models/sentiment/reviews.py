"""Small labelled texts, and what the tests of this folder do with them."""

import random
from dataclasses import dataclass

import pandas as pd

from embedviz.data.reading import Table
from embedviz.data.report import ReadReport
from embedviz.models.sentiment.learner import SentimentLearner
from embedviz.models.sentiment.prepared import PreparedSentiment
from embedviz.models.sentiment.settings import SentimentSettings
from embedviz.models.sentiment.spec import SPEC
from embedviz.training.devices import choose

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


def finish(generator):
    """Run a generator to its end and return its value."""
    while True:
        try:
            next(generator)
        except StopIteration as end:
            return end.value


def table_of(frame):
    return Table(frame, ReadReport(name="t.csv", size_bytes=1, format="csv", rows=len(frame)), "table")


@dataclass(frozen=True)
class Training:
    """A learner and what it learns from."""

    prepared: PreparedSentiment
    learner: SentimentLearner

    @property
    def trained(self):
        return self.learner.best()

    @property
    def evaluation(self):
        return SPEC.evaluate(self.trained, self.prepared)

    @property
    def metrics(self):
        return self.evaluation.metrics


def training(frame, space=None, fold=None, columns=COLUMNS, **settings):
    """A training that has not begun."""
    chosen = SentimentSettings.of(**{**SMALL, **settings})
    prepared = finish(SPEC.prepare(table_of(frame), columns, chosen, space, fold))
    return Training(prepared, prepared.learner(chosen, CPU, 1))


def fitted(frame, space=None, fold=None, columns=COLUMNS, **settings):
    """A training that has ended."""
    found = training(frame, space, fold, columns, **settings)
    finish(found.learner.run())
    return found


def surveyed(frame, space=None, **settings):
    return finish(SPEC.survey(table_of(frame), COLUMNS, SentimentSettings.of(**{**SMALL, **settings}), space))
