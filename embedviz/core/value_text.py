"""Values as people read them: four digits of a fraction, thousands with commas, a dash where one is missing."""

from __future__ import annotations

import math
import numbers
from pathlib import PurePath

MISSING = "–"


def value_text(value: object) -> str:
    """Return a value as text.

    >>> [value_text(value) for value in (20000, 0.123456, True, float("nan"), "sea")]
    ['20,000', '0.1235', 'True', '–', 'sea']
    """
    if value is None or type(value).__name__ in (
        "NAType",
        "NaTType",
    ):  # pandas' own, which must not be imported for them
        return MISSING
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, numbers.Real):
        number = float(value)
        if not math.isfinite(number):
            return MISSING if math.isnan(number) else str(number)
        return f"{number:,.0f}" if number == round(number) else f"{number:,.4g}"
    return str(value)


def without_folder(name: str) -> str:
    """Return the name of a file or of vectors, as settings hold it, without what belongs to this machine: folder, and id of a run.

    >>> [without_folder(name) for name in ("/home/me/glove.vec", "run:0123:word", "glove")]
    ['glove.vec', 'another run', 'glove']
    """
    if name.startswith("run:"):
        return "another run"
    path = PurePath(name)
    return path.name if path.is_absolute() else name
