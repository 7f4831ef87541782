"""Vectors of a map that do not lie where one would think: zero vectors, exact copies, and those with NaN or infinity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from embedviz.projection.settings import FEWEST, ProjectionSettings
from embedviz.projection.short_label import short_label

EXAMPLES = 3


@dataclass(frozen=True)
class Oddities:
    """How many of a map's points are of which kind, each with the labels of up to three.

    zero: all numbers 0. copies: the same numbers as an earlier point's, zero vectors aside. unusable: NaN or infinity
    among the numbers; these are left out of the map.
    """

    points: int
    zero: int = 0
    zero_labels: Sequence[str] = ()
    copies: int = 0
    copy_labels: Sequence[str] = ()
    unusable: int = 0
    unusable_labels: Sequence[str] = ()

    def sentences(self, settings: ProjectionSettings) -> list[str]:
        """What they mean for the map drawn with these settings; none where all vectors are as they should be."""
        method = settings.method if self.points - self.unusable >= FEWEST or settings.method == "axes" else "pca"
        said = []
        if self.unusable:
            verb = _verb(self.unusable, "holds NaN or infinity", "hold NaN or infinity")
            left_out = _verb(self.unusable, "is", "are")
            said.append(f"{_vectors(self.unusable)} {verb} ({_like(self.unusable_labels)}) and {left_out} left out.")
        if self.zero:
            verb = _verb(self.zero, "is", "are")
            said.append(
                f"{_vectors(self.zero)} {verb} zero ({_like(self.zero_labels)}): {self._of_zero(method, settings)}"
            )
        if self.copies:
            verb = _verb(self.copies, "is an exact copy", "are exact copies")
            where = (
                "copies lie close together, as each other's nearest."
                if method in ("umap", "tsne")
                else "copies lie on one spot, so fewer points are seen than there are."
            )
            said.append(f"{_vectors(self.copies)} {verb} of an earlier one ({_like(self.copy_labels)}): {where}")
        return said

    def _of_zero(self, method: str, settings: ProjectionSettings) -> str:
        they, lie = _verb(self.zero, "it", "they"), _verb(self.zero, "lies", "lie")
        if method == "axes":
            return f"the cosine with every direction is 0, so {they} {lie} at 0 on both axes."
        if settings.metric == "euclidean":
            return f"by Euclidean distance that is a place like any other, and {they} {lie} where it belongs."
        if method == "pca":
            return (
                f"cosine has no direction for {_verb(self.zero, 'it', 'them')}, and where {they} {lie} means nothing."
            )
        return (
            f"cosine has no direction for {_verb(self.zero, 'it', 'them')} and takes all others to be equally far, "
            f"so where {they} {lie} means nothing."
        )


def oddities(vectors: np.ndarray, labels: Sequence[str]) -> Oddities:
    """Counts them among vectors (N, D) with a label each. Copies are found by sorting the rows' bytes."""
    x = np.asarray(vectors, np.float32)
    usable = finite(x)
    zero = usable & ~x.any(axis=1)
    copies = np.zeros(len(x), bool)
    rest = np.flatnonzero(usable & ~zero)
    if x.shape[1] and len(rest):
        plain = np.ascontiguousarray(x[rest] + np.float32(0))  # -0.0 becomes 0.0, which it equals
        rows = plain.view(np.dtype((np.void, plain.dtype.itemsize * plain.shape[1])))[:, 0]
        copies[rest] = True
        copies[rest[np.unique(rows, return_index=True)[1]]] = False  # the first of each
    return Oddities(
        points=len(x),
        zero=int(zero.sum()),
        zero_labels=_examples(zero, labels),
        copies=int(copies.sum()),
        copy_labels=_examples(copies, labels),
        unusable=int((~usable).sum()),
        unusable_labels=_examples(~usable, labels),
    )


def finite(vectors: np.ndarray) -> np.ndarray:
    """Which of vectors (N, D) hold neither NaN nor infinity: (N,) bool."""
    return np.isfinite(vectors).all(axis=1)


def _examples(chosen: np.ndarray, labels: Sequence[str]) -> list[str]:
    return [labels[i] for i in np.flatnonzero(chosen)[:EXAMPLES]]


def _vectors(n: int) -> str:
    return f"{n:,} vector{'' if n == 1 else 's'}"


def _verb(n: int, one: str, many: str) -> str:
    return one if n == 1 else many


def _like(labels: Sequence[str]) -> str:
    quoted = [f"“{short_label(label)}”" for label in labels]
    return "like " + (" and ".join([", ".join(quoted[:-1]), quoted[-1]]) if len(quoted) > 1 else quoted[0])
