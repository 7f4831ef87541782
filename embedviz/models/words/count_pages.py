"""GloVe and PPMI-SVD in plain PyTorch: the algorithms that read counts of pairs."""

from __future__ import annotations

import numpy as np

from embedviz.core.typed_json import JsonObject
from embedviz.models.words import page_sections as sections
from embedviz.models.words.glove import GloveSettings, train_span
from embedviz.models.words.ppmi_svd import PpmiSettings, ppmi_matrix
from embedviz.models.words.pytorch_page import Algorithm, example_rows, word_page
from embedviz.models.words.trained import WordVectors
from embedviz.text.cooccurrence import Cooccurrences
from embedviz.training.pytorch_page import PyTorchPage

COUNTS = (1.0, 3.0, 20.0, 150.0)  # of the examples' pairs; the texts' own are not kept


def glove_page(trained: WordVectors, settings: GloveSettings) -> PyTorchPage:
    """Return the page of GloVe."""
    assert trained.centre_bias is not None
    assert trained.context_bias is not None
    V = len(trained.labels)
    first = np.array(example_rows(V), np.int32)
    second = ((first + 1) % V).astype(np.int32)
    totals = np.maximum(trained.counts, 1).astype(np.float64)
    inputs: JsonObject = {
        "pairs": [first.tolist() + second.tolist(), second.tolist() + first.tolist()],
        "counts": [*COUNTS, *COUNTS],
        "totals": totals[np.concatenate([first, second])].tolist(),
    }
    model = {
        "embedding.weight": trained.centre,
        "context_embedding.weight": trained.context,
        "bias.weight": trained.centre_bias[:, None],
        "context_bias.weight": trained.context_bias[:, None],
    }
    algorithm = Algorithm(
        "Word vectors by GloVe",
        "GloVe: products of vectors learn the logarithm of how often two words stand together in the whole text, which is counted "
        "first. The run descends by AdaGrad with one rate for a vector. The counts of the examples below are made up, since those "
        "of the text are not kept.",
        [sections.GLOVE],
        {"x_max": f"{settings.x_max:g}", "weighting_power": f"{settings.weighting_power:g}"},
        {f"model.{name}": array for name, array in model.items()},
        inputs,
        {"loss": glove_loss(trained, settings, first, second, totals)},
        _EXAMPLES,
        'loss(*torch.tensor(inputs["pairs"]), torch.tensor(inputs["counts"]), torch.tensor(inputs["totals"])).sum()',
    )
    return word_page(trained, settings, algorithm)


def glove_loss(
    trained: WordVectors, settings: GloveSettings, first: np.ndarray, second: np.ndarray, totals: np.ndarray
) -> float:
    """Return the loss of pairs in both directions, as the kernel of the training adds it up; its rate is 0."""
    assert trained.centre_bias is not None
    assert trained.context_bias is not None
    V, counts = len(trained.labels), np.array(COUNTS)
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
    counts = Cooccurrences(first, second, np.resize(COUNTS, len(first)), n)
    matrix = np.zeros((n, n))
    matrix[first, second] = matrix[second, first] = counts.counts
    entries = ppmi_matrix(counts, settings.context_smoothing, settings.shift).toarray()
    errors = entries - trained.centre[words].astype(np.float64) @ trained.context[words].T
    bias = np.zeros(len(trained.labels), np.float32) if trained.context_bias is None else trained.context_bias
    model = {"embedding.weight": trained.centre, "context_embedding.weight": trained.context, "context_bias": bias}
    algorithm = Algorithm(
        "Word vectors by PPMI-SVD",
        "PPMI-SVD: the main directions of the matrix that says how much more often than by chance two words stand together. It is "
        "counted and factorised, not trained, and is a strong baseline on small texts. The counts of the examples below are made "
        "up, since those of the text are not kept.",
        [sections.PPMI],
        {"context_smoothing": f"{settings.context_smoothing:g}", "shift": f"{settings.shift:g}"},
        {f"model.{name}": array for name, array in model.items()},
        {"counts": [[float(count) for count in row] for row in matrix]},
        {"ppmi": [[float(entry) for entry in row] for row in entries], "loss": float((errors**2).sum())},
        f'{_EXAMPLES}\n    counts = torch.tensor(inputs["counts"], dtype=torch.float64)',
        "loss(words, counts)",
        ["math"],
        '\n        "ppmi": ppmi(counts),',
    )
    return word_page(trained, settings, algorithm)


_EXAMPLES = 'words, contexts = torch.tensor(inputs["words"]), torch.tensor(inputs["contexts"])'
