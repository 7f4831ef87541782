"""The nearest spellings of a word that is not there."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein


def nearest(text: str, labels: Sequence[str], n: int = 5) -> list[str]:
    """The n labels that take the fewest insertions, deletions, substitutions and swaps, at most a third of the
    text's length (one at least). Among equals those with the same first letter come first, for few people miss it,
    then the earlier label. Case alone costs nothing."""
    text = text.casefold()
    limit = max(1, (len(text) + 2) // 3)
    found = process.extract(
        text, labels, processor=str.casefold, scorer=DamerauLevenshtein.distance, score_cutoff=limit, limit=20 * n
    )
    found.sort(key=lambda match: (match[1], match[0].casefold()[:1] != text[:1], match[2]))
    return [label for label, _, _ in found[:n]]
