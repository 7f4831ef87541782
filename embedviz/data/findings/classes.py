"""Classes that are nearly equal, and files in the order of their classes or target."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

import numpy as np

from embedviz.core.plurals import counted, listed
from embedviz.data.column import Column
from embedviz.data.findings.finding import Finding, Remedy
from embedviz.data.findings.look import MAX_NAMED, MIN_DISTINCT, Look
from embedviz.data.transforms import spelling_key

MIN_SORTED_RUNS = 10  # changes of class that a shuffled file would have, from which one can be called sorted


def _class_columns(look: Look) -> list[Column]:
    """The label, and the target where it has classes."""
    label, target = look.column("label"), look.column("target")
    if target is not None and look.target_numbers() is not None:
        target = None
    columns = [column for column in (label, target) if column is not None]
    return columns[:1] if len({column.name for column in columns}) == 1 else columns


def find_spellings(look: Look) -> Iterator[Finding]:
    """Classes that differ in letter case, blanks or final punctuation alone."""
    for column in _class_columns(look):
        if column.kind != "text":
            continue
        names = column.names
        spellings: dict[str, list[tuple[str, int]]] = {}
        for name, count in zip(names.distinct.tolist(), names.counts.tolist(), strict=True):
            if count:
                spellings.setdefault(spelling_key(name), []).append((name, count))
        n_classes = len(spellings)
        several = sorted((group for group in spellings.values() if len(group) > 1), key=lambda group: -len(group))
        if not several or n_classes == sum(map(len, spellings.values())):
            continue
        group = sorted(several[0], key=lambda each: -each[1])
        shown = listed(
            [f"“{name}” ({counted(count, 'row', 'rows')})" for name, count in group[:MAX_NAMED]], len(group) - MAX_NAMED
        )
        total = sum(map(len, spellings.values()))
        is_composed = all(unicodedata.is_normalized("NFC", name) for name, _ in group)
        ways = "letter case, blanks or final punctuation" if is_composed else "the way accented letters are stored"
        yield Finding(
            "spellings",
            f"Classes of “{column.name}” differ only in {ways}: {shown}. They are learned as classes of their own.",
            Remedy(
                f"Merge {total:,} spellings into {n_classes:,} {'class' if n_classes == 1 else 'classes'}",
                f"Near-equal classes of “{column.name}” are merged.",
                {"merge_classes": [str(column.name)]},
            ),
        )


def find_sorted(look: Look) -> Iterator[Finding]:
    """A file in the order of its classes or of its target."""
    for column in _class_columns(look):
        codes = column.names.codes
        codes = codes[codes >= 0]
        if len(codes) < 2:
            continue
        shares = np.bincount(codes) / len(codes)
        n_classes = int((shares > 0).sum())
        changes = int((codes[1:] != codes[:-1]).sum())
        shuffled = len(codes) * (1 - float((shares**2).sum()))  # changes that a shuffled file would have
        if shuffled >= MIN_SORTED_RUNS * n_classes and changes < 2 * n_classes:
            yield _sorted_finding(str(column.name))
    target, numbers = look.column("target"), look.target_numbers()
    if target is not None and numbers is not None:
        steps = np.diff(numbers[np.isfinite(numbers)])
        if len(steps) > MIN_DISTINCT and np.any(steps) and (bool((steps >= 0).all()) or bool((steps <= 0).all())):
            yield _sorted_finding(str(target.name))


def _sorted_finding(column: str) -> Finding:
    return Finding(
        "sorted",
        f"The rows are sorted by “{column}”. They are shuffled before they are split, so that every part gets some of each.",
    )
