"""Names that the columns of a space may have."""

from __future__ import annotations

from collections.abc import Container

from embedviz.space.searchable_space import RESERVED


def free_name(name: str, taken: Container[str]) -> str:
    """Return the name, marked where it is taken or is that of an answer's column."""
    while name in taken or name in RESERVED:
        name = f"{name} (column)"
    return name
