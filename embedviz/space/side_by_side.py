"""One word's neighbours in several spaces, side by side."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from embedviz.core.errors import UnknownLabelError
from embedviz.space.searchable_space import COMPOSED, SearchableSpace

UNKNOWN = "unknown"  # attribute of the answer: the spaces that do not have the word


def side_by_side(spaces: Mapping[str, SearchableSpace], word: str, k: int = 10) -> pd.DataFrame:
    """Return a word's nearest neighbours by cosine in several spaces.

    Parameters
    ----------
    spaces : mapping of str to SearchableSpace
        Name to space.
    word : str
        A label of at least one of them, or a word that one of them composes a vector for.
    k : int
        How many neighbours.

    Returns
    -------
    pd.DataFrame
        At most k rows: rank, then two columns for each space, the neighbour under its name and "NAME similarity"; best first,
        missing where a space has fewer. `.attrs["composed"]` says in which spaces the word's vector was composed from
        character n-grams, and `.attrs["unknown"]` names the spaces without the word, comma-separated.

    Raises
    ------
    UnknownLabelError
        Where no space has the word.
    """
    columns: dict[str, pd.Series] = {}
    composed: list[str] = []
    errors: dict[str, UnknownLabelError] = {}
    for name, space in spaces.items():
        try:
            near = space.neighbors(word, k)
        except UnknownLabelError as error:
            errors[name] = error
            continue
        columns |= {name: near["label"], f"{name} similarity": near["similarity"]}
        if sentence := near.attrs.get(COMPOSED):
            composed.append(f"{name}: {sentence}")
    if errors and not columns:
        raise next(iter(errors.values()))
    frame = pd.DataFrame(columns)
    frame.insert(0, "rank", range(1, len(frame) + 1))
    frame.attrs |= {COMPOSED: " ".join(composed)} if composed else {}
    frame.attrs |= {UNKNOWN: ", ".join(errors)} if errors else {}
    return frame
