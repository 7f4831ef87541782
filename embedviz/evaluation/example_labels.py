"""Labels that a page's questions start with: known words where the space has them, otherwise frequent neighbours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from embedviz.space import EmbeddingSpace
from embedviz.space.letter_case import in_space_case

MAX_LABELS = 2000  # most frequent ones, among which neighbours are looked for
FUNCTION_WORDS = 100  # most frequent words, which say little about a text
_PAIRS = "king queen, good evil, man woman, father son, day night, bread wine, river water, city country, small large"
# Each completes an analogy: man is to woman as king is to queen.
_ANALOGIES = (
    "man woman king queen, man king woman queen, father mother son daughter, brother sister son daughter, "
    "he she his her, good evil light darkness, day night light darkness, good better great greater, go went see saw, "
    "hand hands eye eyes, day days year years, france paris italy rome, germany berlin france paris"
)
# The last one does not belong to the others.
_ODD = (
    "king queen prince bread, father mother son gold, bread wine oil sword, day night morning sheep, "
    "gold silver brass son, hand foot eye king, good bad great city, monday tuesday friday apple"
)


def example_pair(space: EmbeddingSpace) -> tuple[str, str]:
    """Return two labels that are worth comparing. A space of one label gives it twice."""
    known = _known(space, _PAIRS)
    return (known[0], known[1]) if known else _frequent_pairs(space, 1)[0]


def example_analogy(space: EmbeddingSpace) -> tuple[str, str, str]:
    """Return a, b and c of the question what is to c as b is to a."""
    if known := _known(space, _ANALOGIES):
        return known[0], known[1], known[2]
    (a, b), (c, _) = (2 * _frequent_pairs(space, 2))[:2]
    return a, b, c


def example_odd_one_out(space: EmbeddingSpace) -> list[str]:
    """Return a few labels, one of which does not belong to the others: of a small space all labels."""
    if known := _known(space, _ODD):
        return list(known)
    frequent = space.take(space.most_frequent(MAX_LABELS))
    first = frequent.index(_frequent_pairs(space, 1)[0][0])
    closeness = frequent.closeness_to(frequent.vectors[first][None], "cosine")[0]
    order = [int(row) for row in np.argsort(-closeness, kind="stable") if row != first]
    return [frequent.labels[row] for row in dict.fromkeys([first, *order[:2], *order[-1:]])]


def _known(space: EmbeddingSpace, listed: str) -> tuple[str, ...] | None:
    """Return the first group of words that the space has, in its letter case; None where it has none."""
    if space.kind != "word":
        return None
    groups = (tuple(in_space_case(space, word) for word in group.split()) for group in listed.split(", "))
    return next((group for group in groups if all(word in space for word in group)), None)


def _frequent_pairs(space: EmbeddingSpace, n: int) -> list[tuple[str, str]]:
    """Return n pairs without a common label, frequent ones first: labels that are each other's nearest neighbours or, where
    these are too few, labels with their nearest ones."""
    frequent = space.take(space.most_frequent(MAX_LABELS))
    if len(frequent) == 1:
        return [(frequent.labels[0], frequent.labels[0])]
    closeness = frequent.closeness_to(frequent.vectors, "cosine")
    np.fill_diagonal(closeness, -np.inf)
    nearest = closeness.argmax(1)
    skipped = min(FUNCTION_WORDS, len(frequent) // 10) if space.kind == "word" else 0
    rows = np.arange(skipped, len(frequent))
    mutual = [int(row) for row in rows if nearest[nearest[row]] == row]
    pairs = _apart(((row, int(nearest[row])) for row in [*mutual, *map(int, rows)]), n)
    return [(frequent.labels[a], frequent.labels[b]) for a, b in pairs]


def _apart(pairs: Iterable[tuple[int, int]], n: int) -> Sequence[tuple[int, int]]:
    """Return the first n pairs that share no row with one before."""
    found: list[tuple[int, int]] = []
    used: set[int] = set()
    for pair in pairs:
        if len(found) < n and used.isdisjoint(pair):
            found.append(pair)
            used.update(pair)
    return found
