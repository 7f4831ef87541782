"""Data that cannot be trained on gets a sentence before any training: what is wrong, where, and what to do."""

import re

import pytest

from embedviz.jobs.perform import perform
from embedviz.jobs.reading import reading_of
from embedviz.models import MODELS, model_spec
from embedviz.store.dataset import Dataset
from embedviz.store.store import Store

pytestmark = pytest.mark.slow

TEXT, RATING, TARGET = (
    {"text": "a", "label": "b"},
    {"user": "a", "item": "b", "rating": "c"},
    {"target": "c"},
)
MANY = 40


def lines(header, *rows):
    return (header + "\n" + "\n".join(rows) + "\n").encode()


HOSTILE = {
    "one class only": ("sentiment", TEXT, lines("a,b", *[f"some words {i},good" for i in range(MANY)]), "one class"),
    "no label at all": ("sentiment", TEXT, lines("a,b", *[f"some words {i}," for i in range(MANY)]), "'b' is empty"),
    "label is the text": (
        "sentiment", {"text": "a", "label": "a"}, lines("a,b", *[f"some words {i},x" for i in range(MANY)]), "'a'",
    ),
    "rating is a word": (
        "ratings", RATING, lines("a,b,c", *[f"u{i % 7},i{i},fine" for i in range(MANY)]), "ratings have to be numbers",
    ),
    "user is the item": (
        "ratings", {"user": "a", "item": "a", "rating": "c"},
        lines("a,b,c", *[f"u{i % 7},i{i},3" for i in range(MANY)]), "two different columns",
    ),
    "no such column": ("ratings", RATING, lines("x,b,c", *[f"u{i % 7},i{i},3" for i in range(MANY)]), "no column 'a'"),
    "one target class": ("categories", TARGET, lines("a,b,c", *[f"{i % 5},x{i % 3},y" for i in range(MANY)]), "one class"),
    "a number that never changes": (
        "categories", {"target": "c"}, lines("a,b,c", *[f"{i % 5},x{i % 3},7" for i in range(MANY)]), "'c'",
    ),
    "nothing to predict from": (
        "categories", {"target": "c", "ignore": ["a", "b"]},
        lines("a,b,c", *[f"{i % 5},x{i % 3},{'yz'[i % 2]}" for i in range(MANY)]), "No column is left to learn",
    ),
    "ids alone": ("categories", {"target": "c"}, lines("a,c", *[f"id-{i},{'yz'[i % 2]}" for i in range(MANY)]), "“a” holds nearly a value of its own in each row"),
}  # fmt: skip
ODD = {
    "a class with one row": ("sentiment", TEXT, lines("a,b", *[f"some words {i},{'xy'[i % 2]}" for i in range(MANY)], "odd,z")),
    "labels missing here and there": (
        "sentiment", TEXT, lines("a,b", *[f"some words {i},{('x', 'y', '')[i % 3]}" for i in range(MANY)]),
    ),
    "all ratings alike": ("ratings", RATING, lines("a,b,c", *[f"u{i % 7},i{i % 9},3" for i in range(MANY)])),
    "all numbers of a column missing": (
        "categories", TARGET, lines("a,b,d,c", *[f"{i % 5},,x{i % 3},{'yz'[i % 2]}" for i in range(MANY)]),
    ),
    "as many values as rows": (
        "categories", TARGET, lines("a,b,c", *[f"id-{i},x{i % 3},{'yz'[i % 2]}" for i in range(MANY)]),
    ),
    "a class of one row in a table": (
        "categories", TARGET, lines("a,b,c", *[f"{i % 5},x{i % 3},{'yz'[i % 2]}" for i in range(MANY)], "1,x1,w"),
    ),
}  # fmt: skip


def read(model, columns, data):
    dataset = Dataset.upload(Store().uploads_folder, "hostile.csv", [data])
    settings = model_spec(model).Settings.of(**({"vectors": "none"} if model == "sentiment" else {}))
    reading = reading_of(dataset, model, columns, settings)
    return perform(reading), reading


@pytest.mark.parametrize("case", [case for case, (model, *_) in HOSTILE.items() if model in MODELS])
def test_what_cannot_be_trained_on_is_a_sentence(case):
    model, columns, data, message = HOSTILE[case]
    state, reading = read(model, columns, data)
    assert state == "failed"
    assert "bug in embedviz" not in reading.state.reason
    assert re.search(message, reading.state.reason), reading.state.reason


@pytest.mark.parametrize("case", [case for case, (model, *_) in ODD.items() if model in MODELS])
def test_what_is_odd_is_surveyed_and_reported(case):
    model, columns, data = ODD[case]
    state, reading = read(model, columns, data)
    assert state == "done", reading.state.reason
    assert reading.survey.sentences
