"""Survey of a table: its target, its columns, and what to be careful about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

import numpy as np

from embedviz.data.leaks import Leak, binned, class_leak, number_leak
from embedviz.evaluation.classification import imbalance_warning
from embedviz.models.categories.encoding import MIN_ALPHABET_VALUES, numbers_of
from embedviz.models.categories.reading import LabelledRows
from embedviz.models.categories.schema import Feature
from embedviz.models.categories.settings import CategoriesSettings
from embedviz.models.categories.wording import listed, quoted
from embedviz.training.survey import Survey

DATE_PARTS = 3  # numbers that most dates give
MAX_CODE_VALUES = 10  # distinct whole numbers up to which they may be codes
MAX_NAMES = 12  # columns of a kind that are named
MAX_LEAK_ROWS = 50_000  # in which leaks are looked for


@dataclass(frozen=True)
class TableFacts:
    """Facts about a table that the cost estimate reads.

    Attributes
    ----------
    rows, columns : int
        Rows with a target, and features.
    values : list of int
        How many values each category keeps, its "other" included.
    numbers, outputs : int
        Numbers that enter the network, and its outputs.
    parts : list of int
        Training, validation and test rows where a column gives the split; empty where it is drawn.
    """

    rows: int
    columns: int
    values: list[int]
    numbers: int
    outputs: int
    parts: list[int] = field(default_factory=list[int])


def survey_rows(read: LabelledRows, leaks: Sequence[Leak], settings: CategoriesSettings) -> Survey:
    """Return the target and its balance, how the columns are encoded, and what to be careful about."""
    categories = read.of_kind("category")
    counts = [_value_counts(read, feature) for feature in categories]
    kept = [int((c >= settings.min_count).sum()) + 1 for c in counts]
    n_alphabets = sum(size > MIN_ALPHABET_VALUES for size in kept) * settings.alphabet
    numbers = len(read.of_kind("number")) + DATE_PARTS * len(read.of_kind("date")) + n_alphabets
    parts = list(read.given.sizes.values()) if read.given is not None else []
    facts = TableFacts(len(read), len(read.features), kept, numbers, read.target.n_outputs, parts)
    sentences = [_target_sentence(read), _features_sentence(read, [len(c) for c in counts])]
    if codes := [feature.column for feature in read.of_kind("number") if _may_be_codes(read, feature)]:
        sentences.append(f"Numbers of few distinct whole values; choose codes as category: {quoted(codes, MAX_NAMES)}.")
    if pooled := sum(int((c < settings.min_count).sum()) for c in counts):
        sentences.append(f"Values in fewer than {settings.min_count:,} rows, pooled into “other”: {pooled:,}.")
    warnings = [leak.sentence(read.target.name, bool(read.target.classes)) for leak in leaks]
    if read.given is not None:
        sentences += read.given.sentences("rows")
        warnings += read.given.warnings("rows")
    if not categories:
        warnings.append(
            "No column is encoded as categories: the model will predict, but only its rows have vectors to explore."
        )
    classes = read.classes.sizes() if read.classes else []
    if warning := imbalance_warning(classes, "rows"):
        warnings.append(warning)
    if empty := [feature.column for feature, size in zip(categories, kept, strict=True) if size == 1]:
        warnings.append(
            f"No value occurs in {settings.min_count:,} rows, so nothing is learned of {quoted(empty, MAX_NAMES)}. "
            f"Lower min_count, or leave the column out."
        )
    return Survey(asdict(facts), [*sentences, *read.notes], warnings, classes)


def find_leaks(read: LabelledRows, rows: np.ndarray | None = None) -> list[Leak]:
    """Return features that determine the target alone in the rows given (default: all), the surest first."""
    rows = np.arange(len(read)) if rows is None else rows
    if len(rows) > MAX_LEAK_ROWS:
        rows = np.sort(np.random.default_rng(0).choice(rows, MAX_LEAK_ROWS, replace=False))
    targets, n_classes, leaks = read.targets[rows], len(read.target.classes), []
    for feature in read.features:
        name, column, numbers = feature.column, read.columns[feature.column].take(rows), None
        if feature.kind == "category":
            values = np.unique(column.names.codes, return_inverse=True)[1]
        else:
            numbers = next(iter(numbers_of(column, feature).values()))
            values = binned(numbers)
        leaks.append(
            class_leak(name, values, targets, n_classes) if n_classes else number_leak(name, values, targets, numbers)
        )
    return sorted((leak for leak in leaks if leak), key=lambda leak: -leak.share)


def _value_counts(read: LabelledRows, feature: Feature) -> np.ndarray:
    counts = read.columns[feature.column].names.counts
    return counts[counts > 0]


def _may_be_codes(read: LabelledRows, feature: Feature) -> bool:
    numbers = read.columns[feature.column].numbers(feature.decimal)
    known = numbers[~np.isnan(numbers)]
    return bool((known == np.floor(known)).all()) and len(np.unique(known)) <= MAX_CODE_VALUES


def _target_sentence(read: LabelledRows) -> str:
    target = read.target
    if target.classes:
        return f"{len(read):,} rows in {len(target.classes):,} classes of “{target.name}”."
    low, median, high = np.quantile(read.targets, [0, 0.5, 1])
    return f"{len(read):,} rows with a number in “{target.name}”, from {low:g} to {high:g}, median {median:g}."


def _features_sentence(read: LabelledRows, sizes: Sequence[int]) -> str:
    """Return how the columns are encoded."""
    kinds = []
    if categories := read.of_kind("category"):
        named = [f"“{feature.column}” ({size:,})" for feature, size in zip(categories, sizes, strict=True)]
        kinds.append(f"categories, with their number of values, {listed(named, MAX_NAMES)}")
    for kind in ("number", "date"):
        if features := read.of_kind(kind):
            kinds.append(f"{kind}s {quoted([feature.column for feature in features], MAX_NAMES)}")
    return f"Features ({len(read.features):,}): {'; '.join(kinds)}."
