"""Skip-gram, CBOW and fastText in plain PyTorch.

Letters: B examples, K words of each, V words, U n-gram buckets that are used, D dimensions.
"""

from __future__ import annotations

import numpy as np

from embedviz.core.typed_json import JsonObject
from embedviz.models.words import page_sections as sections
from embedviz.models.words.huffman import HuffmanTree
from embedviz.models.words.pytorch_page import PAIRS, Algorithm, context_bias, example_contexts, example_rows, word_page
from embedviz.models.words.settings import SamplingSettings
from embedviz.models.words.trained import WordVectors
from embedviz.space.subwords import Subwords
from embedviz.training.pytorch_page import PyTorchPage

N_CONTEXTS = 4  # of the examples of the loss; the noise words come behind them in the vocabulary
WINDOWS = 'words, contexts = torch.tensor(inputs["windows"]), torch.tensor(inputs["targets"])'
NOISE = 'noise = torch.tensor(inputs["noise"])'


def skipgram_page(trained: WordVectors, settings: SamplingSettings) -> PyTorchPage:
    """Return the page of skip-gram."""
    about = "Skip-gram: the vector of a word learns to predict the words around it."
    return _page(
        trained, settings, "Word vectors by skip-gram", about, sections.SKIPGRAM, {"embedding.weight": trained.centre}
    )


def cbow_page(trained: WordVectors, settings: SamplingSettings) -> PyTorchPage:
    """Return the page of CBOW."""
    about = "Continuous bag of words: the mean vector of the words around a place learns to predict the word there."
    title = "Word vectors by continuous bag of words"
    return _page(
        trained, settings, title, about, sections.CBOW, {"embedding.weight": trained.centre}, predicts_from_windows=True
    )


def fasttext_page(trained: WordVectors, settings: SamplingSettings) -> PyTorchPage:
    """Return the page of fastText."""
    title, ngrams = "Word vectors by fastText", trained.subwords
    if ngrams is None:
        about = (
            "fastText: skip-gram in which character n-grams have rows too. No word of this run is long enough to have an n-gram, so "
            "this is skip-gram."
        )
        return _page(trained, settings, title, about, sections.SKIPGRAM, {"embedding.weight": trained.centre})
    about = (
        "fastText: skip-gram in which a word's vector is the mean of a row of its own and of those of its character n-grams, so "
        "that forms of a word are near each other, and a word that the text never had has a vector too."
    )
    tables = {"embedding.weight": all_rows(trained, ngrams)}
    return _page(trained, settings, title, about, sections.FASTTEXT, tables, ngrams=ngrams)


def _page(
    trained: WordVectors,
    settings: SamplingSettings,
    title: str,
    about: str,
    section: str,
    tables: dict[str, np.ndarray],
    *,
    predicts_from_windows: bool = False,
    ngrams: Subwords | None = None,
) -> PyTorchPage:
    V = len(trained.labels)
    words, contexts = np.array(example_rows(V)), np.array(example_contexts(V))
    noise = np.array(example_contexts(V, 1 + N_CONTEXTS))
    inputs: JsonObject = {}
    if predicts_from_windows:  # the words around predict the one in the middle
        words, contexts = contexts, words[:, None]
        inputs |= {"windows": words.tolist(), "targets": contexts.tolist()}
    outputs: JsonObject = {"loss": _loss(trained, words, contexts, noise).tolist()}
    if predicts_from_windows:
        outputs["log-probabilities"] = trained.log_probabilities(words, contexts).tolist()
    weights = {**tables, "context_embedding.weight": trained.context, "context_bias": context_bias(trained)}
    tensors: dict[str, np.ndarray] = {}
    filled: dict[str, object] = {
        "contexts": "num_words - 1" if trained.has_tree else "num_words",
        "negative_samples": settings.negative_samples,
        "noise_power": f"{settings.noise_power:g}",
    }
    further, examples = "", WINDOWS if predicts_from_windows else PAIRS
    if ngrams is not None:
        tensors["buckets"] = np.arange(len(ngrams)) if ngrams.used is None else ngrams.used
        filled |= {
            "min_n": ngrams.min_n,
            "max_n": ngrams.max_n,
            "buckets": len(ngrams),
            "rows": len(tables["embedding.weight"]),
        }
        filled["vectors"] = "model.input_vectors(torch.arange(len(WORDS))).detach()"
        inputs["unknown word"] = unknown = trained.labels[0] + "zq" * ngrams.min_n  # long enough to have an n-gram
        composed = ngrams.compose(unknown)
        outputs["vector of an unknown word"] = [] if composed is None else composed.tolist()
        further = '\n        "vector of an unknown word": model.unknown_word(inputs["unknown word"]),'
    if trained.has_tree:
        tree, objective, loss = HuffmanTree.of(trained.counts), [sections.TREE], "loss(words, contexts)"
        tensors |= {"tree.starts": tree.starts, "tree.nodes": tree.nodes, "tree.turns": tree.turns}
    else:
        objective, loss = [sections.NEGATIVE_SAMPLING, sections.LOG_PROBABILITY], "loss(words, contexts, noise)"
        inputs["noise"], examples = noise.tolist(), f"{examples}\n    {NOISE}"
    algorithm = Algorithm(
        title,
        about,
        [section, *objective],
        filled,
        weights,
        inputs,
        outputs,
        examples,
        loss,
        further=further,
        tensors=tensors,
    )
    return word_page(trained, settings, algorithm)


def all_rows(trained: WordVectors, ngrams: Subwords) -> np.ndarray:
    """Return the rows that words are means of, those of words before those of n-grams: (V + U, D) float32.

    A model keeps the means. The row of a word is what its mean needs beside the word's n-grams.
    """
    V, dim = trained.centre.shape
    owners, buckets = ngrams.buckets([label.encode("utf-8", "replace") for label in trained.labels])
    counts = 1 + np.bincount(owners, minlength=V)
    own = counts[:, None] * trained.centre.astype(np.float64)
    np.subtract.at(own, owners, ngrams.of_buckets(buckets).astype(np.float64))
    return np.concatenate([own.astype(np.float32), np.asarray(ngrams.vectors, np.float32).reshape(-1, dim)])


def _loss(trained: WordVectors, words: np.ndarray, contexts: np.ndarray, noise: np.ndarray) -> np.ndarray:
    """Return what the training minimises, for each input: words (B,) or windows (B, M), (B, K), (B, N) -> (B,)."""
    import torch

    from embedviz.models.words.sampling_gpu import gradients

    h = trained.centre[words] if words.ndim == 1 else trained.centre[words].mean(1)
    if trained.has_tree:
        return -HuffmanTree.of(trained.counts).log_probabilities(h, trained.context, contexts).sum(1)
    targets = np.concatenate([contexts, noise], 1)
    labels = np.concatenate([np.ones(contexts.shape), np.zeros(noise.shape)], 1)
    weights = np.where(labels > 0, 1, contexts.shape[1])
    vectors = torch.from_numpy(h), torch.from_numpy(trained.context[targets])
    marks = torch.from_numpy(labels.astype(np.float32)), torch.from_numpy(weights.astype(np.float32))
    return gradients(*vectors, *marks).loss.numpy()
