"""EmbeddingSpace: labels, one vector each, and what can be asked of them. NumPy alone, exact, over mapped files too.

Letters: N labels, D dimensions, Q queries, k answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from embedviz.core.errors import ColumnError, DataError, SettingsError, UnknownLabelError
from embedviz.space import spelling
from embedviz.space.exact_search import ExactSearch, Nearest, top
from embedviz.space.metrics import METRICS, Metric, closeness, norms, pair_closeness
from embedviz.space.search_index import SearchIndex

if TYPE_CHECKING:
    from embedviz.space.analogy import Formula
    from embedviz.space.comparison import Comparison

BLOCK = 65_536  # vectors compared at a time
LARGEST = 1e15  # past it the square of a vector's length leaves float32
RESERVED = ("label", "similarity", "distance", "position")  # columns of the answers
PLURALS = {"word": "words", "user": "users", "item": "items", "row": "rows"}


def first_unusable(vectors: np.ndarray) -> int | None:
    """The first row with NaN, infinity or a number past 1e15; None when all can be compared."""
    if not vectors.size or (vectors.max() <= LARGEST and vectors.min() >= -LARGEST):  # NaN fails both
        return None
    return int(np.argmin((np.abs(vectors) <= LARGEST).all(axis=1)))


class EmbeddingSpace:
    """labels (N) and vectors (N, D) float32, with a frame of columns (N rows, "count" among them where known).

    name says what a label is (word, user, item, a column's name); notes are sentences about what was left out when
    the space was read. DataError when the shapes do not agree, a label occurs twice, or vectors in memory hold what
    cannot be compared (mapped ones were checked when they were written); ColumnError for a column named like one
    of the answers' (label, similarity, distance, position).
    """

    def __init__(
        self,
        labels: Sequence[str],
        vectors: np.ndarray,
        columns: pd.DataFrame | None = None,
        name: str = "word",
        notes: Sequence[str] = (),
        search_index: SearchIndex | None = None,
    ):
        self.labels = list(labels)
        self.vectors = vectors if vectors.dtype == np.float32 else np.asarray(vectors, np.float32)
        self.columns = (
            pd.DataFrame(index=range(len(self.labels))) if columns is None else columns.reset_index(drop=True)
        )
        self.name = name
        self.notes = tuple(notes)
        self.search_index = search_index
        if self.vectors.ndim != 2 or len(self.vectors) != len(self.labels) or len(self.columns) != len(self.labels):
            raise DataError(
                f"A space needs a vector and a row of columns for each label; got {len(self.labels)} labels, "
                f"vectors of shape {self.vectors.shape} and {len(self.columns)} rows."
            )
        if search_index is not None and len(search_index.rows) != len(self.vectors):
            raise DataError(f"The search index is of {len(search_index.rows)} vectors, not of {len(self.vectors)}.")
        for column in self.columns.columns.intersection(RESERVED):
            raise ColumnError(f"A space's column cannot be called {column!r}, for its answers are. Rename it.")
        bad = None if isinstance(vectors, np.memmap) else first_unusable(self.vectors)
        if bad is not None:
            raise DataError(f"The vector of {self.labels[bad]!r} holds NaN, infinity or a number past 1e15.")
        self._index = dict(zip(self.labels, range(len(self.labels)), strict=True))
        if len(self._index) < len(self.labels):
            twice = pd.Series(self.labels)
            raise DataError(f"The label {twice[twice.duplicated()].iloc[0]!r} occurs twice; labels have to be unique.")

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

    def mean_vector(self, indices: np.ndarray) -> np.ndarray:
        """The mean of these labels' vectors, (D,) float32, in blocks so that a mapped file is never held whole.
        DataError for no labels at all."""
        if not len(indices):
            raise DataError("The mean of no vectors is none. Choose at least one label.")
        parts = (
            self.vectors[indices[i : i + BLOCK]].sum(axis=0, dtype=np.float64) for i in range(0, len(indices), BLOCK)
        )
        return (sum(parts) / len(indices)).astype(np.float32)

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
        (euclidean), then the columns; best first, ties in the given order. The query itself is left out, and so are
        labels with a count below min_count (ColumnError where there are no counts).
        """
        check_question(k, metric)
        left_out = [self.index(label) for label in exclude]
        if isinstance(query, str):
            left_out.append(self.index(query))
            query = self.vector(query)
        query = np.asarray(query, np.float32)
        if query.shape != (self.dim,):
            raise DataError(f"A query vector needs {self.dim} numbers here, got shape {query.shape}.")
        found = self.nearest(query, k, metric, left_out, min_count)
        if metric == "euclidean":
            return self.answer(found.indices, "distance", -found.closeness)
        return self.answer(found.indices, "similarity", found.closeness)

    def nearest(
        self,
        query: np.ndarray,
        k: int,
        metric: Metric = "cosine",
        left_out: Sequence[int] = (),
        min_count: int | None = None,
    ) -> Nearest:
        """The k nearest to a vector (D,), best first, ties in the given order; without those left out and those with a
        lower count."""
        return self._search.nearest(query, k, metric, self._barred(left_out, min_count))

    def neighbor_indices(self, queries: np.ndarray, k: int, metric: Metric = "cosine") -> np.ndarray:
        """Indices of the k nearest to each of queries (Q, D), best first, the query's own label not left out:
        (Q, k) int64; fewer columns where the space has fewer labels."""
        check_question(k, metric)
        return self._search.nearest_of_many(np.asarray(queries, np.float32), k, metric)

    def similarity(self, a: str, b: str, metric: Metric = "cosine") -> float:
        """Cosine similarity or dot product of two labels, or with "euclidean" their distance."""
        check_question(1, metric)
        value = float(pair_closeness(self.vector(a)[None], self.vector(b)[None], metric)[0])
        return -value if metric == "euclidean" else value

    def compare(self, a: str, b: str, k: int = 10) -> Comparison:
        """Two labels beside each other: how similar, how they rank for each other, which of k neighbours they share."""
        from embedviz.space.comparison import compare

        return compare(self, a, b, k)

    def analogy(
        self,
        positive: Sequence[str],
        negative: Sequence[str] = (),
        k: int = 10,
        method: Formula = "3cosadd",
        include_inputs: bool = False,
        min_count: int | None = None,
    ) -> pd.DataFrame:
        """king − man + woman: positive=["king", "woman"], negative=["man"]. label, similarity, columns, best first.

        method: "3cosadd" or "3cosmul". The inputs are left out unless include_inputs.
        """
        from embedviz.space.analogy import analogy

        return analogy(self, positive, negative, k, method, include_inputs, min_count)

    def odd_one_out(self, labels: Sequence[str]) -> pd.DataFrame:
        """Each label's mean cosine with the others, the one that fits worst first: label, similarity."""
        from embedviz.space.comparison import odd_one_out

        return odd_one_out(self, labels)

    def axis(self, low: Sequence[str], high: Sequence[str], labels: Sequence[str] | None = None) -> pd.DataFrame:
        """Labels (all of them, unless named) along the line from one pole to the other: label, position, columns,
        lowest first. The low pole is at −1, the high one at 1."""
        from embedviz.space.axis import axis

        return axis(self, low, high, labels)

    def suggest(self, text: str, n: int = 5) -> list[str]:
        """The n labels whose spelling is nearest to the text, most alike first, the more frequent among equals."""
        return [self._by_frequency[0][i] for i in spelling.nearest(text, self._by_frequency[1], n)]

    def complete(self, prefix: str, n: int = 20) -> list[str]:
        """The n most frequent labels that start with the prefix, upper and lower case alike."""
        prefix = prefix.casefold()
        found = (label for label, folded in zip(*self._by_frequency, strict=True) if folded.startswith(prefix))
        return list(islice(found, n))

    def save(self, path: str | Path, format: str | None = None) -> None:
        """Writes a file of vectors, in the format named (glove, word2vec, word2vec-binary) or as its ending says."""
        from embedviz.formats import save_vectors

        save_vectors(self, path, format)

    def closeness_to(self, queries: np.ndarray, metric: Metric) -> np.ndarray:
        """Entry [q, n] grows with how close queries[q] and label n are, as metrics.closeness has it:
        (Q, D) -> (Q, N) float32. In blocks of labels, so that a mapped file is never held whole."""
        queries = np.asarray(queries, np.float32)
        result = np.empty((len(queries), len(self)), np.float32)
        for start in range(0, len(self), BLOCK):
            part = slice(start, start + BLOCK)
            result[:, part] = closeness(queries, self.vectors[part], self.lengths[part], metric)
        return result

    def best(
        self, closeness: np.ndarray, k: int, left_out: Sequence[int] = (), min_count: int | None = None
    ) -> np.ndarray:
        """Indices of the k greatest of closeness (N,), best first, ties in the given order; without those left out
        and those with a lower count: (at most k,) int64."""
        scores = np.where(np.isnan(closeness), -np.inf, closeness)  # a file may hold NaN after all: it is near nothing
        for rows in self._barred(left_out, min_count):
            scores[rows] = -np.inf
        found = top(scores, k)
        return found[scores[found] > -np.inf]

    def answer(self, indices: np.ndarray, name: str, values: np.ndarray) -> pd.DataFrame:
        """The frame for these labels: label, the values under that name, the space's columns."""
        columns = {column: self.columns[column].array.take(indices) for column in self.columns}
        return pd.DataFrame({"label": [self.labels[i] for i in indices], name: values} | columns)

    def _barred(self, left_out: Sequence[int], min_count: int | None) -> list[np.ndarray]:
        """Which rows may not answer: indices of those left out, and a mask (N,) of those with a lower count."""
        barred = [np.array(left_out, np.int64)]
        if min_count:
            if "count" not in self.columns:
                raise ColumnError("These vectors came without counts, so a minimum count cannot be asked for.")
            barred.append(self.columns["count"].to_numpy() < min_count)
        return barred

    @cached_property
    def _search(self) -> ExactSearch:
        return ExactSearch(self.vectors, self.lengths, self.search_index)

    @cached_property
    def _by_frequency(self) -> tuple[list[str], list[str]]:
        """The labels, most frequent first, as they are and without case."""
        labels = [self.labels[i] for i in self.by_frequency]
        return labels, [label.casefold() for label in labels]

    def _unknown(self, label: str) -> UnknownLabelError:
        suggestions = self.suggest(label) if label.strip() else []
        hint = f"Did you mean {', '.join(suggestions)}?" if suggestions else "No spelling there is near it."
        kind = PLURALS.get(self.name, f"values of {self.name}")
        return UnknownLabelError(f"{label!r} is not among the {len(self):,} {kind}. {hint}", label, suggestions)


def check_question(k: int, metric: str) -> None:
    """SettingsError when k or the metric cannot be asked for."""
    if k < 1:
        raise SettingsError(f"k has to be 1 or more, got {k}.")
    if metric not in METRICS:
        raise SettingsError(f"A metric is one of {', '.join(METRICS)}, not {metric!r}.")
