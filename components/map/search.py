"""Finding points of a map by what is typed."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from embedviz.core.errors import SettingsError
from embedviz.space import EmbeddingSpace


def hits_of(space: EmbeddingSpace, points: np.ndarray, typed: str) -> list[int]:
    """Rows of the map's words that hold what was typed: the word itself first, then those that begin with it. Between
    slashes it is a regular expression, as in /^king.*s$/, and rows come in the map's order. SettingsError when it is
    none."""
    text = typed.strip().casefold()
    if not text:
        return []
    if len(text) > 2 and text[0] == text[-1] == "/":
        return _matching(space, points, typed.strip()[1:-1])
    found = [(space.labels[row].casefold(), row) for row in points.tolist()]
    hits = [(label != text, not label.startswith(text), row) for label, row in found if text in label]
    return [row for *_, row in sorted(hits, key=lambda hit: hit[:2])]


def _matching(space: EmbeddingSpace, points: np.ndarray, pattern: str) -> list[int]:
    """By RE2, which takes no longer than the text is long, whatever the expression."""
    labels = pa.array([space.labels[row] for row in points.tolist()])
    try:
        hits = pc.match_substring_regex(labels, pattern, ignore_case=True)
    except pa.ArrowInvalid as error:
        reason = str(error).partition("regular expression: ")[2] or str(error)
        raise SettingsError(f"/{pattern}/ is not a regular expression: {reason}.") from error
    return points[np.asarray(hits)].tolist()
