"""Texts that hold markup."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from embedviz.data.findings.finding import Finding, Remedy
from embedviz.data.findings.look import Look
from embedviz.data.markup import TAG, holds_markup
from embedviz.data.spread_rows import spread_rows

SAMPLE_TEXTS = 2000  # in which markup is looked for
MIN_MARKUP_SHARE = 0.01  # of the texts


def find_markup(look: Look) -> Iterator[Finding]:
    """HTML in the texts."""
    column = look.column("text")
    if column is None or not isinstance(column.values.dtype, pd.StringDtype):
        return
    texts = column.values.iloc[spread_rows(len(column), SAMPLE_TEXTS)].dropna()
    marked = [text for text in texts if holds_markup(text)]
    if not marked or len(marked) < MIN_MARKUP_SHARE * len(texts):
        return
    tag = next((found[0] for text in marked if (found := TAG.search(text))), "")
    what = f"HTML tags such as {tag[:40]}" if tag else "HTML entities such as &amp;"
    yield Finding(
        "markup",
        f"{len(marked) / len(texts):.0%} of the texts in “{column.name}” hold {what}, which would be learned as words.",
        Remedy("Take the HTML out", f"HTML was taken out of “{column.name}”.", {"strip_markup": True}),
    )
