"""EmbeddingSpace: labels, one vector each, and what can be asked of them. NumPy alone, exact, over mapped files too.

Letters: N labels, D dimensions, Q queries, k answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from embedviz.errors import DataError, SettingsError, UnknownLabelError
from embedviz.space import spelling
from embedviz.space.metrics import METRICS, Metric, closeness, norms

Formula = Literal["3cosadd", "3cosmul"]
BLOCK = 65_536  # vectors compared at a time


@dataclass(frozen=True)
class Comparison:
    """Two labels beside each other. rank_of_b: b's place among a's neighbours by cosine, 1 the nearest; rank_of_a the
    other way round. shared: the labels both have among their k nearest, with the similarity to each."""

    a: str
    b: str
    cosine: float
    euclidean: float
    dot: float
    rank_of_b: int
    rank_of_a: int
    k: int
    shared: pd.DataFrame


class EmbeddingSpace:
    """labels (N) and vectors (N, D) float32, with a frame of columns (N rows, "count" among them where known).

    Labels are unique; DataError otherwise, and when the shapes do not agree or a number is not finite.
    """

    def __init__(
        self, labels: Sequence[str], vectors: np.ndarray, columns: pd.DataFrame | None = None, name: str = "word"
    ):
        self.labels = list(labels)
        self.vectors = vectors if vectors.dtype == np.float32 else np.asarray(vectors, np.float32)
        self.columns = pd.DataFrame(index=range(len(self.labels))) if columns is None else columns.reset_index(drop=True)
        self.name = name
        if self.vectors.ndim != 2 or len(self.vectors) != len(self.labels) or len(self.columns) != len(self.labels):
            raise DataError(
                f"A space needs a vector and a row of columns for each label; got {len(self.labels)} labels, "
                f"vectors of shape {self.vectors.shape} and {len(self.columns)} rows."
            )

    def __len__(self) -> int:
        return len(self.labels)

    def __contains__(self, label: object) -> bool:
        return label in self._index

    def __repr__(self) -> str:
        return f"<EmbeddingSpace {self.name!r}: {len(self):,} x {self.dim}>"

    @property
    def dim(self) -> int:
        return self.vectors.shape[1]

    @cached_property
    def lengths(self) -> np.ndarray:
        """The Euclidean length of every vector, (N,) float32."""
        return norms(self.vectors)

    @cached_property
    def _index(self) -> dict[str, int]:
        index = dict(zip(self.labels, range(len(self.labels)), strict=True))
        if len(index) < len(self.labels):
            twice = pd.Series(self.labels)
            raise DataError(f"The label {twice[twice.duplicated()].iloc[0]!r} occurs twice; labels have to be unique.")
        return index

    @cached_property
    def by_frequency(self) -> np.ndarray:
        """All indices, the most frequent label first: by "count" where there is one, in the given order otherwise."""
        if "count" not in self.columns:
            return np.arange(len(self))
        return np.argsort(-self.columns["count"].to_numpy(), kind="stable")

    def most_frequent(self, n: int) -> np.ndarray:
        """Indices of the n most frequent labels, (n,) int64."""
        return self.by_frequency[:n]

    def index(self, label: str) -> int:
        """Where the label stands; UnknownLabelError with the nearest spellings when it is not there."""
        try:
            return self._index[label]
        except KeyError:
            raise self._unknown(label) from None

    def vector(self, label: str) -> np.ndarray:
        """The label's vector, (D,) float32."""
        return self.vectors[self.index(label)]

    def take(self, indices: np.ndarray) -> EmbeddingSpace:
        """The space of these labels alone, in this order."""
        chosen = [self.labels[i] for i in indices]
        return EmbeddingSpace(chosen, self.vectors[indices], self.columns.iloc[indices], self.name)

    def neighbors(
        self,
        query: str | np.ndarray,
        k: int = 10,
        metric: Metric = "cosine",
        min_count: int | None = None,
        exclude: Iterable[str] = (),
    ) -> pd.DataFrame:
        """The k labels nearest to a label, or to a vector (D,): label, then similarity (cosine, dot) or distance
        (euclidean), then the columns; best first, ties in the given order. The query itself is left out."""
        _check(k, metric)
        left_out = {self.index(label) for label in exclude}
        if isinstance(query, str):
            left_out.add(self.index(query))
            query = self.vector(query)
        query = np.asarray(query, np.float32)
        if query.shape != (self.dim,):
            raise DataError(f"A query vector needs {self.dim} numbers here, got shape {query.shape}.")
        scores = self._closeness(query[None], metric)[0]
        scores[list(left_out)] = -np.inf
        return self._best(self._rare_out(scores, min_count), k, metric)

    def neighbor_indices(self, queries: np.ndarray, k: int, metric: Metric = "cosine") -> np.ndarray:
        """Indices of the k nearest to each of queries (Q, D), best first, the query's own label not left out:
        (Q, k) int64."""
        _check(k, metric)
        k = min(k, len(self))
        found = [_top(row, k) for part in _blocks(queries, 256) for row in self._closeness(part, metric)]
        return np.array(found, np.int64).reshape(len(queries), k)

    def similarity(self, a: str, b: str, metric: Metric = "cosine") -> float:
        """Cosine similarity or dot product of two labels, or with "euclidean" their distance."""
        _check(1, metric)
        indices = [self.index(a), self.index(b)]
        pair = np.asarray(self.vectors[indices], np.float32)
        value = float(closeness(pair[:1], pair[1:], norms(pair[1:]), metric)[0, 0])
        return -value if metric == "euclidean" else value

    def compare(self, a: str, b: str, k: int = 10) -> Comparison:
        """Two labels beside each other: how similar, how they rank for each other, which of k neighbours they share."""
        scores = self._closeness(self.vectors[[self.index(a), self.index(b)]], "cosine")
        ranks = [int((scores[0] > scores[0, self.index(b)]).sum()), int((scores[1] > scores[1, self.index(a)]).sum())]
        # A label is nearest to itself, so the count of closer ones is the rank, counted from 1, unless a twin ties.
        near_a, near_b = self.neighbors(a, k), self.neighbors(b, k)
        shared = near_a[["label", "similarity"]].merge(near_b[["label", "similarity"]], on="label", suffixes=("_a", "_b"))
        return Comparison(
            a=a,
            b=b,
            cosine=self.similarity(a, b),
            euclidean=self.similarity(a, b, "euclidean"),
            dot=self.similarity(a, b, "dot"),
            rank_of_b=max(1, ranks[0]),
            rank_of_a=max(1, ranks[1]),
            k=k,
            shared=shared,
        )

    def analogy(
        self,
        positive: Sequence[str],
        negative: Sequence[str] = (),
        k: int = 10,
        method: Formula = "3cosadd",
        include_inputs: bool = False,
        min_count: int | None = None,
    ) -> pd.DataFrame:
        """What is to positive[1] as positive[0] is to negative[0] ("king" + "woman" − "man"): label, similarity, columns.

        3CosAdd adds unit vectors and takes the cosine (Mikolov et al. 2013, NAACL, p. 749). 3CosMul multiplies the
        similarities, shifted to 0..1, and divides by those to the negatives plus 0.001 (Levy and Goldberg 2014,
        CoNLL, p. 175); its numbers are ratios, not cosines. The inputs themselves are left out unless asked for.
        """
        _check(k, "cosine")
        if not positive:
            raise SettingsError("An analogy needs at least one word on the positive side.")
        plus, minus = [self.index(label) for label in positive], [self.index(label) for label in negative]
        inputs = np.array(plus + minus)
        if method == "3cosadd":
            signs = np.array([1] * len(plus) + [-1] * len(minus), np.float32)
            lengths = np.maximum(self.lengths[inputs], np.finfo(np.float32).tiny)
            target = (signs / lengths) @ self.vectors[inputs]
            scores = self._closeness(target[None].astype(np.float32), "cosine")[0]
        elif method == "3cosmul":
            shifted = (self._closeness(self.vectors[inputs], "cosine") + 1) / 2
            scores = shifted[: len(plus)].prod(axis=0) / (shifted[len(plus) :] + 0.001).prod(axis=0)
        else:
            raise SettingsError(f"An analogy is solved by 3cosadd or 3cosmul, not {method!r}.")
        if not include_inputs:
            scores[inputs] = -np.inf
        return self._best(self._rare_out(scores, min_count), k, "cosine")

    def odd_one_out(self, labels: Sequence[str]) -> pd.DataFrame:
        """Each label's mean cosine with the others, the one that fits worst first: label, similarity."""
        if len(set(labels)) < 3:
            raise SettingsError("To find the odd one out, give at least three different words.")
        vectors = self.vectors[[self.index(label) for label in labels]]
        similarities = closeness(vectors, vectors, norms(vectors), "cosine")
        mean = (similarities.sum(axis=1) - similarities.diagonal()) / (len(labels) - 1)
        return pd.DataFrame({"label": list(labels), "similarity": mean}).sort_values("similarity", ignore_index=True)

    def suggest(self, text: str, n: int = 5) -> list[str]:
        """The n labels whose spelling is nearest to the text, most alike first, the more frequent first among equals."""
        return spelling.nearest(text, [self.labels[i] for i in self.by_frequency], n)

    def complete(self, prefix: str, n: int = 20) -> list[str]:
        """The n most frequent labels that start with the prefix, upper and lower case alike."""
        prefix = prefix.casefold()
        found = []
        for i in self.by_frequency:
            if self.labels[i].casefold().startswith(prefix):
                found.append(self.labels[i])
                if len(found) == n:
                    break
        return found

    def save(self, path: str | Path, format: str | None = None) -> None:
        """Writes the space to a file of vectors, in the format named or the one the ending says."""
        from embedviz.formats import save_vectors

        save_vectors(self, path, format)

    def _closeness(self, queries: np.ndarray, metric: Metric) -> np.ndarray:
        queries = np.asarray(queries, np.float32)
        result = np.empty((len(queries), len(self)), np.float32)
        for start in range(0, len(self), BLOCK):
            part = slice(start, start + BLOCK)
            result[:, part] = closeness(queries, self.vectors[part], self.lengths[part], metric)
        return result

    def _rare_out(self, scores: np.ndarray, min_count: int | None) -> np.ndarray:
        if min_count and "count" in self.columns:
            scores[self.columns["count"].to_numpy() < min_count] = -np.inf
        return scores

    def _best(self, scores: np.ndarray, k: int, metric: Metric) -> pd.DataFrame:
        indices = _top(scores, min(k, len(scores)))
        indices = indices[scores[indices] > -np.inf]
        values = scores[indices]
        name, values = ("distance", -values) if metric == "euclidean" else ("similarity", values)
        frame = pd.DataFrame({"label": [self.labels[i] for i in indices], name: values})
        return pd.concat([frame, self.columns.iloc[indices].reset_index(drop=True)], axis=1)

    def _unknown(self, label: str) -> UnknownLabelError:
        suggestions = self.suggest(label) if label.strip() else []
        hint = f" Did you mean {', '.join(suggestions)}?" if suggestions else ""
        plural = "rows" if self.name == "row" else f"{self.name}s"
        return UnknownLabelError(f"{label!r} is not among the {len(self):,} {plural}.{hint}", label, suggestions)


def _top(scores: np.ndarray, k: int) -> np.ndarray:
    """Indices of the k greatest, best first, ties in order: (N,) -> (k,)."""
    if k >= len(scores):
        return np.argsort(-scores, kind="stable")
    border = np.partition(scores, len(scores) - k)[len(scores) - k]
    candidates = np.flatnonzero(scores >= border)
    return candidates[np.argsort(-scores[candidates], kind="stable")][:k]


def _blocks(rows: np.ndarray, size: int) -> Iterable[np.ndarray]:
    return (rows[start : start + size] for start in range(0, len(rows), size))


def _check(k: int, metric: str) -> None:
    if k < 1:
        raise SettingsError(f"k has to be 1 or more, got {k}.")
    if metric not in METRICS:
        raise SettingsError(f"A metric is one of {', '.join(METRICS)}, not {metric!r}.")
