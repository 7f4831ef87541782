"""Spelling suggestions for a word that is not there."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein


def nearest(text: str, folded: Sequence[str], n: int = 5) -> list[int]:
    """Find the labels that take the fewest insertions, deletions, substitutions and swaps.

    At most a third of the text's length, one at least. Among equals those with the same first letter come first, for
    few people miss it, then the earlier label.

    Parameters
    ----------
    text : str
        What was typed.
    folded : sequence of str
        The labels without case (str.casefold), for case costs nothing.
    n : int
        How many.

    Returns
    -------
    list of int
        At most n indices of labels, the nearest first.
    """
    text = text.casefold()
    limit = max(1, (len(text) + 2) // 3)
    found = process.extract(text, folded, scorer=DamerauLevenshtein.distance, score_cutoff=limit, limit=20 * n)
    found.sort(key=lambda match: (match[1], match[0][:1] != text[:1], match[2]))
    return [index for _, _, index in found[:n]]
