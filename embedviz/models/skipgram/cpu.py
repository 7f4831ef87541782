"""Skip-gram's engine on the CPU: a compiled kernel, run lock-free by threads over slices of the text (Niu et al. 2011).

For a centre word w with context words c1..cm and noise words n1..nk drawn once for the centre word, it descends

    sum_j log(1 + exp(-W[w]·C[cj]))  +  m · sum_i log(1 + exp(W[w]·C[ni]))

with k noise words a pair, which has the expectation of Mikolov et al. 2013 (NIPS, equation 4). Sharing the k noise words
among a centre word's pairs saves most of the work. It costs 0.001 in held-out loss beside fresh ones for every
pair, and 8, 10 or 15 instead of 5 gained nothing that two seeds could tell.
Letters: T tokens, V words, D dimensions.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import numba as nb
import numpy as np

NOISE_TABLE = 1 << 20
SIGMOID_RANGE = 6.0
SIGMOID_STEPS = 2048
LONGEST = 1024  # tokens of a sentence that are seen together; build_corpus cuts at 1,000
ROUND_SECONDS = 0.2  # how long the kernel keeps to itself before it lets the rest of the program look


def noise_table(noise: np.ndarray) -> np.ndarray:
    """Words in proportion to their noise probability (V,), so that one random index draws one: (NOISE_TABLE,) int32."""
    middles = (np.arange(NOISE_TABLE) + 0.5) / NOISE_TABLE
    return np.searchsorted(np.cumsum(noise), middles).clip(0, len(noise) - 1).astype(np.int32)


def sigmoid_table() -> np.ndarray:
    """Row 0: sigmoid(x), row 1: log(1 + exp(-x)), for x from -6 to 6: (2, SIGMOID_STEPS + 1) float32."""
    x = np.linspace(-SIGMOID_RANGE, SIGMOID_RANGE, SIGMOID_STEPS + 1)
    return np.stack([1 / (1 + np.exp(-x)), np.logaddexp(0, -x)]).astype(np.float32)


@nb.njit(fastmath=True, nogil=True, cache=True)
def train_span(
    tokens, span, whole, W, C, squares_W, squares_C, keep, table, curve, window, negatives, rates, adagrad, state, tally
):  # fmt: skip
    """Trains on tokens[span[0]:span[1]] and returns where it stopped: the end of the last sentence begun in the span.

    tokens (T,) int32, -1 between sentences. whole: begin and end of the slice that the span is part of; the learning
    rate goes from rates[0] to rates[1] along it. W, C (V, D) float32, centre and context vectors, changed in place;
    squares_W, squares_C (V,) float32, Adagrad's sums, one a row. keep (V,) float32, the share of a word's occurrences
    that is kept. state (1,) uint64, the random state. tally (2,) float64: loss and pairs are added.
    """
    D = W.shape[1]
    s = state[0]
    multiply, add = np.uint64(6364136223846793005), np.uint64(1442695040888963407)  # Knuth's MMIX generator
    sentence = np.empty(1024, np.int32)
    centre, gradient = np.empty(D, np.float32), np.empty(D, np.float32)  # a copy of the row is quicker than the row
    last_cell = curve.shape[1] - 1
    scale = np.float32(last_cell / 12.0)
    slope = (rates[1] - rates[0]) / max(1, whole[1] - whole[0])
    loss, seen = 0.0, 0.0
    i, end, T = span[0], span[1], whole[1]
    while i < end:
        length = 0
        rate = np.float32(rates[0] + slope * (i - whole[0]))
        while i < T and tokens[i] != -1 and length < 1024:
            s = s * multiply + add
            if np.float32(s >> np.uint64(40)) * np.float32(1 / 16777216) < keep[tokens[i]]:
                sentence[length] = tokens[i]
                length += 1
            i += 1
        if i < T and tokens[i] == -1:
            i += 1
        for j in range(length):
            s = s * multiply + add
            reach = 1 + np.int64((s >> np.uint64(33)) % np.uint64(window))
            low, high = max(0, j - reach), min(length, j + reach + 1)
            pairs = high - low - 1
            if pairs <= 0:
                continue
            row = W[sentence[j]]
            size = np.float32(0)
            for d in range(D):
                gradient[d] = 0
                centre[d] = row[d]
                size += row[d] * row[d]
            for q in range(low, high + negatives):
                if q == j:
                    continue
                if q < high:
                    t, target, weight = sentence[q], np.float32(1), np.float32(1)
                else:
                    s = s * multiply + add
                    t = table[(s >> np.uint64(40)) & np.uint64(1048575)]
                    target, weight = np.float32(0), np.float32(pairs)
                other = C[t]
                x = np.float32(0)
                for d in range(D):
                    x += centre[d] * other[d]
                held = min(max(x, np.float32(-6)), np.float32(6))
                cell = min(max(int((held + np.float32(6)) * scale), 0), last_cell)  # also when x is not a number
                # past the table a sigmoid is exactly 0 or 1: a small error left over would let the vectors grow for ever
                guess = np.float32(1) if x > 6 else (np.float32(0) if x < -6 else curve[0, cell])
                loss += weight * (curve[1, cell] if target > 0 else curve[1, cell] + held)
                step = weight * (target - guess)
                if adagrad:
                    squares_C[t] += step * step * size / D
                    step_C = step * rate / np.sqrt(squares_C[t] + np.float32(1e-8))
                else:
                    step_C = step * rate
                for d in range(D):
                    gradient[d] += step * other[d]
                    other[d] += step_C * centre[d]
            step_W = rate
            if adagrad:
                w = sentence[j]
                size = np.float32(0)
                for d in range(D):
                    size += gradient[d] * gradient[d]
                squares_W[w] += size / D
                step_W = rate / np.sqrt(squares_W[w] + np.float32(1e-8))
            for d in range(D):
                row[d] += step_W * gradient[d]
            seen += pairs
    state[0] = s
    tally[0] += loss
    tally[1] += seen
    return i


class CpuEngine:
    """Runs the kernel over the model's tokens and arrays. position is JSON: how far each thread's slice is and its random state,
    so that one thread goes on from a checkpoint to the very same numbers."""

    def __init__(self, model, threads: int):
        self.model = model
        self._tokens = model.tokens
        self._slices = _slices(self._tokens, threads)
        self._table, self._curve = noise_table(model.noise), sigmoid_table()
        seeds = np.random.SeedSequence(model.settings.seed).generate_state(len(self._slices), np.uint64)
        self._states = [np.array([seed], np.uint64) for seed in seeds]
        self._epoch = 0
        self._at = [begin for begin, _ in self._slices]
        self._span = 50_000  # tokens a thread takes before it reports; fitted to ROUND_SECONDS as it goes

    @property
    def position(self) -> dict:
        states = [str(state[0]) for state in self._states]
        return {"epoch": self._epoch, "at": list(self._at), "slices": self._slices, "states": states}

    @position.setter
    def position(self, value: dict) -> None:
        if len(value.get("slices", ())) != len(self._slices):  # another number of threads: from the epoch's beginning
            self._epoch = value["epoch"]
            return
        self._epoch, self._at = value["epoch"], list(value["at"])
        self._states = [np.array([int(state)], np.uint64) for state in value["states"]]

    @property
    def done(self) -> int:
        """Tokens seen, separators counted, over all epochs."""
        here = sum(at - begin for at, (begin, _) in zip(self._at, self._slices, strict=True))
        return self._epoch * len(self._tokens) + here

    def advance(self, until: int) -> float | None:
        """Trains until `until` tokens are done (to the end of a sentence) or ROUND_SECONDS have passed, over the ends
        of epochs where the text is small; the mean training loss a pair, None when no pair was seen."""
        late = time.perf_counter() + ROUND_SECONDS
        loss = pairs = 0.0
        while self.done < until and self._epoch < self.model.epochs:
            begun = time.perf_counter()
            span = min(self._span, -(-(until - self.done) // len(self._slices)))
            tallies = list(_POOL.map(self._one_span, range(len(self._slices)), [span] * len(self._slices)))
            took = time.perf_counter() - begun
            self._span = int(min(max(span * ROUND_SECONDS / max(took, 1e-3), 2000), len(self._tokens)))
            loss, pairs = np.sum([[loss, pairs], *tallies], axis=0)
            if all(at >= end for at, (_, end) in zip(self._at, self._slices, strict=True)):
                self._epoch, self._at = self._epoch + 1, [begin for begin, _ in self._slices]
            if time.perf_counter() > late:
                break
        return float(loss / pairs) if pairs else None

    def fetch(self) -> None:
        """The model's arrays are those that the kernel changes: nothing to bring."""

    def _one_span(self, i: int, span: int) -> np.ndarray:
        m, s, tally = self.model, self.model.settings, np.zeros(2)
        begin, end = self._slices[i]
        at = self._at[i]
        if at < end:
            rates = np.array([self._rate(self._epoch), self._rate(self._epoch + 1)])
            self._at[i] = train_span(
                self._tokens, np.array([at, min(end, at + span)]), np.array([begin, end]), m.W, m.C,
                m.squares_W, m.squares_C, m.keep, self._table, self._curve, s.window, s.negative_samples,
                rates, s.optimizer == "adagrad", self._states[i], tally,
            )  # fmt: skip
        return tally

    def _rate(self, epoch: int) -> float:
        """The learning rate when `epoch` epochs are done: a line down to a 250th for sgd; Adagrad has its own decay."""
        s = self.model.settings
        if s.optimizer == "adagrad":
            return s.learning_rate
        return s.learning_rate * max(1 - epoch / self.model.epochs, 0.004)


