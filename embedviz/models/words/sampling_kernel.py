"""Kernel of skip-gram, CBOW and fastText: an input vector learns to tell words of its window from noise words.

Mikolov, Sutskever, Chen, Corrado and Dean 2013, "Distributed representations of words and phrases" (NIPS), section 2: for an
input vector h that is to predict words t1..tm, and noise words n1..nk drawn once for all of them, the kernel descends

    sum_j log(1 + exp(-h·C[tj]))  +  m · sum_i log(1 + exp(h·C[ni]))

with k noise words a pair, which has the expectation of equation 4. Sharing them among a window's pairs saves most of the work. A
noise word that is one of t1..tm is left out, as word2vec.c does: with it the held-out loss of the King James text is 0.014
higher. With hierarchical softmax the targets are the inner nodes on the paths to t1..tm instead, and no noise is drawn.

h is the mean of the rows of W that the inputs are made of: the centre word itself in skip-gram, its n-grams beside it in fastText,
the words of the window in CBOW.

It is one function because numba's calls between kernels cost more than half of the speed. All products of a window are taken before
any vector is moved, so that the processor works on several at once, and rows that come next are fetched ahead. Letters: T tokens,
V words, R rows of W, D dimensions rounded up to whole cache lines.
"""

from __future__ import annotations

import time

import numpy as np

from embedviz.core.compiled import aligned_rows, compiled, prefetch
from embedviz.core.row_operations import add_row, add_to_row, dot, update_both
from embedviz.models.words.noise import noise_table
from embedviz.models.words.private_rows import LEVELS, TICK, exchange

SIGMOID_RANGE = 6.0
SIGMOID_STEPS = 2048
MAX_SENTENCE = 1024  # tokens of a unit that a kernel sees together; the corpus cuts units at 1,000
MAX_TARGETS = 4096  # of one input vector: 40 paths of 100 nodes, or 40 words and 50 noise words
MAX_INPUTS = 4096  # rows that an input vector is the mean of
MULTIPLY, ADD = np.uint64(6364136223846793005), np.uint64(1442695040888963407)  # Knuth's MMIX generator
LOW_HALF = np.uint64(0xFFFFFFFF)


