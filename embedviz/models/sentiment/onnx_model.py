"""A trained sentiment model as an ONNX graph: rows of words and of n-grams in, probabilities of the classes out.

Letters: N texts, L words of the longest, G n-grams of the text that has most, D dimensions, H units, C classes.
"""

from __future__ import annotations

from string import Template

import numpy as np

from embedviz.core.typed_json import JsonObject
from embedviz.models.sentiment import page_sections as sections
from embedviz.models.sentiment.pytorch_page import (
    example_inputs,
    example_texts,
    example_words,
    nothing_known,
    page_values,
)
from embedviz.models.sentiment.trained import TrainedSentiment
from embedviz.text.plain_tokenizers import MODULES, tokenizer_source
from embedviz.training.onnx_graph import Graph, OnnxExport
from embedviz.training.onnx_reader import make_reader

GATES = (0, 3, 1, 2)  # torch keeps input, forget, cell, output; ONNX input, output, forget, cell

_INPUTS = '''
def padded(rows, dtype):
    """Return lists of different lengths as an array (N, longest), with zeros behind, at least one column."""
    found = np.zeros((len(rows), max([1, *map(len, rows)])), dtype)
    for line, numbers in zip(found, rows):
        line[: len(numbers)] = numbers
    return found


def inputs_of(texts, sentences=None):
    """Return the tensors of texts given as words; sentences: the sentence encoder's vectors, where the model has one."""
    rows = [rows_of(words) for words in texts]
    tensors = {"words": padded(rows, np.int64), "lengths": np.array([len(row) for row in rows], np.int32)}
    if "ngrams" in VALUES:
        kinds = [known_ngrams(words) for words in texts]
        tensors["ngrams"] = padded([[row for kind in found for row in kind] for found in kinds], np.int64)
        weights = [[1 / math.sqrt(len(kind)) for kind in found for _ in kind] for found in kinds]
        tensors["ngram_weights"] = padded(weights, np.float32)
    if sentences is not None:
        tensors["sentences"] = np.array(sentences, np.float32)
    return {taken.name: tensors[taken.name] for taken in SESSION.get_inputs()}
'''

_PREDICT = '''
def nothing_known(words):
    """Return True for a text given as words of which nothing is known."""
    return $nothing_known


def predict(texts, sentences=None):
    """Return the probabilities of VALUES["classes"] for texts: (N, C) float32."""
    words = [words_of(text)[:$max_length] for text in texts]
    found = SESSION.run(["probabilities"], inputs_of(words, sentences))[0]
    for i, text in enumerate(words):
        if nothing_known(text):  # the shares of the classes in the training set
            found[i] = VALUES["shares"]
    return found


def answers(inputs):
    """Return what is predicted for the examples."""
    return {"probabilities": predict(inputs["texts"], inputs.get("sentence vectors"))}
'''


def sentiment_onnx(trained: TrainedSentiment) -> OnnxExport:
    """Return the graph of a sentiment model, with the parts that it has."""
    texts = example_texts(trained)
    inputs, sentences = example_inputs(trained, texts)
    source = [tokenizer_source("treebank", trained.settings.lowercase), sections.VOCABULARY]
    if trained.ngrams is not None:
        source.append(sections.NGRAMS)
    filled = {"nothing_known": nothing_known(trained), "max_length": trained.settings.max_length}
    source += [_INPUTS, Template(_PREDICT).substitute(filled)]
    about = [
        "The graph takes words (int64, rows of the vocabulary, padded with 0 behind) and lengths (int32) of texts, and gives "
        "probabilities (float32) of the classes.",
    ]
    if trained.ngrams is not None:
        about.append(
            "ngrams (int64) are rows of the known n-grams of words and of characters, each with its weight in ngram_weights "
            "(float32), 0 where they are padded."
        )
    reader = make_reader("Sentiment of texts", about, source, [*MODULES, "math"])
    values: JsonObject = {**page_values(trained), "shares": trained.shares.tolist()}
    answers = trained.answers(example_words(trained, texts), sentences)
    return OnnxExport(_graph(trained), reader, values, inputs, {"probabilities": answers.probabilities.tolist()})


def _graph(trained: TrainedSentiment) -> bytes:
    graph, logits = Graph("sentiment"), list[str]()
    if trained.use_network:
        logits.append(_network(graph, trained))
    if trained.linear is not None:
        ngrams = graph.input("ngrams", np.int64, "texts", "ngrams")
        weights = graph.input("ngram_weights", np.float32, "texts", "ngrams")
        rows = graph.add("Gather", graph.constant(trained.linear.weights), ngrams)  # (N, G, C)
        weighted = graph.add("Mul", rows, graph.add("Unsqueeze", weights, graph.constant([2], np.int64)))
        found = graph.add("ReduceSum", weighted, graph.constant([1], np.int64), keepdims=0)
        logits.append(graph.add("Add", found, graph.constant(trained.linear.bias)))
    if (term := trained.sentence) is not None:
        vectors = graph.input("sentences", np.float32, "texts", len(term.weights))
        product = graph.add("MatMul", vectors, graph.constant(term.weights, np.float32))
        logits.append(graph.add("Add", product, graph.constant(term.bias, np.float32)))
    mean = graph.add("Mean", *logits)
    graph.output(graph.add("Softmax", mean, axis=-1), "probabilities", np.float32, "texts", len(trained.classes))
    return graph.to_bytes()


