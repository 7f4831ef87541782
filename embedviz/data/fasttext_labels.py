"""Labelled texts as fastText reads them: __label__positive a very good film, a text a line."""

from __future__ import annotations

import re

import pandas as pd

HEAD_LINES = 20  # filled lines looked at
_LABELS = re.compile(r"\s*((?:__label__\S+\s+)+)(.*)")


def looks_like(text: str) -> bool:
    """Return True when the first filled lines begin with a label."""
    lines = [line for line in text[:200_000].split("\n") if line.strip()][:HEAD_LINES]
    return bool(lines) and all(_LABELS.match(line) for line in lines)


def read(text: str, cut: bool = False) -> pd.DataFrame:
    """Read the lines into the columns "text" and "label"; a line without a label has none.

    Several labels of a line are one, joined by blanks.

    Parameters
    ----------
    cut : bool
        The text stops before the file does, so its last line may be half.
    """
    lines = text.split("\n")
    if cut and len(lines) > 1:
        lines.pop()
    texts: list[str] = []
    labels: list[str | None] = []
    for line in filter(str.strip, lines):
        found = _LABELS.match(line)
        texts.append((found[2] if found else line).strip())
        labels.append(" ".join(found[1].replace("__label__", "").split()) if found else None)
    return pd.DataFrame({"text": pd.array(texts, dtype="str"), "label": pd.array(labels, dtype="str")})