@compiled
def train_span(
    tokens: np.ndarray, span: np.ndarray, whole: np.ndarray, W: np.ndarray, C: np.ndarray, squares_W: np.ndarray,
    squares_C: np.ndarray, keep: np.ndarray, noise: np.ndarray, curve: np.ndarray, path_starts: np.ndarray,
    path_nodes: np.ndarray, path_turns: np.ndarray, part_starts: np.ndarray, part_rows: np.ndarray, from_contexts: bool,
    divides: bool, window: int, negatives: int, rates: np.ndarray, adagrad: bool, dim: int, copies_W: int,
    weights_W: np.ndarray, due_W: np.ndarray, copies_C: int, weights_C: np.ndarray, due_C: np.ndarray, random: np.ndarray,
    tally: np.ndarray,
) -> int:  # fmt: skip
    """Train on tokens[span[0]:span[1]] and return where it stopped: the end of the last unit that began in the span.

    Parameters
    ----------
    tokens
        (T,) int32, -1 between units.
    span, whole, rates, random, tally
        See `embedviz.models.words.lock_free.LockFreeEngine.run_kernel`.
    W, C
        (R, D) and (V, D) float32, changed in place; C has the vectors of the tree's inner nodes where there is one.
    squares_W, squares_C
        (R,) and (V,) float32, Adagrad's sums.
    keep
        (V,) float32, the share of a word's occurrences that sub-sampling leaves.
    noise
        (V,) uint64; see `noise_table`.
    curve
        (2, SIGMOID_STEPS + 1) float32; see `sigmoid_table`.
    path_starts, path_nodes, path_turns
        Of a HuffmanTree; without nodes noise words are drawn.
    part_starts, part_rows
        (V + 1,) int64 and (P,) int32: the rows of W that word w is the mean of are part_rows[part_starts[w]:part_starts[w + 1]].
        Without rows it is row w.
    from_contexts
        Whether the words of the window predict the centre word (CBOW), or it predicts them.
    divides
        Whether each of m rows of an input gets an m-th of its gradient, or the whole.
    copies_W, weights_W, due_W, copies_C, weights_C, due_C
        Where this thread's copies of the first rows begin, how much of its steps counts, and when; see `private_rows.Table`.
    """
    D = W.shape[1]
    s = random[0]
    sentence = np.empty(MAX_SENTENCE + 1, np.int32)
    others = np.empty(MAX_SENTENCE, np.int32)
    inputs = np.empty(MAX_INPUTS, np.int32)
    targets = np.empty(MAX_TARGETS, np.int32)
    labels, weights = np.empty(MAX_TARGETS, np.float32), np.empty(MAX_TARGETS, np.float32)
    products = np.empty(MAX_TARGETS, np.float32)
    h, gradient = np.empty(D, np.float32), np.empty(D, np.float32)
    last = curve.shape[1] - 1
    limit = np.float32(SIGMOID_RANGE)
    scale = np.float32(last / (2 * SIGMOID_RANGE))
    slope = (rates[1] - rates[0]) / max(1, whole[1] - whole[0])
    has_tree, has_parts = len(path_nodes) > 0, len(part_rows) > 0
    n_cells = np.uint64(len(noise))
    hot_W, hot_C = len(weights_W), len(weights_C)
    loss, seen = 0.0, 0.0
    ticks, next_tick, n_trained = 0, 0, 0
    i, end = span[0], whole[1]
    while i < span[1]:
        rate = np.float32(rates[0] + slope * (i - whole[0]))
        length = 0
        while i < end and tokens[i] != -1 and length < MAX_SENTENCE:
            s = s * MULTIPLY + ADD
            sentence[length] = tokens[i]
            length += np.int64(np.float32(s >> np.uint64(40)) * np.float32(1 / 16777216) < keep[tokens[i]])
            i += 1
        if i < end and tokens[i] == -1:
            i += 1
        if n_trained >= next_tick and hot_W + hot_C > 0:
            level = 0
            while level < LEVELS - 1 and (ticks >> level) & 1 == 0:
                level += 1
            exchange(W, squares_W, copies_W, weights_W, due_W[level])
            exchange(C, squares_C, copies_C, weights_C, due_C[level])
            ticks, next_tick = ticks + 1, n_trained + TICK
        n_trained += length
        for j in range(length):
            s = s * MULTIPLY + ADD
            reach = 1 + np.int64((s >> np.uint64(32)) * np.uint64(window) >> np.uint64(32))
            m = 0
            for q in range(max(0, j - reach), min(length, j + reach + 1)):
                if q != j:
                    others[m] = sentence[q]
                    m += 1
            if m == 0:
                continue
            # the rows of what comes next
            next_W, next_C = j + 1, j + window + 1
            if from_contexts:
                next_W, next_C = next_C, next_W
            if next_W < length and not has_parts:
                word = sentence[next_W]
                row = word + copies_W if word < hot_W else word
                for d in range(0, D, 16):
                    prefetch(W, row, d)
            if next_C < length and not has_tree:
                word = sentence[next_C]
                row = word + copies_C if word < hot_C else word
                for d in range(0, D, 16):
                    prefetch(C, row, d)
            # inputs: rows of W whose mean is h
            n_inputs = 0
            n_words = m if from_contexts else 1
            for q in range(n_words):
                word = others[q] if from_contexts else sentence[j]
                if not has_parts:
                    inputs[n_inputs] = word + copies_W if word < hot_W else word
                    n_inputs += 1
                else:
                    for p in range(part_starts[word], part_starts[word + 1]):
                        if n_inputs < MAX_INPUTS:
                            inputs[n_inputs] = part_rows[p]
                            n_inputs += 1
            if from_contexts:
                m = 1
                others[0] = sentence[j]
            # targets: rows of C, what the sigmoid of the product should be, and weights
            n = 0
            if has_tree:
                for q in range(m):
                    for p in range(path_starts[others[q]], path_starts[others[q] + 1]):
                        if n < MAX_TARGETS:
                            word = path_nodes[p]
                            targets[n] = word + copies_C if word < hot_C else word
                            labels[n] = np.float32(1) - path_turns[p]
                            weights[n] = np.float32(1)
                            n += 1
            else:
                there = np.uint64(0)  # a bit for each word that is predicted, by its last 6 bits
                for q in range(m):
                    word = others[q]
                    there |= np.uint64(1) << (np.uint64(word) & np.uint64(63))
                    targets[n] = word + copies_C if word < hot_C else word
                    labels[n] = np.float32(1)
                    weights[n] = np.float32(1)
                    n += 1
                for _ in range(negatives):
                    s = s * MULTIPLY + ADD
                    draw = (s >> np.uint64(24)) * n_cells  # cell and place in it, 40 bits after the point
                    cell_word = np.int64(draw >> np.uint64(40))
                    both = noise[cell_word]
                    is_second = ((draw >> np.uint64(8)) & LOW_HALF) >= (both >> np.uint64(32))
                    word = np.int64(both & LOW_HALF) if is_second else cell_word
                    is_true = False
                    if (there >> (np.uint64(word) & np.uint64(63))) & np.uint64(1):
                        for q in range(m):
                            is_true |= others[q] == word
                    if not is_true:
                        row = word + copies_C if word < hot_C else word
                        for d in range(0, D, 16):
                            prefetch(C, row, d)
                        targets[n] = row
                        labels[n] = np.float32(0)
                        weights[n] = np.float32(m)
                        n += 1
            first = W[inputs[0]]
            for d in range(D):
                h[d] = first[d]
                gradient[d] = np.float32(0)
            if n_inputs > 1:
                for q in range(1, n_inputs):
                    add_row(h, W, inputs[q])
                part = np.float32(1) / np.float32(n_inputs)
                for d in range(D):
                    h[d] *= part
            for q in range(n):
                products[q] = dot(h, C, targets[q])
            size = np.float32(0)
            for d in range(D):
                size += h[d] * h[d]
            for q in range(n):
                x = products[q]
                held = min(max(x, -limit), limit)
                cell = min(max(int((held + limit) * scale), 0), last)  # also when x is not a number
                # past the table a sigmoid is exactly 0 or 1: a small error left over would let the vectors grow for ever
                guess = np.float32(1) if x > limit else (np.float32(0) if x < -limit else curve[0, cell])
                loss += weights[q] * (curve[1, cell] + (np.float32(1) - labels[q]) * held)
                # An implicit step (Toulis and Airoldi 2017): by how much the product would change already counts, and it stops soon
                # after 0. Without it a noise word that weighs m would overshoot, and high rates diverge.
                error = labels[q] - guess
                reach_x = rate * weights[q] * size
                error /= np.float32(1) + reach_x * guess * (np.float32(1) - guess)
                most = (np.abs(held) if error * held < 0 else np.float32(0)) + np.float32(2)
                if np.abs(error) * reach_x > most:
                    error *= most / (np.abs(error) * reach_x)
                products[q] = weights[q] * error
            for q in range(n):
                step = products[q]
                step_C = step * rate
                if adagrad:
                    squares_C[targets[q]] += step * step * size / dim
                    step_C /= np.sqrt(squares_C[targets[q]] + np.float32(1e-8))
                update_both(gradient, step, C, targets[q], step_C, h)
            step_W = rate
            if divides:
                step_W /= np.float32(n_inputs)
            size = np.float32(0)
            if adagrad:
                for d in range(D):
                    size += gradient[d] * gradient[d]
                if divides:
                    size /= np.float32(n_inputs * n_inputs)
            for q in range(n_inputs):
                step = step_W
                if adagrad:
                    squares_W[inputs[q]] += size / dim
                    step /= np.sqrt(squares_W[inputs[q]] + np.float32(1e-8))
                add_to_row(W, inputs[q], step, gradient)
            seen += m
    exchange(W, squares_W, copies_W, weights_W, hot_W)
    exchange(C, squares_C, copies_C, weights_C, hot_C)
    random[0] = s
    tally[0] += loss
    tally[1] += seen
    return i


