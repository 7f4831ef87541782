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
from collections.abc import Iterator
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
    gradient = np.empty(D, np.float32)
    scale = np.float32((curve.shape[1] - 1) / 12.0)
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
            w = sentence[j]
            weight_of_noise = np.float32(pairs)
            for d in range(D):
                gradient[d] = 0
            for q in range(low, high + negatives):
                if q == j:
                    continue
                if q < high:
                    t, target, weight = sentence[q], np.float32(1), np.float32(1)
                else:
                    s = s * multiply + add
                    t = table[(s >> np.uint64(40)) & np.uint64(1048575)]
                    target, weight = np.float32(0), weight_of_noise
                x = np.float32(0)
                for d in range(D):
                    x += W[w, d] * C[t, d]
                x = min(max(x, np.float32(-6)), np.float32(6))
                cell = int((x + np.float32(6)) * scale)
                error = target - curve[0, cell]
                loss += weight * (curve[1, cell] if target > 0 else curve[1, cell] + x)
                step = weight * error
                if adagrad:
                    size = np.float32(0)
                    for d in range(D):
                        size += W[w, d] * W[w, d]
                    squares_C[t] += step * step * size / D
                    step_C = step * rate / np.sqrt(squares_C[t] + np.float32(1e-8))
                else:
                    step_C = step * rate
                for d in range(D):
                    gradient[d] += step * C[t, d]
                    C[t, d] += step_C * W[w, d]
            step_W = rate
            if adagrad:
                size = np.float32(0)
                for d in range(D):
                    size += gradient[d] * gradient[d]
                squares_W[w] += size / D
                step_W = rate / np.sqrt(squares_W[w] + np.float32(1e-8))
            for d in range(D):
                W[w, d] += step_W * gradient[d]
            seen += pairs
    state[0] = s
    tally[0] += loss
    tally[1] += seen
    return i
