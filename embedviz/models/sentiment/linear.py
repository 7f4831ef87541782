"""The linear term: logistic regression over n-grams, each scaled by how much the classes differ in it.

Wang and Manning 2012, "Baselines and bigrams: simple, good sentiment and topic classification" (ACL), section 2.3, where
it is a support vector machine and for two classes. Letters: N texts, F n-grams, C classes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from embedviz.core.progress import Progress

if TYPE_CHECKING:
    from scipy.sparse import csr_array

SMOOTHING = 1.0  # texts added to each n-gram's count in every class
STRENGTH = 2.0  # how much the texts count against the penalty
MOST_STEPS = 60
ENOUGH = 1e-4  # relative fall of the loss at which it ends


@dataclass(frozen=True)
class LinearTerm:
    """weights (F, C) and bias (C,) float32."""

    weights: np.ndarray
    bias: np.ndarray

    def logits(self, features: csr_array) -> np.ndarray:
        """(N, F) -> (N, C) float32."""
        return np.asarray(features @ self.weights + self.bias, np.float32)


def class_ratios(features: csr_array, codes: np.ndarray, n_classes: int) -> np.ndarray:
    """Entry [f, c]: log of how much more likely n-gram f is in class c than in the others, (F, C) float32, scaled so that
    a text's features have length 1 on average in each class."""
    there = features.copy()
    there.data = np.ones_like(there.data)
    of_class = np.eye(n_classes, dtype=np.float32)[codes]  # (N, C)
    inside = SMOOTHING + there.T @ of_class  # (F, C)
    outside = SMOOTHING + there.T @ (1 - of_class)
    ratios = np.log(inside / inside.sum(0)) - np.log(outside / outside.sum(0))
    squares = (features.multiply(features) @ ratios**2).mean(0)  # (C,)
    return (ratios / np.sqrt(np.maximum(squares, 1e-12))).astype(np.float32)


def fit_linear(features: csr_array, codes: np.ndarray, n_classes: int) -> Iterator[Progress | LinearTerm]:
    """Descends the sum of cross-entropies + |V|²/2S for weights ratio·V by L-BFGS; an event a step, the LinearTerm last."""
    yield Progress(message="Fitting the linear term")
    n = len(codes)
    ratios = class_ratios(features, codes, n_classes)
    transposed = features.T.tocsr()
    target = np.eye(n_classes, dtype=np.float32)[codes]
    V = torch.zeros(ratios.shape)
    prior = np.log(target.mean(0) + 1 / n)
    bias = torch.from_numpy((prior - prior.mean()).astype(np.float32))
    optimizer = torch.optim.LBFGS([V, bias], max_iter=1, max_eval=25, tolerance_change=0, line_search_fn="strong_wolfe")

    def closure() -> float:
        logits = features @ (ratios * V.numpy()) + bias.numpy()  # (N, C)
        logits -= logits.max(1, keepdims=True)
        log_sum = np.log(np.exp(logits).sum(1, keepdims=True))
        wrong = np.exp(logits - log_sum) - target
        V.grad = torch.from_numpy(ratios * (transposed @ wrong)) + V / STRENGTH
        bias.grad = torch.from_numpy(wrong.sum(0))
        penalty = float((V * V).sum()) / (2 * STRENGTH)
        return float((log_sum - (logits * target).sum(1, keepdims=True)).sum()) + penalty

    before = np.inf
    for step in range(MOST_STEPS):
        loss = float(optimizer.step(closure))
        yield Progress(loss=loss / n, message=f"Fitting the linear term, step {step + 1}")
        if not before - loss > ENOUGH * abs(loss):
            break
        before = loss
    yield LinearTerm(ratios * V.numpy(), bias.numpy())
