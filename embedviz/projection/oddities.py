"""Vectors of a map that do not lie where one expects: zero vectors, exact copies, and those with NaN or infinity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from embedviz.core.plurals import listed
from embedviz.projection.cluster_names import short_label
from embedviz.projection.settings import GIVEN, MIN_POINTS, ProjectionSettings

MAX_EXAMPLES = 3


@dataclass(frozen=True)
class Oddities:
    """Counts of a map's degenerate vectors by kind, each with the labels of up to three.

    Attributes
    ----------
    points : int
        All of the map's points, unusable ones included.
    zero, zero_labels
        Vectors of zeros alone.
    copies, copy_labels
        Vectors with the same numbers as an earlier one, zero vectors aside.
    unusable, unusable_labels
        Vectors with NaN or infinity; these are left out of the map.
    """

    points: int
    zero: int = 0
    zero_labels: Sequence[str] = ()
    copies: int = 0
    copy_labels: Sequence[str] = ()
    unusable: int = 0
    unusable_labels: Sequence[str] = ()

    def sentences(self, settings: ProjectionSettings) -> list[str]:
        """Return what they mean for the map drawn with these settings; nothing where there are none."""
        is_arranged = self.points - self.unusable >= MIN_POINTS or settings.method in ("axes", GIVEN)
        method = settings.method if is_arranged else "pca"
        sentences: list[str] = []
        if self.unusable:
            verb = _verb(self.unusable, "holds NaN or infinity", "hold NaN or infinity")
            left_out = _verb(self.unusable, "is", "are")
            sentences.append(
                f"{_vectors(self.unusable)} {verb} ({_like(self.unusable_labels)}) and {left_out} left out."
            )
        if self.zero:
            verb = _verb(self.zero, "is", "are")
            sentences.append(
                f"{_vectors(self.zero)} {verb} zero ({_like(self.zero_labels)}): {self._of_zero(method, settings)}"
            )
        if self.copies:
            verb = _verb(self.copies, "is an exact copy", "are exact copies")
            where = (
                "copies lie close together, as each other's nearest."
                if method in ("umap", "tsne")
                else "they lie where the file has them."
                if method == GIVEN
                else "copies lie on one spot, so fewer points are visible than there are."
            )
            sentences.append(f"{_vectors(self.copies)} {verb} of an earlier one ({_like(self.copy_labels)}): {where}")
        return sentences

    def _of_zero(self, method: str, settings: ProjectionSettings) -> str:
        they, lie = _verb(self.zero, "it", "they"), _verb(self.zero, "lies", "lie")
        if method == "axes":
            return f"the cosine with every direction is 0, so {they} {lie} at 0 on both axes."
        if method == GIVEN:
            return f"{they} {lie} where the file has {_verb(self.zero, 'it', 'them')}."
        if settings.metric == "euclidean":
            return f"by Euclidean distance the origin is a place like any other, and {they} {lie} there."
        if method == "pca":
            return (
                f"cosine has no direction for {_verb(self.zero, 'it', 'them')}, so where {they} {lie} has no meaning."
            )
        return (
            f"cosine has no direction for {_verb(self.zero, 'it', 'them')} and all others are equally far from "
            f"{_verb(self.zero, 'it', 'them')}, so where {they} {lie} has no meaning."
        )


def oddities(vectors: np.ndarray, labels: Sequence[str]) -> Oddities:
    """Count them among vectors (N, D) with a label each. Copies are found by sorting the rows' bytes."""
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
    """Tell which of vectors (N, D) hold neither NaN nor infinity: (N,) bool."""
    return np.all(np.isfinite(vectors), axis=1)


def _examples(chosen: np.ndarray, labels: Sequence[str]) -> list[str]:
    return [labels[int(i)] for i in np.flatnonzero(chosen)[:MAX_EXAMPLES]]


def _vectors(n: int) -> str:
    return f"{n:,} vector{'' if n == 1 else 's'}"


def _verb(n: int, one: str, many: str) -> str:
    return one if n == 1 else many


def _like(labels: Sequence[str]) -> str:
    quoted = [f"“{short_label(label)}”" for label in labels]
    return f"like {listed(quoted)}"