def sigmoid_table() -> np.ndarray:
    """Return sigmoid(x) and log(1 + exp(-x)) for x from -6 to 6: (2, SIGMOID_STEPS + 1) float32."""
    x = np.linspace(-SIGMOID_RANGE, SIGMOID_RANGE, SIGMOID_STEPS + 1)
    return np.stack([1 / (1 + np.exp(-x)), np.logaddexp(0, -x)]).astype(np.float32)


def kernel_speed(words: int = 100_000) -> float:
    """Return the words a second of skip-gram on one thread: made-up text, 100 dimensions, window 5, 5 negative samples."""
    rng = np.random.default_rng(0)
    size = 5000
    tokens = (rng.zipf(1.3, words) % size).astype(np.int32)
    tokens[::25] = -1
    tokens[-1] = -1
    W, C = aligned_rows(size, 100), aligned_rows(size, 100)
    W[:, :100] = (rng.random((size, 100)) - 0.5) / 100
    keep, squares, whole = np.full(size, 0.6, np.float32), np.zeros(size, np.float32), np.array([0, len(tokens)])
    starts, rows, turns = np.zeros(1, np.int64), np.zeros(0, np.int32), np.zeros(0, np.float32)
    noise = noise_table(np.full(size, 1 / size))
    started = time.perf_counter()
    train_span(
        tokens, whole, whole, W, C, squares, squares.copy(), keep, noise, sigmoid_table(), starts, rows, turns, starts, rows,
        False, False, 5, 5, np.array([0.025, 0.02]), False, 100, 0, turns, starts, 0, turns, starts, np.array([1], np.uint64), np.zeros(2),
    )  # fmt: skip
    return words / (time.perf_counter() - started)
