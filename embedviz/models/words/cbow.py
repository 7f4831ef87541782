"""Continuous bag of words with negative sampling: the mean of the words around a word learns to tell it from random words.

Mikolov, Chen, Corrado and Dean 2013, "Efficient estimation of word representations in vector space" (ICLR workshop),
section 3.1. For a word w with context words c1..cm and noise words n1..nk the kernel descends

    log(1 + exp(-h·C[w]))  +  sum_i log(1 + exp(h·C[ni]))        with  h = mean_j W[cj]

with the gradient of the mean for each W[cj], its m-th part (İrsoy, Benton and Stratos 2021, "Corrected CBOW performs as
well as skip-gram"), where word2vec.c adds the whole.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from pydantic import Field

from embedviz.core.compiled import compiled
from embedviz.models.words.lock_free import MAX_SENTENCE, LockFreeEngine
from embedviz.models.words.negative_sampling import HeldOut, NegativeSamplingEngine, TrainingText
from embedviz.models.words.prepared import PreparedCorpus
from embedviz.models.words.settings import WordSettings
from embedviz.models.words.spec import WordModel
from embedviz.models.words.trained import WordVectors
from embedviz.training.devices import Device
from embedviz.training.protocols import ModelSpec


class CbowSettings(WordSettings):
    """Settings of CBOW, whose gradients are shared by the words of a window, so that its steps are larger."""

    presets: ClassVar[dict[str, dict[str, Any]]] = {"recommended": {}}

    learning_rate: float = Field(0.1, gt=0, le=1, description="Initial learning rate.")


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
    mean, gradient = np.empty(D, np.float32), np.empty(D, np.float32)
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
            m = high - low - 1
            if m <= 0:
                continue
            for d in range(D):
                mean[d] = 0
                gradient[d] = 0
            for q in range(low, high):
                if q != j:
                    row = W[sentence[q]]
                    for d in range(D):
                        mean[d] += row[d]
            part = np.float32(1) / np.float32(m)
            size = np.float32(0)
            for d in range(D):
                mean[d] *= part
                size += mean[d] * mean[d]
            for q in range(negatives + 1):
                if q == 0:
                    t, target = sentence[j], np.float32(1)
                else:
                    s = s * multiply + add
                    t, target = noise[(s >> np.uint64(40)) & np.uint64(1048575)], np.float32(0)
                other = C[t]
                x = np.float32(0)
                for d in range(D):
                    x += mean[d] * other[d]
                held = min(max(x, np.float32(-6)), np.float32(6))
                cell = min(max(int((held + np.float32(6)) * scale), 0), last_cell)  # also when x is not a number
                guess = np.float32(1) if x > 6 else (np.float32(0) if x < -6 else curve[0, cell])
                loss += curve[1, cell] if target > 0 else curve[1, cell] + held
                step = target - guess
                if adagrad:
                    squares_C[t] += step * step * size / D
                    step_C = step * rate / np.sqrt(squares_C[t] + np.float32(1e-8))
                else:
                    step_C = step * rate
                for d in range(D):
                    gradient[d] += step * other[d]
                    other[d] += step_C * mean[d]
            size = np.float32(0)
            for d in range(D):
                gradient[d] *= part
                size += gradient[d] * gradient[d]
            for q in range(low, high):
                if q != j:
                    w = sentence[q]
                    row = W[w]
                    step_W = rate
                    if adagrad:
                        squares_W[w] += size / D
                        step_W = rate / np.sqrt(squares_W[w] + np.float32(1e-8))
                    for d in range(D):
                        row[d] += step_W * gradient[d]
            seen += 1
    state[0] = s
    tally[0] += loss
    tally[1] += seen
    return i


def engine(
    text: TrainingText, held_out: HeldOut, settings: WordSettings, device: Device, threads: int
) -> NegativeSamplingEngine:
    """Return the engine: the compiled kernel, whatever the device."""
    return LockFreeEngine(train_span, text, held_out, settings, threads)


SPEC: ModelSpec[PreparedCorpus, WordVectors, WordSettings] = WordModel(
    name="cbow",
    title="Word vectors (CBOW)",
    summary="Learns a vector for each word by predicting a word from the mean of those around it. Quicker on large texts.",
    Settings=CbowSettings,
    engine=engine,
    relative_work=lambda s: (s.window + 1 + s.negative_samples) / 16,
)
