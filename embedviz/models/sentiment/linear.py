"""The linear term: logistic regression over n-grams, each scaled by how much the classes differ in it.

Wang and Manning 2012, "Baselines and bigrams: simple, good sentiment and topic classification" (ACL), section 2.3, where
it is a support vector machine and for two classes. Letters: N texts, F n-grams, C classes.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from embedviz.core.progress import Progress

if TYPE_CHECKING:
    from scipy.sparse import csr_array

SMOOTHING = 1.0  # texts added to each n-gram's count in every class
STRENGTH = 2.0  # inverse regularisation strength, C of scikit-learn
MAX_STEPS = 60
TOLERANCE = 1e-4  # relative decrease of the loss at which it stops


@dataclass(frozen=True, eq=False)
class LinearTerm:
    """A fitted linear term.

    Attributes
    ----------
    weights, bias
        (F, C), (C,) float32.
    """

    weights: np.ndarray
    bias: np.ndarray

    def logits(self, features: csr_array) -> np.ndarray:
        """Return the logits of texts: (N, F) -> (N, C) float32."""
        return np.asarray(features @ self.weights + self.bias, np.float32)


def class_ratios(features: csr_array, codes: np.ndarray, n_classes: int) -> np.ndarray:
    """Return how much the classes differ in each n-gram.

    Returns
    -------
    numpy.ndarray
        Entry [f, c]: log of how much more likely n-gram f is in class c than in the others, (F, C) float32, scaled so
        that the features of a text have length 1 on average in each class.
    """
    is_there = features.copy()
    is_there.data = np.ones_like(is_there.data)
    of_class = np.eye(n_classes, dtype=np.float32)[codes]  # (N, C)
    inside = SMOOTHING + is_there.T @ of_class  # (F, C)
    outside = SMOOTHING + is_there.T @ (1 - of_class)
    ratios = np.log(inside / inside.sum(0)) - np.log(outside / outside.sum(0))
    squares = (features.multiply(features) @ ratios**2).mean(0)  # (C,)
    return (ratios / np.sqrt(np.maximum(squares, 1e-12))).astype(np.float32)


def fit_linear(features: csr_array, codes: np.ndarray, n_classes: int) -> Generator[Progress, None, LinearTerm]:
    """Minimise the sum of cross-entropies + |V|²/2S for the weights ratio·V by L-BFGS, an event a step."""
    import torch

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
        error = np.exp(logits - log_sum) - target
        V.grad = torch.from_numpy(ratios * (transposed @ error)) + V / STRENGTH
        bias.grad = torch.from_numpy(error.sum(0))
        penalty = float((V * V).sum()) / (2 * STRENGTH)
        return float((log_sum - (logits * target).sum(1, keepdims=True)).sum()) + penalty

    previous = np.inf
    for step in range(MAX_STEPS):
        loss = float(optimizer.step(closure))
        yield Progress(loss=loss / n, message=f"Fitting the linear term, step {step + 1}")
        if not previous - loss > TOLERANCE * abs(loss):
            break
        previous = loss
    return LinearTerm(ratios * V.numpy(), bias.numpy())
