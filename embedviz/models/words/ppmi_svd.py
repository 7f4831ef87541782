"""PPMI-SVD: singular vectors of the matrix that says how much more often than by chance two words stand together.

Levy and Goldberg 2014, "Neural word embedding as implicit matrix factorization" (NIPS); Levy, Goldberg and Dagan 2015,
"Improving distributional similarity with lessons learned from word embeddings" (TACL 3), section 3, for the smoothing of contexts, the
shift and the weight of singular values. The matrix is

    M[i, j] = max(0, log(P(i, j) / (P(i) · P_smooth(j))) - log shift)

Its truncated SVD is found by subspace iteration from a random start (Halko, Martinsson and Tropp 2011, "Finding structure with
randomness", SIAM Review 53, algorithm 4.4). Nothing is learned step by step. Letters: V words, D dimensions, K = D + OVERSAMPLING
columns of the subspace.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from pydantic import Field
from threadpoolctl import threadpool_limits
from typing_extensions import TypedDict

from embedviz.core.errors import DataError
from embedviz.models.words.engine import WordEngine
from embedviz.models.words.held_out import HeldOut
from embedviz.models.words.prepared import PreparedCorpus
from embedviz.models.words.settings import WordSettings
from embedviz.models.words.spec import WordModel
from embedviz.models.words.trained import WordVectors
from embedviz.text.cooccurrence import Cooccurrences
from embedviz.text.shuffling import shuffled_units
from embedviz.training.devices import Device
from embedviz.training.learner import Advance
from embedviz.training.protocols import ModelSpec, State, Weights

ITERATIONS = 6
OVERSAMPLING = 10
COLUMNS = 16  # multiplied by the matrix before the rest of the program looks


class PpmiSettings(WordSettings):
    """Settings of PPMI-SVD. The preset original has those of Levy and Goldberg 2014: no smoothing, shift 5, square roots."""

    presets: ClassVar[dict[str, dict[str, Any]]] = {
        "recommended": {},
        "original": {"context_smoothing": 1.0, "shift": 5.0, "window": 2, "dim": 500},
    }

    context_smoothing: float = Field(
        0.75,
        gt=0,
        le=1,
        description="Contexts are counted to this power, which takes from the weight of rare ones.",
        json_schema_extra={"tune": [0.4, 1.0]},
    )
    shift: float = Field(
        1.0,
        ge=1,
        le=100,
        description="How many times as often as by chance words must stand together to count.",
        json_schema_extra={"tune": [1.0, 15.0, "log"]},
    )
    singular_power: float = Field(
        0.5,
        ge=0,
        le=1,
        description="Singular vectors are weighted by their singular values to this power.",
        json_schema_extra={"tune": [0.0, 1.0]},
    )


class PpmiEngine(WordEngine):
    """Subspace iteration. Units are products of the matrix with COLUMNS columns.

    Attributes
    ----------
    right, left
        (V, K) float32: orthonormal bases of about the leading singular vectors.
    product
        (V, K) float32: the matrix times `right`, or its transpose times `left`, as far as it is done.
    centre, context
        (V, D) float32: the vectors after the last whole iteration.
    """

    def __init__(self, prepared: PreparedCorpus, counts: Cooccurrences, settings: PpmiSettings):
        corpus = prepared.corpus
        self.settings, self.vocabulary = settings, corpus.vocabulary
        self.held_out = HeldOut.of(corpus, shuffled_units(corpus.train, settings.seed), settings)
        self._matrix = ppmi_matrix(counts, settings.context_smoothing, settings.shift)
        if not self._matrix.nnz:
            raise DataError(
                "No two words stand together more often than by chance, so there is nothing to learn. Bring texts of more words, "
                "or lower the shift."
            )
        self._transposed = self._matrix.T.tocsr()
        V = len(corpus.vocabulary)
        K = min(V, settings.dim + OVERSAMPLING)
        start = np.random.default_rng(settings.seed).standard_normal((V, K), np.float32)
        with _one_thread():
            self.right = np.linalg.qr(start)[0]
        self.product, self.left = np.zeros((V, K), np.float32), np.zeros((V, K), np.float32)
        self.centre, self.context = np.zeros((2, V, settings.dim), np.float32)
        self.centre[:, : min(K, settings.dim)] = self.right[:, : settings.dim]
        self._n_blocks = -(-K // COLUMNS)
        self.total = (2 * ITERATIONS - 1) * self._n_blocks
        self.per_epoch = 2.0 * self._n_blocks
        self._done = 0
        counted = counts.sums()
        smooth = counted.clip(1e-9) ** settings.context_smoothing
        self._context_bias = (np.log(smooth / smooth.sum()) + np.log(settings.shift)).astype(np.float32)

    @property
    def done(self) -> int:
        """Products that are done."""
        return self._done

    def advance(self) -> Advance:
        """Multiply one block of columns; after the last, find the basis or the vectors."""
        stage, block = divmod(self._done, self._n_blocks)
        columns = slice(block * COLUMNS, (block + 1) * COLUMNS)
        is_forward = stage % 2 == 0
        if is_forward:
            self.product[:, columns] = self._matrix @ self.right[:, columns]
        else:
            self.product[:, columns] = self._transposed @ self.left[:, columns]
        self._done += 1
        if block < self._n_blocks - 1:
            return Advance(None, measure=False, message="Finding the singular vectors")
        with _one_thread():
            if is_forward:
                self._set_vectors()
            else:
                self.right = np.linalg.qr(self.product)[0]
        return Advance(None, measure=is_forward, message="Finding the singular vectors")

    def state(self) -> State:
        """Return the bases, the product, the vectors and the place."""
        return State(self.arrays(), {"done": self._done})

    def restore(self, state: State) -> None:
        """Take a state back."""
        self.restore_arrays(state)
        self._done = state.values_as(_Place)["done"]

    def arrays(self) -> dict[str, np.ndarray]:
        """Return everything that changes."""
        return {"right": self.right, "left": self.left, "product": self.product, **self.vectors()}

    def vectors(self) -> Weights:
        """Return "centre" and "context"."""
        return {"centre": self.centre, "context": self.context}

    def trained(self, weights: Weights) -> WordVectors:
        """Make word vectors. Their products estimate M, and with the biases log P(j | i) where M is above 0."""
        centre, context = (np.asarray(weights[name]) for name in ("centre", "context"))
        return WordVectors(
            self.vocabulary.labels, self.vocabulary.counts, centre, context, context_bias=self._context_bias
        )

    def rate(self, share: float) -> float:
        """Return 0: nothing is learned step by step."""
        return 0.0

    def _set_vectors(self) -> None:
        """Set the vectors by the singular values of `product`, and the basis of the left singular vectors."""
        s, dim = self.settings, self.settings.dim
        self.left, triangle = np.linalg.qr(self.product)
        u, values, vt = np.linalg.svd(triangle)
        dim = min(dim, len(values))
        self.centre[:, :dim] = (self.left @ u[:, :dim]) * values[:dim] ** s.singular_power
        self.context[:, :dim] = (self.right @ vt[:dim].T) * values[:dim] ** (1 - s.singular_power)


def ppmi_matrix(counts: Cooccurrences, smoothing: float, shift: float) -> Any:
    """Return the shifted positive pointwise mutual information of all pairs: (V, V) float32, a SciPy matrix in CSR form.

    Parameters
    ----------
    counts
        Of pairs of V words.
    smoothing
        Power that contexts are counted to.
    shift
        How many times as often as by chance a pair must be seen to have an entry above 0.
    """
    from scipy.sparse import csr_matrix

    sums = counts.sums()
    smooth = sums**smoothing
    log_rows = np.log(sums.clip(1e-9))
    log_columns = np.log((smooth / smooth.sum()).clip(1e-30))
    is_off = counts.first != counts.second
    rows = np.concatenate([counts.first, counts.second[is_off]])
    columns = np.concatenate([counts.second, counts.first[is_off]])
    entries = np.log(np.concatenate([counts.counts, counts.counts[is_off]]))
    entries -= log_rows[rows] + log_columns[columns] + np.log(shift)
    is_positive = entries > 0
    kept = entries[is_positive].astype(np.float32), (rows[is_positive], columns[is_positive])
    return csr_matrix(kept, shape=(counts.n_words, counts.n_words))


def _one_thread() -> Any:
    """Return a context in which BLAS has one thread. Those of OpenBLAS spin while they wait for each other: beside other work, two of
    them took twenty times as long for the QR of (5,000, 110) as one."""
    return threadpool_limits(1, "blas")


class _Place(TypedDict):
    done: int


def engine(prepared: PreparedCorpus, settings: PpmiSettings, device: Device, threads: int) -> WordEngine:
    """Return the engine, whatever the device."""
    return PpmiEngine(prepared, prepared.counted_pairs(), settings)


SPEC: ModelSpec[PreparedCorpus, WordVectors, PpmiSettings] = WordModel(
    name="ppmi_svd",
    title="Word vectors (PPMI-SVD)",
    summary="Compares how often words occur together with chance, and keeps the main directions of that matrix. Strong on small texts.",
    Settings=PpmiSettings,
    engine=engine,
    relative_work=lambda s: 1.0,
    weighting="linear",
    page="embedviz.models.words.count_pages:ppmi_page",
)
