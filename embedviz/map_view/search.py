"""Search among the labels of a map."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from embedviz.core.errors import SettingsError
from embedviz.space import EmbeddingSpace


def find_rows(space: EmbeddingSpace, points: np.ndarray, query: str) -> list[int]:
    """Return the rows whose labels contain the query, ignoring case: equal labels first, then those that start with it.

    Between slashes the query is a regular expression, as in /^king.*s$/, and rows come in the map's order.

    Parameters
    ----------
    space : EmbeddingSpace
    points : (n,) int64
        Rows of the space that the map shows.
    query : str

    Raises
    ------
    SettingsError
        When the regular expression is not valid.
    """
    text = query.strip().casefold()
    if not text:
        return []
    if len(text) > 2 and text[0] == text[-1] == "/":
        return _match(space, points, query.strip()[1:-1])
    labels = [(space.labels[row].casefold(), row) for row in points.tolist()]
    hits = [(label != text, not label.startswith(text), row) for label, row in labels if text in label]
    return [row for *_, row in sorted(hits, key=lambda hit: hit[:2])]


def _match(space: EmbeddingSpace, points: np.ndarray, pattern: str) -> list[int]:
    """Match with RE2, whose time is linear in the length of the text for every expression."""
    labels = pa.array([space.labels[row] for row in points.tolist()])
    try:
        options = pc.MatchSubstringOptions(pattern, ignore_case=True)
        hits = pc.call_function("match_substring_regex", [labels], options)
    except pa.ArrowInvalid as error:
        reason = str(error).partition("regular expression: ")[2] or str(error)
        raise SettingsError(f"/{pattern}/ is not a regular expression: {reason}.") from error
    return points[np.asarray(hits)].tolist()
