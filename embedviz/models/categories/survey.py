"""What is said of a table before it is learned from: its target, its columns, and what to beware of."""

from __future__ import annotations

import numpy as np

from embedviz.data.category_values import category_names
from embedviz.data.leaks import Leak
from embedviz.models.categories.encoding import MANY_VALUES, numbers_of
from embedviz.models.categories.reading import Feature, LabelledRows
from embedviz.models.categories.settings import CategoriesSettings
from embedviz.training.survey import Survey

DATE_PARTS = 3  # numbers that most dates give
FEW_NUMBERS = 10  # different whole ones up to which a person may mean categories
SHOWN = 12  # columns of a kind that are named


def survey_of(read: LabelledRows, leaks: list[Leak], settings: CategoriesSettings) -> Survey:
    """facts: rows, columns, values (how many each category keeps, and its "other"), numbers, outputs."""
    categories = read.of_kind("category")
    counts = [category_names(read.frame[feature.column]).value_counts() for feature in categories]
    kept = [int((c >= settings.min_count).sum()) + 1 for c in counts]
    alphabets = sum(size > MANY_VALUES for size in kept) * settings.alphabet
    facts = {
        "rows": len(read),
        "columns": len(read.features),
        "values": kept,
        "numbers": len(read.of_kind("number")) + DATE_PARTS * len(read.of_kind("date")) + alphabets,
        "outputs": len(read.classes.names) if read.classes else 1,
    }
    named = [f"“{feature.column}” ({len(c):,})" for feature, c in zip(categories, counts, strict=True)]
    sentences = [_target_sentence(read), _features_sentence(read, named)]
    if few := [f"“{feature.column}”" for feature in read.of_kind("number") if _few_and_whole(read, feature)]:
        more = f" and {len(few) - SHOWN} more" if len(few) > SHOWN else ""
        holds = (
            "holds few different whole numbers and is" if len(few) == 1 else "hold few different whole numbers and are"
        )
        codes = (
            "choose it as category if they are codes" if len(few) == 1 else "choose as category those that are codes"
        )
        sentences.append(f"{', '.join(few[:SHOWN])}{more} {holds} taken for numbers; {codes}.")
    pooled = sum(int((c < settings.min_count).sum()) for c in counts)
    if pooled:
        sentences.append(
            f"{pooled:,} {'value stands' if pooled == 1 else 'values stand'} in fewer than {settings.min_count:,} rows; "
            f"the rare values of a column become one, “other”."
        )
    sentences += [*read.said, *read.left_out_sentences()]
    warnings = _warnings(read, leaks)
    for feature, size in zip(categories, kept, strict=True):
        if size == 1:
            warnings.append(
                f"No value of “{feature.column}” stands in {settings.min_count:,} rows, so all count as other and nothing "
                f"is learned of it. Lower min_count, or leave the column out."
            )
    return Survey(facts, sentences, warnings, read.classes.sizes() if read.classes else [])


def _few_and_whole(read: LabelledRows, feature: Feature) -> bool:
    numbers = next(iter(numbers_of(read.frame[feature.column], feature).values()))
    known = numbers[~np.isnan(numbers)]
    return bool((known == np.floor(known)).all()) and len(np.unique(known)) <= FEW_NUMBERS


def _target_sentence(read: LabelledRows) -> str:
    if read.classes is not None:
        return f"{len(read):,} rows in {len(read.classes.names):,} classes of “{read.target}”."
    low, median, high = np.quantile(read.numbers, [0, 0.5, 1])
    return (
        f"{len(read):,} rows with a number in “{read.target}”, from {low:g} to {high:g}, half of them up to {median:g}."
    )


def _features_sentence(read: LabelledRows, categories: list[str]) -> str:
    """Which columns are taken for what."""
    said = []
    if categories:
        more = f" and {len(categories) - SHOWN} more" if len(categories) > SHOWN else ""
        said.append(f"categories, with how many values each has, {', '.join(categories[:SHOWN])}{more}")
    for kind, name in (("number", "numbers"), ("date", "dates")):
        columns = [f"“{feature.column}”" for feature in read.of_kind(kind)]
        if columns:
            more = f" and {len(columns) - SHOWN} more" if len(columns) > SHOWN else ""
            said.append(f"{name} {', '.join(columns[:SHOWN])}{more}")
    columns = "column" if len(read.features) == 1 else "columns"
    return f"Learned from {len(read.features):,} {columns}: {'; '.join(said)}."


def _warnings(read: LabelledRows, leaks: list[Leak]) -> list[str]:
    said = [leak.sentence(read.target, read.classes is not None) for leak in leaks]
    if not read.of_kind("category"):
        said.append("No column is taken for categories, so there will be predictions but no vectors to look at.")
    if read.classes is not None:
        largest, smallest = read.classes.counts.max(), read.classes.counts.min()
        if largest > 10 * smallest:
            said.append(
                f"The classes are uneven: “{read.classes.names[-1]}” has {smallest:,} rows, “{read.classes.names[0]}” "
                f"{largest:,}. Look at F1 beside accuracy."
            )
    return said
