"""Labels, one vector each, and exact searches among them: NumPy alone, over mapped files too.

Letters: N labels, D dimensions, Q queries, k answers.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self, cast

import numpy as np
import pandas as pd

from embedviz.core.errors import ColumnError, DataError, UnknownLabelError
from embedviz.space import spelling
from embedviz.space.checks import check_question, first_unusable
from embedviz.space.kinds import EXAMPLE_KINDS, PLURALS, SpaceKind
from embedviz.space.metrics import Metric, closeness, norms, pair_closeness
from embedviz.space.saving import save_space
from embedviz.space.search.approximate_indices import ApproximateIndices
from embedviz.space.search.in_parts import ExactIndex, exact_index
from embedviz.space.search.top_k import top_k
from embedviz.space.stored_labels import StoredLabels

if TYPE_CHECKING:
    from embedviz.space.search.numpy_exact import Hits, UpperBounds
    from embedviz.space.subwords import Subwords

BLOCK = 65_536  # vectors compared at a time
MAX_SUGGESTED = 1_000_000  # labels among which a spelling is looked for, the most frequent ones
COMPOSED = "composed"  # attribute of an answer about a label whose vector is an estimate
APPROXIMATE = "approximate"  # attribute of an answer that may miss neighbours
RESERVED = ("label", "similarity", "distance", "position")  # columns of the answers


class SearchableSpace:
    """Labels and their vectors, with the searches that all questions rest on; `EmbeddingSpace` is the public class."""

    def __init__(
        self,
        labels: Sequence[str],
        vectors: np.ndarray,
        columns: pd.DataFrame | None = None,
        name: str = "word",
        notes: Sequence[str] = (),
        cosine_bounds: UpperBounds | None = None,
        kind: SpaceKind = "word",
        subwords: Subwords | None = None,
        contexts: np.ndarray | None = None,
        lengths: np.ndarray | None = None,
        stored_at: Path | None = None,
    ):
        self.labels: list[str] | StoredLabels = labels if isinstance(labels, StoredLabels) else list(labels)
        self.vectors = vectors if vectors.dtype == np.float32 else np.asarray(vectors, np.float32)
        self.columns: pd.DataFrame = (
            pd.DataFrame(index=range(len(self.labels))) if columns is None else columns.reset_index(drop=True)
        )
        self.name = name
        self.kind: SpaceKind = kind
        self.notes = tuple(notes)
        self.cosine_bounds = cosine_bounds
        self.subwords = subwords
        self.contexts = contexts
        self._lengths = lengths
        if self.vectors.ndim != 2 or len(self.vectors) != len(self.labels) or len(self.columns) != len(self.labels):
            raise DataError(
                f"A space needs a vector and a row of columns for each label; got {len(self.labels)} labels, "
                f"vectors of shape {self.vectors.shape} and {len(self.columns)} rows."
            )
        if contexts is not None and contexts.shape != self.vectors.shape:
            raise DataError(f"The context vectors are of shape {contexts.shape}, not {self.vectors.shape}.")
        if cosine_bounds is not None and len(cosine_bounds) != len(self.vectors):
            raise DataError(f"The cosine bounds are of {len(cosine_bounds)} vectors, not of {len(self.vectors)}.")
        for column in self.columns.columns.intersection(RESERVED):
            raise ColumnError(
                f"A space cannot have a column named {column!r}: neighbour tables use that name. Rename it."
            )
        if not isinstance(vectors, np.memmap):  # mapped ones were checked when they were written
            bad = first_unusable(self.vectors)
            if bad is not None:
                raise DataError(f"The vector of {self.labels[bad]!r} holds NaN, infinity or a number past 1e15.")
            self._check_labels()
        self._indices: dict[Metric, ExactIndex] = {}
        self.approximate = ApproximateIndices(self.vectors, self._index, stored_at)

    def __len__(self) -> int:
        return len(self.labels)

    def __contains__(self, label: object) -> bool:
        return self._row(label) is not None

    def __repr__(self) -> str:
        return f"<EmbeddingSpace {self.name!r}: {len(self):,} x {self.dim}>"

    def _row(self, label: object) -> int | None:
        if isinstance(self.labels, StoredLabels):
            return self.labels.row(label)
        return self._row_of.get(cast(str, label))

    @cached_property
    def _row_of(self) -> dict[str, int]:
        """The row of each label. Made when it is first asked for: a large space opens in half the time without."""
        return dict(zip(self.labels, range(len(self.labels)), strict=True))

    def _check_labels(self) -> None:
        """Raise DataError when a label occurs twice."""
        if not isinstance(self.labels, StoredLabels) and len(self._row_of) < len(self.labels):
            twice = next(label for row, label in enumerate(self.labels) if self._row_of[label] != row)
            raise DataError(f"The label {twice!r} occurs twice; labels have to be unique.")

    @property
    def dim(self) -> int:
        """D, the number of dimensions."""
        return self.vectors.shape[1]

    @cached_property
    def lengths(self) -> np.ndarray:
        """The Euclidean length of every vector, (N,) float32."""
        return norms(self.vectors) if self._lengths is None else self._lengths

    @cached_property
    def by_frequency(self) -> np.ndarray:
        """All rows, (N,) int64, the most frequent label first: by "count", or in the given order without it.

        Texts and rows, which have no count, are in a random order, always the same: the first stand for all, however a table
        is sorted.
        """
        if self.kind in EXAMPLE_KINDS:
            return np.random.default_rng(0).permutation(len(self))
        if "count" not in self.columns:
            return np.arange(len(self))
        return np.argsort(-self.columns["count"].to_numpy(), kind="stable")

    def most_frequent(self, n: int) -> np.ndarray:
        """Return the rows of the n most frequent labels, (min(n, N),) int64."""
        return self.by_frequency[:n]

    def index(self, label: str) -> int:
        """Return the row of a label; UnknownLabelError with the nearest spellings when it is not there."""
        row = self._row(label)
        if row is None:
            raise self._unknown(label)
        return row

    def vector(self, label: str) -> np.ndarray:
        """Return the label's vector, (D,) float32; of an unknown word one composed from its n-grams, where there are any."""
        if label not in self and (composed := self.compose(label)) is not None:
            return composed
        return self.vectors[self.index(label)]

    def compose(self, label: str) -> np.ndarray | None:
        """Return an estimate of a label's vector from its character n-grams, (D,) float32.

        None where the space came without n-grams, or the label has none.
        """
        return self.subwords.compose(label) if self.subwords else None

    def is_composed(self, label: str) -> bool:
        """Return whether the label is not in the space, but gets a vector composed from its character n-grams."""
        return label not in self and self.compose(label) is not None

    def composition(self, label: str) -> str:
        """Return a sentence that marks a composed vector as what it is."""
        return (
            f"{label!r} is not among the {self._counted_labels}; its vector is an estimate, composed from its character "
            f"n-grams."
        )

    def compositions(self, labels: Iterable[str]) -> str:
        """Return the sentences that mark those of the labels whose vectors are composed, each once; empty for none."""
        return " ".join(self.composition(label) for label in dict.fromkeys(labels) if self.is_composed(label))

    def mean_vector(self, indices: np.ndarray) -> np.ndarray:
        """Return the mean of the vectors at rows (n,), (D,) float32; DataError for no rows at all.

        Works in blocks, so that a mapped file is never held whole.
        """
        if not len(indices):
            raise DataError("The mean of no vectors is none. Choose at least one label.")
        total = np.zeros(self.dim)
        for start in range(0, len(indices), BLOCK):
            total += self.vectors[indices[start : start + BLOCK]].sum(axis=0, dtype=np.float64)
        return (total / len(indices)).astype(np.float32)

    def take(self, indices: np.ndarray | Sequence[int]) -> Self:
        """Return the space of the labels at these rows alone, in this order."""
        chosen = [self.labels[i] for i in indices]
        columns = self.columns.iloc[np.asarray(indices, np.int64)]
        return type(self)(chosen, self.vectors[indices], columns, self.name, kind=self.kind)

    def neighbors(
        self,
        query: str | np.ndarray,
        k: int = 10,
        metric: Metric = "cosine",
        min_count: int | None = None,
        exclude: Iterable[str] = (),
        exact: bool = True,
    ) -> pd.DataFrame:
        """Find the labels nearest to a label or to a vector.

        Parameters
        ----------
        query : str or np.ndarray
            A label, which is left out of the answer, or a vector (D,).
        k : int
            How many.
        metric : {"cosine", "euclidean", "dot"}
            Distance metric.
        min_count : int, optional
            Leave out labels that occur less often.
        exclude : iterable of str
            Further labels to leave out.
        exact : bool
            False for an approximate answer by the index that `build_index` made. Spaces of less than a million labels have
            none and answer exactly.

        Returns
        -------
        pd.DataFrame
            label, then similarity (cosine, dot) or distance (euclidean), then the space's columns; best first, ties in
            the given order. Where the label is unknown and its vector was composed from character n-grams,
            `.attrs["composed"]` is the sentence that says so; `.attrs["approximate"]` is the recall of an approximate
            answer in a sentence.

        Raises
        ------
        UnknownLabelError
            For a label that is not there.
        ColumnError
            For a minimum count where there are no counts.
        SettingsError
            For an approximate answer where there is no index of these vectors, or faiss is not installed.
        """
        check_question(k, metric)
        excluded = [self.index(label) for label in exclude]
        attrs: dict[Hashable, str] = {}
        if isinstance(query, str):
            if self.is_composed(query):
                attrs[COMPOSED] = self.composition(query)
            else:
                excluded.append(self.index(query))
            query = self.vector(query)
        query = self.checked_query(query)
        index = None if exact else self.approximate.find(metric)
        if index is None:
            found = self.nearest(query, k, metric, excluded, min_count)
        else:
            found = index.nearest(query, k, self._excluded(excluded, min_count))
            attrs[APPROXIMATE] = index.report.sentence()
        if metric == "euclidean":
            frame = self.answer(found.indices, "distance", -found.closeness)
        else:
            frame = self.answer(found.indices, "similarity", found.closeness)
        frame.attrs.update(attrs)
        return frame

    def checked_query(self, query: Sequence[float] | np.ndarray) -> np.ndarray:
        """Return a query vector as (D,) float32; DataError for another shape, and for numbers that float32 does not hold."""
        with np.errstate(over="ignore"):
            vector = np.asarray(query, np.float32)
        if vector.shape != (self.dim,):
            raise DataError(f"A query vector needs {self.dim} numbers here, got shape {vector.shape}.")
        if not np.isfinite(vector).all():
            raise DataError(
                "A query vector holds NaN, infinity or a number too large for float32. Give finite numbers."
            )
        return vector

    def nearest(
        self,
        query: np.ndarray,
        k: int,
        metric: Metric = "cosine",
        exclude: Sequence[int] = (),
        min_count: int | None = None,
    ) -> Hits:
        """Find the k rows nearest to a vector (D,), without those excluded and those with a lower count."""
        return self._index(metric).nearest(query, k, self._excluded(exclude, min_count))

    def nearest_of_each(self, queries: np.ndarray, k: int, metric: Metric = "cosine") -> Hits:
        """Find the min(k, N) rows nearest to each of queries (Q, D), which one pass over the vectors answers together.

        A query's own label is not left out. Best first, ties in the given order, as `nearest` has them.
        """
        check_question(k, metric)
        return self._index(metric).nearest_of_each(np.asarray(queries, np.float32), k)

    def neighbor_indices(self, queries: np.ndarray, k: int, metric: Metric = "cosine") -> np.ndarray:
        """Find the k rows nearest to each of queries (Q, D), best first, a query's own label not left out.

        Returns (Q, min(k, N)) int64.
        """
        check_question(k, metric)
        return self._index(metric).query(np.asarray(queries, np.float32), k).indices

    def similarity(self, a: str, b: str, metric: Metric = "cosine") -> float:
        """Return the cosine similarity or dot product of two labels, or with "euclidean" their distance."""
        check_question(1, metric)
        value = float(pair_closeness(self.vector(a)[None], self.vector(b)[None], metric)[0])
        return -value if metric == "euclidean" else value

    def suggest(self, text: str, n: int = 5) -> list[str]:
        """Return the n labels spelled most like the text, the nearest first, the more frequent among equals."""
        labels, folded = self._by_frequency
        return [labels[i] for i in spelling.nearest(text, folded, n)]

    def save(self, path: str | Path, format: str | None = None) -> None:
        """Write a file of vectors, gzipped when its name ends in .gz.

        word2vec's, GloVe's and fastText's files hold no columns. Those of the space are written beside them, as
        NAME.metadata.tsv, which `load_vectors` reads again with the vectors.

        Parameters
        ----------
        path : str or Path
            The file.
        format : str, optional
            A name of `embedviz.formats.FORMATS`, such as "glove", "word2vec-binary", "fasttext" or "parquet"; by default
            what the ending stands for (.txt GloVe, .vec word2vec, .bin word2vec's binary, .npz NumPy, ...).

        Raises
        ------
        SettingsError
            For an unknown format or ending, or a folder that is not there.
        """
        save_space(self, Path(path), format)

    def closeness_to(self, queries: np.ndarray, metric: Metric) -> np.ndarray:
        """Return how close every label is to each of queries, as `metrics.closeness`: (Q, D) -> (Q, N) float32.

        Works in blocks of labels, so that a mapped file is never held whole.
        """
        queries = np.asarray(queries, np.float32)
        result = np.empty((len(queries), len(self)), np.float32)
        for start in range(0, len(self), BLOCK):
            part = slice(start, start + BLOCK)
            result[:, part] = closeness(queries, self.vectors[part], self.lengths[part], metric)
        return result

    def best(
        self, closeness: np.ndarray, k: int, exclude: Sequence[int] = (), min_count: int | None = None
    ) -> np.ndarray:
        """Return the rows of the k greatest of closeness (N,), best first, ties in the given order: (at most k,) int64.

        Rows excluded and those with a lower count are left out.
        """
        scores = np.where(np.isnan(closeness), -np.inf, closeness)  # a file may hold NaN after all: it is near nothing
        for rows in self._excluded(exclude, min_count):
            scores[rows] = -np.inf
        found = top_k(scores, k)
        return found[scores[found] > -np.inf]

    def answer(self, indices: np.ndarray, name: str, values: np.ndarray) -> pd.DataFrame:
        """Return the frame of the labels at these rows: label, the values under the name, the space's columns."""
        columns = {column: self.columns[column].array.take(indices) for column in self.columns}
        return pd.DataFrame({"label": [self.labels[i] for i in indices], name: values} | columns)

    def _excluded(self, exclude: Sequence[int], min_count: int | None) -> list[np.ndarray]:
        """Return which rows may not answer: indices of those excluded, and a mask (N,) of those with a lower count."""
        excluded: list[np.ndarray] = [np.array(exclude, np.int64)]
        if min_count:
            if "count" not in self.columns:
                raise ColumnError("These vectors came without counts, so a minimum count cannot be asked for.")
            excluded.append(self.columns["count"].to_numpy() < min_count)
        return excluded

    def _index(self, metric: Metric) -> ExactIndex:
        if metric not in self._indices:
            self._indices[metric] = exact_index(self.vectors, metric, self.lengths, self.cosine_bounds)
        return self._indices[metric]

    @cached_property
    def _by_frequency(self) -> tuple[list[str], list[str]]:
        """The most frequent labels, which are suggested, as they are and without case."""
        labels = [self.labels[int(i)] for i in self.most_frequent(MAX_SUGGESTED)]
        return labels, [label.casefold() for label in labels]

    def _unknown(self, label: str) -> UnknownLabelError:
        suggestions = self.suggest(label) if label.strip() else []
        hint = f"Did you mean {', '.join(suggestions)}?" if suggestions else "No spelling there is near it."
        return UnknownLabelError(f"{label!r} is not among the {self._counted_labels}. {hint}", label, suggestions)

    @property
    def _counted_labels(self) -> str:
        return f"{len(self):,} {f'values of {self.name}' if self.kind == 'value' else PLURALS[self.kind]}"