_POOL = ThreadPoolExecutor(256, thread_name_prefix="skipgram")


def _slices(tokens: np.ndarray, threads: int) -> list[list[int]]:
    """[begin, end] for each thread, cut between sentences; fewer slices than threads for a short text."""
    ends = np.flatnonzero(tokens == -1) + 1
    cuts = sorted(
        {0, len(tokens), *(int(ends[np.searchsorted(ends, c)]) for c in np.linspace(0, len(tokens), threads + 1)[1:-1])}
    )
    return [[a, b] for a, b in zip(cuts, cuts[1:], strict=False)]


def warm_up() -> None:
    """Compiles the kernel, or loads it from numba's cache on disk."""
    measure_speed(words=200)


def measure_speed(words: int = 100_000) -> float:
    """Words a second of one thread on made-up text at 100 dimensions, window 5 and 5 noise words."""
    rng = np.random.default_rng(0)
    size = 5000
    tokens = (rng.zipf(1.3, words) % size).astype(np.int32)
    tokens[::25] = -1
    tokens[-1] = -1
    W = ((rng.random((size, 100)) - 0.5) / 100).astype(np.float32)
    keep, squares = np.full(size, 0.6, np.float32), np.zeros(size, np.float32)
    table, curve = noise_table(np.full(size, 1 / size)), sigmoid_table()
    whole = np.array([0, len(tokens)])
    begun = time.perf_counter()
    train_span(
        tokens, whole, whole, W, np.zeros_like(W), squares, squares.copy(), keep, table, curve, 5, 5,
        np.array([0.025, 0.02]), False, np.array([1], np.uint64), np.zeros(2),
    )  # fmt: skip
    return words / (time.perf_counter() - begun)
