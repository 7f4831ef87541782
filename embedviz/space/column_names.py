"""Names that the columns of a space may have."""

from __future__ import annotations

from collections.abc import Container

from embedviz.space.searchable_space import RESERVED

OF_MAPS = (
    "x",
    "y",
    "z",
    "cluster",
)  # columns that stand beside those of the space where its points on a map are listed


def free_name(name: str, taken: Container[str]) -> str:
    """Return the name, marked where it is taken or is that of a column of answers or maps."""
    while name in taken or name in RESERVED or name in OF_MAPS:
        name = f"{name} (column)"
    return name
