"""Linear terms: logistic regression over n-grams, each scaled by how much the classes differ in it, or over vectors of texts.

Wang and Manning 2012, "Baselines and bigrams: simple, good sentiment and topic classification" (ACL), section 2.3, where
it is a support vector machine and for two classes. Letters: N texts, F features, C classes.

The strength of the regularisation is chosen by the log loss on the validation set: two classes of film reviews want 2, six
classes of short questions 30 or more.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from embedviz.core.progress import Progress

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    Features = csr_array | np.ndarray

SMOOTHING = 1.0  # texts added to each n-gram's count in every class
STRENGTHS = (2.0, 8.0, 32.0, 128.0)  # inverse regularisation strengths, C of scikit-learn, from which one is chosen
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

    def logits(self, features: Features) -> np.ndarray:
        """Return the logits of texts: (N, F) -> (N, C) float32."""
        return np.asarray(features @ self.weights + self.bias, np.float32)


@dataclass(frozen=True, eq=False)
class Examples:
    """Texts to fit a linear term to, or to measure it on.

    Attributes
    ----------
    features
        (N, F), sparse or dense.
    codes
        (N,) int classes.
    """

    features: Features
    codes: np.ndarray


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


def fit_ngrams(training: Examples, validation: Examples, n_classes: int) -> Generator[Progress, None, LinearTerm]:
    """Fit the term over n-grams, scaled by `class_ratios`; the validation set chooses the strength."""
    yield Progress(message="Fitting the linear term")
    scale = class_ratios(training.features, training.codes, n_classes)
    return (yield from _fit(training, validation, scale, "Fitting the linear term"))


def fit_vectors(training: Examples, validation: Examples, n_classes: int) -> Generator[Progress, None, LinearTerm]:
    """Fit the term over vectors of texts (N, F), centred and of length 1 on average; the validation set chooses the strength."""
    mean = training.features.mean(0)
    length = np.sqrt(np.square(training.features - mean).sum(1).mean())
    scale = np.full((len(mean), n_classes), 1 / max(length, 1e-12), np.float32)
    centred = [Examples(part.features - mean, part.codes) for part in (training, validation)]
    term = yield from _fit(centred[0], centred[1], scale, "Fitting the sentence encoder's term")
    return LinearTerm(term.weights, term.bias - mean @ term.weights)


def _fit(
    training: Examples, validation: Examples, scale: np.ndarray, message: str
) -> Generator[Progress, None, LinearTerm]:
    """Return the term of the first strength that is better than the next; of the first one without validation texts."""
    best, lowest = None, np.inf
    weights = np.zeros_like(scale)
    for strength in STRENGTHS:
        term, weights = yield from _descend(training, scale, strength, weights, message)
        loss = _log_loss(term.logits(validation.features), validation.codes)
        if best is not None and not loss < lowest:
            break
        best, lowest = term, loss
    assert best is not None
    return best


def _descend(
    training: Examples, scale: np.ndarray, strength: float, start: np.ndarray, message: str
) -> Generator[Progress, None, tuple[LinearTerm, np.ndarray]]:
    """Minimise the sum of cross-entropies + |V|²/2S for the weights scale·V by L-BFGS, an event a step; return V too."""
    import torch

    features, codes, n = training.features, training.codes, len(training.codes)
    transposed = features.T.copy() if isinstance(features, np.ndarray) else features.T.tocsr()
    target = np.eye(scale.shape[1], dtype=np.float32)[codes]
    V = torch.from_numpy(start.copy())
    prior = np.log(target.mean(0) + 1 / n)
    bias = torch.from_numpy((prior - prior.mean()).astype(np.float32))
    optimizer = torch.optim.LBFGS([V, bias], max_iter=1, max_eval=25, tolerance_change=0, line_search_fn="strong_wolfe")

    def closure() -> float:
        logits = features @ (scale * V.numpy()) + bias.numpy()  # (N, C)
        logits -= logits.max(1, keepdims=True)
        log_sum = np.log(np.exp(logits).sum(1, keepdims=True))
        error = np.exp(logits - log_sum) - target
        V.grad = torch.from_numpy(scale * (transposed @ error)) + V / strength
        bias.grad = torch.from_numpy(error.sum(0))
        penalty = float((V * V).sum()) / (2 * strength)
        return float((log_sum - (logits * target).sum(1, keepdims=True)).sum()) + penalty

    previous = np.inf
    for step in range(MAX_STEPS):
        loss = float(optimizer.step(closure))
        yield Progress(loss=loss / n, message=f"{message}, strength {strength:g}, step {step + 1}")
        if not previous - loss > TOLERANCE * abs(loss):
            break
        previous = loss
    return LinearTerm(scale * V.numpy(), bias.numpy()), V.numpy()


def _log_loss(logits: np.ndarray, codes: np.ndarray) -> float:
    """Return the mean cross-entropy in nats; 0 without texts, so that nothing is better than the first strength."""
    if not len(codes):
        return 0.0
    shifted = logits - logits.max(1, keepdims=True)
    return float((np.log(np.exp(shifted).sum(1)) - shifted[np.arange(len(codes)), codes]).mean())