def _network(graph: Graph, trained: TrainedSentiment) -> str:
    """Add the network of word vectors: (N, L), (N,) -> (N, C)."""
    s, weights = trained.settings, trained.weights
    words, lengths = graph.input("words", np.int64, "texts", "length"), graph.input("lengths", np.int32, "texts")
    table = weights["embedding.weight"]
    if len(trained.further):
        table = np.concatenate([table, trained.further.astype(np.float32)])
    embedded = graph.add("Transpose", graph.add("Gather", graph.constant(table), words), perm=[1, 0, 2])  # (L, N, D)
    states, last = embedded, ""
    if s.encoder == "lstm":
        states, last = _lstm(graph, trained, embedded, lengths)  # (L, N, H or 2H), (N, H or 2H)
    if s.pooling == "last" and s.encoder == "lstm":
        pooled = last
    else:
        pooled = _pooled(graph, states, words, lengths, is_last=s.pooling == "last")
    product = graph.add("MatMul", pooled, graph.constant(weights["fc.weight"].T))
    return graph.add("Add", product, graph.constant(weights["fc.bias"]))


def _lstm(graph: Graph, trained: TrainedSentiment, embedded: str, lengths: str) -> tuple[str, str]:
    """Add the LSTM, whose second direction reads each text from its own end; return its states, and the last ones."""
    weights = trained.weights
    names = ["lstm", "lstm_back"] if trained.settings.bidirectional else ["lstm"]
    inputs, recurrent = (
        np.stack([_gates(weights[f"{name}.{kind}_l0"]) for name in names]) for kind in ("weight_ih", "weight_hh")
    )
    biases = [
        np.concatenate([_gates(weights[f"{name}.{kind}_l0"]) for kind in ("bias_ih", "bias_hh")]) for name in names
    ]
    arrays = [graph.constant(array, np.float32) for array in (inputs, recurrent, np.stack(biases))]
    found, final = graph.add_several(
        "LSTM",
        [embedded, *arrays, lengths],
        2,
        hidden_size=recurrent.shape[2],
        direction="bidirectional" if len(names) > 1 else "forward",
    )
    states = graph.add("Transpose", found, perm=[0, 2, 1, 3])  # (L, N, directions, H)
    last = graph.add("Transpose", final, perm=[1, 0, 2])  # (N, directions, H)
    return (
        graph.add("Reshape", states, graph.constant([0, 0, -1], np.int64)),
        graph.add("Reshape", last, graph.constant([0, -1], np.int64)),
    )


def _gates(array: np.ndarray) -> np.ndarray:
    return np.concatenate([np.split(array, 4)[gate] for gate in GATES])


def _pooled(graph: Graph, states: str, words: str, lengths: str, is_last: bool) -> str:
    """Add the mean and the maximum over the words of each text, or its last word: (L, N, D) -> (N, 2D) or (N, D)."""
    first, axis = graph.constant([0], np.int64), graph.constant([2], np.int64)
    n_words = graph.add("Gather", graph.add("Shape", words), graph.constant(1, np.int64))
    place = graph.add("Range", graph.constant(0, np.int64), n_words, graph.constant(1, np.int64))
    place = graph.add("Unsqueeze", place, graph.constant([1], np.int64))  # (L, 1)
    ends = graph.cast(lengths, np.int64)
    if is_last:
        is_end = graph.add("Equal", graph.add("Add", place, graph.constant(1, np.int64)), ends)  # (L, N)
        chosen = graph.add("Mul", states, graph.cast(graph.add("Unsqueeze", is_end, axis), np.float32))
        return graph.add("ReduceSum", chosen, first, keepdims=0)
    is_word = graph.add("Unsqueeze", graph.add("Less", place, ends), axis)  # (L, N, 1)
    total = graph.add("ReduceSum", graph.add("Mul", states, graph.cast(is_word, np.float32)), first, keepdims=0)
    n = graph.add("Unsqueeze", graph.cast(lengths, np.float32), graph.constant([1], np.int64))
    highest = graph.add("Where", is_word, states, graph.constant(-np.inf, np.float32))
    return graph.add("Concat", graph.add("Div", total, n), graph.add("ReduceMax", highest, first, keepdims=0), axis=1)
