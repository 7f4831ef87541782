"""Skip-gram with negative sampling: a word's vector learns to tell the words around it from words drawn at random.

For a centre word w with context words c1..cm and noise words n1..nk drawn once for the centre word, the kernel descends

    sum_j log(1 + exp(-W[w]·C[cj]))  +  m · sum_i log(1 + exp(W[w]·C[ni]))

with k noise words a pair, which has the expectation of Mikolov et al. 2013 (NIPS), equation 4. Sharing the k noise words
among a centre word's pairs saves most of the work. It costs 0.001 in held-out loss beside fresh ones for every
pair, and 8, 10 or 15 instead of 5 gained nothing that two seeds could tell.
"""

from __future__ import annotations

import numpy as np

from embedviz.core.compiled import compiled
from embedviz.models.words.lock_free import MAX_SENTENCE, LockFreeEngine
from embedviz.models.words.negative_sampling import HeldOut, NegativeSamplingEngine, TrainingText
from embedviz.models.words.prepared import PreparedCorpus
from embedviz.models.words.settings import WordSettings
from embedviz.models.words.spec import WordModel
from embedviz.models.words.trained import WordVectors
from embedviz.training.devices import Device
from embedviz.training.protocols import ModelSpec


@compiled
def train_span(
    tokens: np.ndarray, span: np.ndarray, whole: np.ndarray, W: np.ndarray, C: np.ndarray, squares_W: np.ndarray,
    squares_C: np.ndarray, keep: np.ndarray, noise: np.ndarray, curve: np.ndarray, window: int, negatives: int,
    rates: np.ndarray, adagrad: bool, state: np.ndarray, tally: np.ndarray,
) -> int:  # fmt: skip
    """Train on a span of the text; see embedviz.models.words.lock_free.Kernel."""
    D = W.shape[1]
    s = state[0]
    multiply, add = np.uint64(6364136223846793005), np.uint64(1442695040888963407)  # Knuth's MMIX generator
    sentence = np.empty(MAX_SENTENCE, np.int32)
    centre, gradient = np.empty(D, np.float32), np.empty(D, np.float32)  # a copy of the row is quicker than the row
    last_cell = curve.shape[1] - 1
    scale = np.float32(last_cell / 12.0)
    slope = (rates[1] - rates[0]) / max(1, whole[1] - whole[0])
    loss, seen = 0.0, 0.0
    i, end, T = span[0], span[1], whole[1]
    while i < end:
        length = 0
        rate = np.float32(rates[0] + slope * (i - whole[0]))
        while i < T and tokens[i] != -1 and length < MAX_SENTENCE:
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
                    t = noise[(s >> np.uint64(40)) & np.uint64(1048575)]
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


def engine(
    text: TrainingText, held_out: HeldOut, settings: WordSettings, device: Device, threads: int
) -> NegativeSamplingEngine:
    """Return the engine for a device: the compiled kernel on the CPU, batches in PyTorch elsewhere."""
    if device.kind == "cpu":
        return LockFreeEngine(train_span, text, held_out, settings, threads)
    from embedviz.models.words.skipgram_gpu import GpuEngine

    return GpuEngine(text, held_out, settings, device.name)


SPEC: ModelSpec[PreparedCorpus, WordVectors, WordSettings] = WordModel(
    name="skipgram",
    title="Word vectors (skip-gram)",
    summary="Learns a vector for each word by predicting the words around it. Words used alike end up near each other.",
    Settings=WordSettings,
    engine=engine,
    relative_work=lambda s: (s.window + 1 + 2 * s.negative_samples) / 16,
)
