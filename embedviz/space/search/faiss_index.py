"""Approximate search among millions of vectors by faiss (https://faiss.ai): an inverted file with a byte a dimension.

Codes of half a byte a dimension and less (product quantisation) lose more than candidates can make up for: of a million
clustered vectors with 100 dimensions, 300 candidates by PQ50x4fs held 0.60 of the ten nearest, by PQ25 0.82, by SQ8 0.98 after a
visit to 8 lists and all after 32.

The index is a file that is mapped from disk. It proposes candidates, and these are measured by their own vectors, so that what
it answers has its exact closeness; what it misses shows in its recall, measured against the exact search.

Letters: N vectors, D dimensions, L lists, T sampled vectors, k neighbours.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from embedviz.core.errors import DataError, SettingsError
from embedviz.core.files import replacing
from embedviz.core.progress import Progress
from embedviz.core.typed_json import read_typed, write_typed
from embedviz.space.metrics import METRICS, Metric, norms
from embedviz.space.search.in_parts import ExactIndex
from embedviz.space.search.numpy_exact import Hits, measure

MIN_INDEXED = 1_000_000  # for fewer the exact search takes no longer than a tenth of a second
TARGET_RECALL = 0.97  # of the queries that choose how many lists are visited
K, N_QUERIES = 10, 200  # of the recall that is reported, on other queries
MAX_LISTS, POINTS_PER_LIST, LLOYD_ROUNDS = 16_384, 48, 10  # of k-means
MIN_PROBE = 8  # lists visited, doubled until the target is reached
BLOCK = 65_536  # vectors added at a time
MIN_CANDIDATES = 100  # measured for each query, and at least CANDIDATE_FACTOR times k
CANDIDATE_FACTOR = 4
SAMPLED_ROWS = 1_024  # of a fingerprint


@dataclass(frozen=True)
class IndexReport:
    """What an index is, and how good.

    Attributes
    ----------
    kind : str
        faiss's name of it.
    n_probe : int
        Lists that a query visits.
    recall : float
        recall@10: the share of the ten true neighbours that were found, on `n_queries` vectors that were drawn.
    n_queries : int
        See `recall`.
    seconds : float
        That building and measuring took.
    fingerprint : str
        Of the vectors.
    """

    kind: str
    n_probe: int
    recall: float
    n_queries: int
    seconds: float
    fingerprint: str

    def sentence(self) -> str:
        """Say what an answer by this index is worth."""
        return f"Approximate: recall@{K} {self.recall:.3f} on {self.n_queries} queries against the exact search."


class FaissIndex:
    """An index that was built, and the vectors that it is of. Made by `build` and `open_index`."""

    def __init__(self, index: Any, report: IndexReport, exact: ExactIndex, vectors: np.ndarray, metric: Metric):
        self._index, self.report, self._exact = index, report, exact
        self._vectors = np.asarray(vectors)
        self._metric: Metric = metric

    def nearest(self, query: np.ndarray, k: int, exclude: Sequence[np.ndarray] = ()) -> Hits:
        """Find about the k nearest of one query; see `NumpyExactIndex.nearest`.

        Exact for a zero vector, and where most candidates may not answer.
        """
        if not np.any(query):
            return self._exact.nearest(query, k, exclude)
        wanted = max(MIN_CANDIDATES, CANDIDATE_FACTOR * k)
        rows = _candidates(self._index, query, self._metric, self.report.n_probe, wanted)
        for rows_left_out in exclude:
            is_out = rows_left_out[rows] if rows_left_out.dtype == bool else np.isin(rows, rows_left_out)
            rows = rows[~is_out]
        if len(rows) < 2 * k:
            return self._exact.nearest(query, k, exclude)
        return measure(self._vectors, query, rows, k, self._metric)


def build_index(
    vectors: np.ndarray,
    metric: Metric,
    exact: ExactIndex,
    path: Path,
    on_progress: Callable[[Progress], object],
    seed: int = 0,
) -> FaissIndex:
    """Build an index, measure its recall, and write both beside a space.

    Parameters
    ----------
    vectors : np.ndarray
        (N, D) float32; read in blocks, twice. In memory are a sample and the index itself, which grows to 1.5 (D + 8) bytes a vector.
    metric : {"cosine", "euclidean", "dot"}
        Distance metric.
    exact : ExactIndex
        The exact search among the same vectors, by the same metric.
    path : Path
        The index; its report lies beside it, with .json behind the name.
    on_progress : callable
        Called with a Progress in vectors.
    seed : int
        Of the samples.

    Raises
    ------
    SettingsError
        When faiss is not installed.
    """
    faiss = _faiss()
    begun, (n, dim) = time.monotonic(), vectors.shape
    rng = np.random.default_rng(seed)
    n_lists = min(MAX_LISTS, max(1, 2 ** round(np.log2(n**0.5))))
    kind = f"IVF{n_lists},SQ8"
    index: Any = faiss.index_factory(
        dim, kind, faiss.METRIC_L2 if metric == "euclidean" else faiss.METRIC_INNER_PRODUCT
    )
    sample = np.sort(rng.choice(n, min(n, n_lists * POINTS_PER_LIST), replace=False))
    on_progress(Progress(0, n, message=f"Training {n_lists:,} lists on {len(sample):,} vectors"))
    index.cp.seed, index.cp.niter = seed, LLOYD_ROUNDS
    index.train(_prepared(vectors[sample], metric))
    for start in range(0, n, BLOCK):
        index.add(_prepared(vectors[start : start + BLOCK], metric))
        done = min(n, start + BLOCK)
        on_progress(Progress(done, n, message=f"Added {done:,} of {n:,} vectors"))
    on_progress(Progress(n, n, message=f"Measuring the recall on {N_QUERIES} queries"))
    n_queries = min(N_QUERIES, n // 2)
    rows = rng.choice(n, 2 * n_queries, replace=False)
    true = _true_neighbors(exact, vectors, rows)
    report = IndexReport(kind, n_lists, 0.0, n_queries, 0.0, fingerprint(vectors))
    for n_probe in _doubled(n_lists):
        report = replace(report, n_probe=n_probe)
        tried = FaissIndex(index, report, exact, vectors, metric)
        if _recall(tried, vectors, rows[:n_queries], true[:n_queries]) >= TARGET_RECALL:
            break
    tried = FaissIndex(index, report, exact, vectors, metric)
    recall = _recall(tried, vectors, rows[n_queries:], true[n_queries:])
    report = replace(report, recall=recall, seconds=time.monotonic() - begun)
    with replacing(path) as temporary:
        faiss.write_index(index, str(temporary))
    write_typed(_report_path(path), report)
    return FaissIndex(index, report, exact, vectors, metric)


def open_index(vectors: np.ndarray, metric: Metric, exact: ExactIndex, path: Path) -> FaissIndex | None:
    """Map the index that `build_index` wrote; None where there is none, or one of other vectors.

    Raises
    ------
    SettingsError
        When faiss is not installed.
    DataError
        When the file is damaged.
    """
    report = read_typed(_report_path(path), IndexReport)
    if report is None or not path.is_file() or report.fingerprint != fingerprint(vectors):
        return None
    faiss = _faiss()
    try:
        index: Any = faiss.read_index(str(path), faiss.IO_FLAG_MMAP)
    except RuntimeError as error:
        raise DataError(f"{path.name} is not a whole index of faiss. Delete it and build it again.") from error
    return FaissIndex(index, report, exact, vectors, metric)


def index_path(stored_at: Path, metric: Metric) -> Path:
    """Return where the index of a space lies whose files are called `stored_at` and an ending."""
    return stored_at.with_name(f"{stored_at.name}.{metric}.faiss")


def delete_indices(stored_at: Path) -> None:
    """Delete the indices of a space that is written again."""
    for metric in METRICS:
        for path in (index_path(stored_at, metric), _report_path(index_path(stored_at, metric))):
            path.unlink(missing_ok=True)


def fingerprint(vectors: np.ndarray) -> str:
    """Return a digest of the shape and of a thousand vectors spread over all: another one for other vectors."""
    rows = np.linspace(0, max(len(vectors) - 1, 0), min(SAMPLED_ROWS, len(vectors)), dtype=np.int64)
    found = hashlib.blake2b(str(vectors.shape).encode(), digest_size=16)
    found.update(np.ascontiguousarray(vectors[rows]).tobytes())
    return found.hexdigest()


def _candidates(index: Any, query: np.ndarray, metric: Metric, n_probe: int, n: int) -> np.ndarray:
    """Return the rows that the index proposes for one query, ascending: (at most n,) int64."""
    faiss = _faiss()
    parameters = faiss.SearchParametersIVF(nprobe=n_probe)
    _, rows = index.search(_prepared(query[None], metric), n, params=parameters)
    return np.sort(rows[0][rows[0] >= 0])


def _true_neighbors(exact: ExactIndex, vectors: np.ndarray, rows: np.ndarray) -> list[set[int]]:
    """Return the K nearest of each row, the row itself left out."""
    found = exact.query(np.ascontiguousarray(vectors[rows]), K + 1).indices.tolist()
    return [set([near for near in each if near != row][:K]) for each, row in zip(found, rows.tolist(), strict=True)]


def _recall(index: FaissIndex, vectors: np.ndarray, rows: np.ndarray, true: Sequence[set[int]]) -> float:
    """Return the share of true neighbours of rows that the index finds."""
    met = 0
    for row, expected in zip(rows, true, strict=True):
        met += len(expected & set(index.nearest(vectors[row], K, [np.array([row])]).indices.tolist()))
    return met / max(1, sum(map(len, true)))


def _doubled(limit: int) -> Iterator[int]:
    """Yield numbers of lists to visit, each twice the one before, up to all."""
    n_probe = MIN_PROBE
    while n_probe < limit:
        yield n_probe
        n_probe *= 2
    yield limit


def _prepared(vectors: np.ndarray, metric: Metric) -> np.ndarray:
    """Return vectors as the index compares them: for cosine at length 1."""
    vectors = np.ascontiguousarray(vectors, np.float32)
    if metric != "cosine":
        return vectors
    lengths = norms(vectors)[:, None]
    return np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)


def _report_path(path: Path) -> Path:
    return path.with_name(f"{path.name}.json")


def _faiss() -> Any:
    if importlib.util.find_spec("faiss") is None:
        raise SettingsError("An approximate search needs faiss: pip install faiss-cpu")
    return importlib.import_module("faiss")
