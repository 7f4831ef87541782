"""GloVe: products of vectors learn the logarithm of how often two words stand together.

Pennington, Socher and Manning 2014, "GloVe: Global vectors for word representation" (EMNLP), equation 8: over all pairs with a count
X[i, j] above 0 the kernel descends

    f(X[i, j]) · (W[i]·C[j] + b[i] + c[j] - log X[i, j])² / 2        with  f(x) = min(1, (x / x_max) ** power)

by AdaGrad (Duchi, Hazan and Singer 2011) with one rate for a vector, where the original has one for each of its numbers: the losses are
equal to four digits, in a sixth of the time. The vectors of the space are W + C, as in the paper. Letters: P pairs, V words, D
dimensions rounded up to whole cache lines.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from pydantic import Field

from embedviz.core.compiled import aligned_rows, compiled, prefetch
from embedviz.models.words.engine import WordEngine
from embedviz.models.words.held_out import HeldOut
from embedviz.models.words.lock_free import LockFreeEngine, even_slices
from embedviz.models.words.negative_sampling import fill_at_random
from embedviz.models.words.prepared import PreparedCorpus
from embedviz.models.words.settings import TUNED_RATE, EpochSettings
from embedviz.models.words.spec import WordModel
from embedviz.models.words.start_vectors import StartVectors
from embedviz.models.words.trained import WordVectors
from embedviz.text.cooccurrence import Cooccurrences
from embedviz.text.shuffling import shuffled_units
from embedviz.training.devices import Device
from embedviz.training.protocols import ModelSpec, Weights

MAX_STEP = 100.0  # that a step's size is held to, as in the original
BIAS_ROUNDS = 10  # in which biases are fitted to vectors that a training starts from
BLOCK = 65_536  # pairs handled at a time
WORDS_TO_READ = 40_000_000  # of a small text, over all epochs


class GloveSettings(EpochSettings):
    """Settings of GloVe. The preset original has the defaults of glove.c and cooccur.c."""

    words_to_read: ClassVar[int] = WORDS_TO_READ
    presets: ClassVar[dict[str, dict[str, Any]]] = {
        "recommended": {},
        "original": {"epochs": 25, "x_max": 100.0, "dim": 50, "window": 15, "learning_rate": 0.05},
    }

    window: int = Field(
        10,
        ge=1,
        le=20,
        description="Words on each side that count as context (GloVe: -window-size); one at distance d counts 1/d.",
        json_schema_extra={"basic": True},
    )
    learning_rate: float = Field(
        0.05, gt=0, le=1, description="Initial learning rate (GloVe: -eta).", json_schema_extra=TUNED_RATE
    )
    x_max: float = Field(
        10.0,
        gt=0,
        le=1e6,
        description="Pairs seen more often than this all weigh the same (GloVe: -x-max). Smaller for smaller texts.",
        json_schema_extra={"tune": [2.0, 100.0, "log"]},
    )
    weighting_power: float = Field(
        0.75,
        gt=0,
        le=2,
        description="Rarer pairs weigh their count over x_max to this power (GloVe: -alpha).",
        json_schema_extra={"tune": [0.4, 1.0]},
    )


@compiled
def train_span(
    first: np.ndarray, second: np.ndarray, log_counts: np.ndarray, pair_weights: np.ndarray, span: np.ndarray,
    W: np.ndarray, C: np.ndarray, biases: np.ndarray, squares: np.ndarray, rate: np.float32, dim: int, tally: np.ndarray,
) -> int:  # fmt: skip
    """Train on pairs span[0] to span[1], each in both directions.

    Parameters
    ----------
    first, second, log_counts, pair_weights
        (P,): words, the logarithm of their count, and f of it.
    W, C
        (V, D) float32.
    biases
        (2, V) float32: of W and of C.
    squares
        (4, V) float32: AdaGrad's sums for the rows of W and C, then for both biases.
    """
    D = W.shape[1]
    limit = np.float32(MAX_STEP)
    loss, seen = 0.0, 0.0
    for p in range(span[0], span[1]):
        if p + 2 < span[1]:
            for d in range(0, D, 16):
                prefetch(W, first[p + 2], d)
                prefetch(C, second[p + 2], d)
                prefetch(W, second[p + 2], d)
                prefetch(C, first[p + 2], d)
        for way in range(2):
            i, j = first[p], second[p]
            if way == 1:
                if i == j:
                    continue
                i, j = second[p], first[p]
            w, c = W[i], C[j]
            error = biases[0, i] + biases[1, j] - log_counts[p]
            size_w = size_c = np.float32(0)
            for d in range(D):
                error += w[d] * c[d]
                size_w += w[d] * w[d]
                size_c += c[d] * c[d]
            step = pair_weights[p] * error
            loss += 0.5 * step * error
            seen += 1
            step = rate * min(max(step, -limit), limit)
            step_w, step_c = step / np.sqrt(squares[0, i]), step / np.sqrt(squares[1, j])
            for d in range(D):
                before = w[d]
                w[d] = before - step_w * c[d]
                c[d] -= step_c * before
            biases[0, i] -= step / np.sqrt(squares[2, i])
            biases[1, j] -= step / np.sqrt(squares[3, j])
            squares[0, i] += step * step * size_c / dim
            squares[1, j] += step * step * size_w / dim
            squares[2, i] += step * step
            squares[3, j] += step * step
    tally[0] += loss
    tally[1] += seen
    return span[1]


class GloveEngine(LockFreeEngine):
    """Runs GloVe's kernel on threads. Items are pairs of words, in an order drawn from the seed.

    Parameters
    ----------
    counts
        Of the training set, at least one pair.
    """

    def __init__(self, prepared: PreparedCorpus, counts: Cooccurrences, settings: GloveSettings, threads: int):
        corpus = prepared.corpus
        self.settings, self.vocabulary = settings, corpus.vocabulary
        super().__init__(even_slices(len(counts), threads), settings.epochs_for(corpus.sizes["train"]), settings.seed)
        self.examples = 2.0
        self.held_out = HeldOut.of(corpus, shuffled_units(corpus.train, settings.seed), settings)
        order = np.random.default_rng(settings.seed).permutation(len(counts)).astype(np.int32)
        self._first, self._second = counts.first[order], counts.second[order]
        x = counts.counts[order]
        self._log_counts = np.log(x).astype(np.float32)
        self._pair_weights = np.minimum(1, (x / settings.x_max) ** settings.weighting_power).astype(np.float32)
        self._log_sums = np.log(counts.sums().clip(1e-9)).astype(np.float32)
        V, dim = len(corpus.vocabulary), settings.dim
        self.W, self.C = aligned_rows(V, dim), aligned_rows(V, dim)
        fill_at_random(self.W[:, :dim], settings.seed)
        fill_at_random(self.C[:, :dim], settings.seed + 1)
        self.biases, self.squares = np.zeros((2, V), np.float32), np.ones((4, V), np.float32)

    def run_kernel(
        self, thread: int, span: np.ndarray, whole: np.ndarray, rates: np.ndarray, random: np.ndarray, tally: np.ndarray
    ) -> int:
        """Train on a span of the pairs; see `LockFreeEngine.run_kernel`."""
        return train_span(
            self._first, self._second, self._log_counts, self._pair_weights, span, self.W, self.C, self.biases, self.squares,
            np.float32(rates[0]), self.settings.dim, tally,
        )  # fmt: skip

    def start_from(self, start: StartVectors) -> None:
        """Set W and C of known words, whose sum the space has; to half of it each where the contexts are not known.

        Vectors come without biases. Those that suit them are found first: learning them from 0 would move the vectors far.
        """
        contexts = start.vectors / 2 if start.contexts is None else start.contexts
        self.W[start.rows, : self.settings.dim] = start.vectors - contexts
        self.C[start.rows, : self.settings.dim] = contexts
        self._fit_biases()

    def arrays(self) -> dict[str, np.ndarray]:
        """Return vectors, biases and AdaGrad's sums."""
        return {"W": self.W, "C": self.C, "biases": self.biases, "squares": self.squares}

    def vectors(self) -> Weights:
        """Return "centre", "context" and "biases"."""
        dim = self.settings.dim
        return {"centre": self.W[:, :dim], "context": self.C[:, :dim], "biases": self.biases}

    def trained(self, weights: Weights) -> WordVectors:
        """Make word vectors of `vectors`. W[i]·C[j] + b[i] + c[j] estimates log X[i, j]; less log X[i] it is log P(j | i)."""
        centre, context, biases = (np.asarray(weights[name]) for name in ("centre", "context", "biases"))
        labels, counts = self.vocabulary.labels, self.vocabulary.counts
        return WordVectors(
            labels, counts, centre, context, centre_bias=biases[0] - self._log_sums, context_bias=biases[1], is_sum=True
        )

    def rate(self, share: float) -> float:
        """Return the learning rate: AdaGrad has a decay of its own."""
        return self.settings.initial_rate

    def _fit_biases(self) -> None:
        """Set b and c to the least weighted squares under these vectors: each in turn to the mean of what the other leaves."""
        i, j = np.concatenate([self._first, self._second]), np.concatenate([self._second, self._first])
        rest, f = np.tile(self._log_counts, 2), np.tile(self._pair_weights, 2)
        for begin in range(0, len(rest), BLOCK):
            part = slice(begin, begin + BLOCK)
            rest[part] -= np.einsum("pd,pd->p", self.W[i[part]], self.C[j[part]])
        V = self.biases.shape[1]
        weight = np.bincount(i, f, V).clip(1e-9)
        for _ in range(BIAS_ROUNDS):
            self.biases[0] = np.bincount(i, f * (rest - self.biases[1, j]), V) / weight
            self.biases[1] = np.bincount(j, f * (rest - self.biases[0, i]), V) / weight


def engine(prepared: PreparedCorpus, settings: GloveSettings, device: Device, threads: int) -> WordEngine:
    """Return the engine: the compiled kernel, whatever the device."""
    return GloveEngine(prepared, prepared.counted_pairs(), settings, threads)


SPEC: ModelSpec[PreparedCorpus, WordVectors, GloveSettings] = WordModel(
    name="glove",
    title="Word vectors (GloVe)",
    summary="Learns vectors whose dot products give how often two words occur together, from counts over the whole text.",
    Settings=GloveSettings,
    engine=engine,
    relative_work=lambda s: 0.3 * s.window / 10,
    weighting="harmonic",
    page="embedviz.models.words.count_pages:glove_page",
)
