"""GloVe and PPMI-SVD in plain PyTorch: the algorithms that read counts of pairs."""

from __future__ import annotations

import numpy as np

from embedviz.core.typed_json import JsonObject
from embedviz.models.words import page_sections as sections
from embedviz.models.words.glove import GloveSettings, train_span
from embedviz.models.words.ppmi_svd import PpmiSettings, ppmi_matrix
from embedviz.models.words.pytorch_page import PAIRS, Algorithm, context_bias, example_rows, word_page
from embedviz.models.words.trained import WordVectors
from embedviz.text.cooccurrence import Cooccurrences
from embedviz.training.pytorch_page import PyTorchPage

_NOT_KEPT = "The counts of pairs are not kept with the model. In the examples below a pair has the count that"


def glove_page(trained: WordVectors, settings: GloveSettings) -> PyTorchPage:
    """Return the page of GloVe."""
    assert trained.centre_bias is not None
    assert trained.context_bias is not None
    V = len(trained.labels)
    first = np.array(example_rows(V), np.int32)
    second = ((first + 1) % V).astype(np.int32)
    totals = np.maximum(trained.counts, 1).astype(np.float64)
    counts = totals[first] * totals[second] / totals.sum()
    inputs: JsonObject = {
        "pairs": [first.tolist() + second.tolist(), second.tolist() + first.tolist()],
        "counts": np.tile(counts, 2).tolist(),
        "totals": totals[np.concatenate([first, second])].tolist(),
    }
    algorithm = Algorithm(
        "Word vectors by GloVe",
        "GloVe: products of vectors learn the logarithm of how often two words stand together in the whole text, which is counted "
        f"first. The run descends by AdaGrad with one rate for a vector. {_NOT_KEPT} chance would give it, by the words' own counts.",
        [sections.GLOVE],
        {"x_max": f"{settings.x_max:g}", "weighting_power": f"{settings.weighting_power:g}"},
        {
            "embedding.weight": trained.centre,
            "context_embedding.weight": trained.context,
            "bias.weight": trained.centre_bias[:, None],
            "context_bias.weight": trained.context_bias[:, None],
        },
        inputs,
        {"loss": glove_loss(trained, settings, first, second, counts, totals)},
        PAIRS,
        'loss(*torch.tensor(inputs["pairs"]), torch.tensor(inputs["counts"]), torch.tensor(inputs["totals"])).sum()',
    )
    return word_page(trained, settings, algorithm)


def glove_loss(
    trained: WordVectors,
    settings: GloveSettings,
    first: np.ndarray,
    second: np.ndarray,
    counts: np.ndarray,
    totals: np.ndarray,
) -> float:
    """Return the loss of pairs in both directions, as the kernel of the training adds it up; its rate is 0."""
    assert trained.centre_bias is not None
    assert trained.context_bias is not None
    V = len(trained.labels)
    biases = np.stack([trained.centre_bias + np.log(totals), trained.context_bias]).astype(np.float32)
    weights = np.minimum(1, (counts / settings.x_max) ** settings.weighting_power).astype(np.float32)
    tally, span = np.zeros(2), np.array([0, len(first)])
    W, C = (np.array(table, np.float32) for table in (trained.centre, trained.context))
    train_span(
        first, second, np.log(counts).astype(np.float32), weights, span, W, C, biases, np.ones((4, V), np.float32),
        np.float32(0), W.shape[1], tally,
    )  # fmt: skip
    return float(tally[0])


def ppmi_page(trained: WordVectors, settings: PpmiSettings) -> PyTorchPage:
    """Return the page of PPMI-SVD."""
    words = np.array(example_rows(len(trained.labels)))
    n = len(words)
    first, second = np.triu_indices(n)
    products = trained.centre[words].astype(np.float64) @ trained.context[words].T
    matrix = likely_counts(trained.counts[words], trained.counts.sum(), products)
    entries = ppmi_matrix(
        Cooccurrences(first, second, matrix[first, second], n), settings.context_smoothing, settings.shift
    ).toarray()
    algorithm = Algorithm(
        "Word vectors by PPMI-SVD",
        "PPMI-SVD: the main directions of the matrix that says how much more often than by chance two words stand together. It is "
        "counted and factorised, not trained, and is a strong baseline on small texts. "
        f"{_NOT_KEPT} the vectors and the words' own counts make likely.",
        [sections.PPMI],
        {"context_smoothing": f"{settings.context_smoothing:g}", "shift": f"{settings.shift:g}"},
        {
            "embedding.weight": trained.centre,
            "context_embedding.weight": trained.context,
            "context_bias": context_bias(trained),
        },
        {"counts": matrix.tolist()},
        {"ppmi": entries.tolist(), "loss": float(((entries - products) ** 2).sum())},
        f'{PAIRS}\n    counts = torch.tensor(inputs["counts"], dtype=torch.float64)',
        "loss(words, counts)",
        ["math"],
        '\n        "ppmi": ppmi(counts),',
    )
    return word_page(trained, settings, algorithm)


def likely_counts(counts: np.ndarray, total: float, products: np.ndarray) -> np.ndarray:
    """Return how often pairs of words are likely to stand together: (n, n) float64, the same in both directions.

    Parameters
    ----------
    counts : np.ndarray
        (n,) of the words.
    total : float
        Of all words.
    products : np.ndarray
        Entry [i, j] estimates the logarithm of how much more often than by chance word i stands beside word j.
    """
    known = np.maximum(counts, 1).astype(np.float64)
    return np.outer(known, known) / total * np.exp((products + products.T) / 2)
