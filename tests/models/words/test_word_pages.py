"""Pages of plain PyTorch for settings beside the presets, and what they minimise beside the kernels."""

from dataclasses import replace

import numpy as np
import pytest

from embedviz.models import model_spec
from embedviz.models.words import sampling_page
from embedviz.models.words.huffman import HuffmanTree
from embedviz.models.words.noise import noise_table
from embedviz.models.words.sampling_kernel import sigmoid_table, train_span
from embedviz.models.words.sampling_page import all_rows
from embedviz.testing.pages import run_pages
from tests.models.words.fitting import finish, learner, prepare

pytestmark = pytest.mark.slow

VARIANTS = {
    "skipgram with a tree": ("skipgram", {"loss": "hierarchical_softmax"}),
    "cbow with a tree": ("cbow", {"loss": "hierarchical_softmax"}),
    "fasttext with a tree": ("fasttext", {"loss": "hierarchical_softmax", "min_n": 1, "max_n": 2, "buckets": 40}),
    "fasttext that shares a gradient": ("fasttext", {"subword_gradient": "divided", "buckets": 1000}),
    "fasttext without n-grams": ("fasttext", {"min_n": 9, "max_n": 9, "buckets": 40}),
    "skipgram with phrases": ("skipgram", {"phrases": 1, "phrase_min_count": 1, "phrase_threshold": 1}),
    "skipgram with sub-sampling": ("skipgram", {"subsample": 1e-3, "tokenizer": "basic_english"}),
    "ppmi_svd with all weight on one table": (
        "ppmi_svd",
        {"singular_power": 1.0, "tokenizer": "whitespace", "lowercase": False},
    ),
    "glove with other weights": ("glove", {"x_max": 3.0, "weighting_power": 0.5}),
}


def trained(name, text, **settings):
    training = learner(prepare(name, text, **{"epochs": 2, **settings}))
    return finish(training).best(), model_spec(name).Settings.of(**settings)


def test_every_variant_answers_as_the_run(many_topics):
    pages = {
        name: model_spec(model).pytorch_page(*trained(model, many_topics, **s)) for name, (model, s) in VARIANTS.items()
    }
    printed = run_pages(pages)
    assert printed.count("loss: differs") == len(VARIANTS)
    assert "phrases" in pages["skipgram with phrases"].script
    assert "noise" not in pages["skipgram with a tree"].inputs


def test_the_example_of_an_unknown_word_is_long_enough_for_an_n_gram():
    text = "\n".join(["at on in by", "at elephants", "on telephones", "in hammerheads"] * 40)
    page = model_spec("fasttext").pytorch_page(*trained("fasttext", text, min_n=9, max_n=9, buckets=40))
    assert len(page.inputs["unknown word"]) > 9
    assert "vector of an unknown word: differs" in run_pages({"long": page})


@pytest.mark.parametrize("model", ["glove", "ppmi_svd"])
def test_the_counts_of_the_examples_follow_from_those_of_the_run(two_topics, model):
    """Twice the counts of all words are twice the counts of the examples."""
    vectors, settings = trained(model, two_topics)
    once = model_spec(model).pytorch_page(vectors, settings)
    twice = model_spec(model).pytorch_page(replace(vectors, counts=2 * vectors.counts), settings)
    np.testing.assert_allclose(2 * np.array(once.inputs["counts"]), twice.inputs["counts"])
    assert "made up" not in once.script


@pytest.mark.parametrize("model", ["skipgram", "cbow"])
@pytest.mark.parametrize("loss", ["negative_sampling", "hierarchical_softmax"])
def test_the_loss_is_the_one_that_the_kernel_adds_up(two_topics, model, loss):
    """At a rate of 0, with one word of a window and noise that is always the same word."""
    vectors, _ = trained(model, two_topics, loss=loss)
    assert len(vectors.labels) > 7
    kernel = np.array([kernel_loss(vectors, w, c, 7, model == "cbow") for w, c in ((0, 1), (3, 2), (5, 0))])
    pairs = np.array([[0, 1], [3, 2], [5, 0]])
    both = []
    for first, second in (pairs.T, pairs.T[::-1]):  # each word of a pair is once in the middle
        words = first if model == "skipgram" else second[:, None]
        targets = second if model == "skipgram" else first
        both.append(sampling_page._loss(vectors, words, targets[:, None], np.full((len(pairs), 2), 7)))
    np.testing.assert_allclose(kernel, sum(both), atol=0.05)  # the kernel looks its curve up in steps of 0.006
    assert kernel.std() > 0


def kernel_loss(vectors, first, second, noise_word, from_contexts):
    V, dim = vectors.centre.shape
    tree = HuffmanTree.of(vectors.counts) if vectors.has_tree else None
    paths = (
        (tree.starts, tree.nodes, tree.turns)
        if tree
        else (np.zeros(1, np.int64), np.zeros(0, np.int32), np.zeros(0, np.float32))
    )
    noise = np.zeros(V)
    noise[noise_word] = 1
    W, C = (np.zeros((V, 16), np.float32) for _ in range(2))
    W[:, :dim], C[: len(vectors.context), :dim] = vectors.centre, vectors.context
    nothing, tally = np.zeros(0, np.float32), np.zeros(2)
    tokens, starts = np.array([first, second, -1], np.int32), np.zeros(1, np.int64)
    whole = np.array([0, len(tokens)])
    train_span(
        tokens, whole, whole, W, C, np.zeros(V, np.float32), np.zeros(V, np.float32), np.ones(V, np.float32), noise_table(noise),
        sigmoid_table(), *paths, starts, np.zeros(0, np.int32), from_contexts, False, 1, 2, np.zeros(2), False, dim, 0, nothing,
        starts, 0, nothing, starts, np.array([1], np.uint64), tally,
    )  # fmt: skip
    return tally[0]


def test_the_means_of_all_rows_are_the_words_of_fasttext(two_topics):
    vectors, _ = trained("fasttext", two_topics, buckets=500)
    rows = all_rows(vectors, vectors.subwords)
    owners, buckets = vectors.subwords.buckets([label.encode() for label in vectors.labels])
    places = len(vectors.labels) + np.searchsorted(vectors.subwords.used, buckets)
    means = np.array([np.vstack([rows[w], rows[places[owners == w]]]).mean(0) for w in range(len(vectors.labels))])
    np.testing.assert_allclose(means, vectors.centre, atol=1e-6)
    assert not np.allclose(rows[: len(means)], vectors.centre, atol=1e-2)
