"""What the PyTorch pages of all word algorithms share: the vocabulary, neighbours, and examples out of the vocabulary.

Letters: B examples, K words of each, V words, D dimensions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from string import Template

import numpy as np
from pydantic import JsonValue

from embedviz.core.typed_json import JsonObject
from embedviz.models.words import page_sections as sections
from embedviz.models.words.settings import SamplingSettings, WordSettings
from embedviz.models.words.trained import WordVectors
from embedviz.text.plain_tokenizers import MODULES, tokenizer_source, tokenizer_values
from embedviz.text.tokenizers import tokenizer
from embedviz.training.pytorch_page import PyTorchPage, make_script

N_NEIGHBOURS, N_WORDS = 5, 3
N_EXAMPLES, N_CONTEXTS = 4, 4
N_SETTINGS_NAMED = 12
PAIRS = 'words, contexts = torch.tensor(inputs["words"]), torch.tensor(inputs["contexts"])'


@dataclass(frozen=True)
class Algorithm:
    """What a page says of one algorithm.

    Attributes
    ----------
    title, about
        Of the page.
    sections
        Its tables and what it minimises.
    filled
        What the sections leave open.
    weights
        Of its tables, by their names in the page's state dict.
    inputs, outputs
        Further examples, with the loss.
    examples, loss
        Python that reads the inputs, and that computes the loss.
    imports
        Modules that the sections need.
    further
        Entries of the answers beyond those that all algorithms give.
    tensors
        Beside the weights.
    """

    title: str
    about: str
    sections: Sequence[str]
    filled: Mapping[str, object]
    weights: Mapping[str, np.ndarray]
    inputs: JsonObject
    outputs: JsonObject
    examples: str
    loss: str
    imports: Sequence[str] = ()
    further: str = ""
    tensors: Mapping[str, np.ndarray] = field(default_factory=dict[str, np.ndarray])


def word_page(trained: WordVectors, settings: WordSettings, algorithm: Algorithm) -> PyTorchPage:
    """Return the page of an algorithm's vectors."""
    space = trained.spaces()["word"]
    text = example_text(trained.labels)
    split = tokenizer(settings.tokenizer, settings.lowercase)
    near = {word: space.neighbors(word, N_NEIGHBOURS) for word in _example_words(trained.labels)}
    similarities: list[JsonValue] = [float(x) for frame in near.values() for x in frame["similarity"]]
    words = np.array(example_rows(len(trained.labels)))
    contexts = np.array(example_contexts(len(trained.labels)))
    known = {label: row for row, label in enumerate(trained.labels)}
    shown = "the sum of both tables, as in the paper" if trained.is_sum else "the first table"
    filled = {
        "words": len(trained.labels),
        "dim": trained.centre.shape[1],
        "shown": shown,
        "vectors": "(model.embedding.weight + model.context_embedding.weight).detach()"
        if trained.is_sum
        else "model.embedding.weight.detach()",
        "examples": algorithm.examples,
        "loss": algorithm.loss,
        "further": algorithm.further,
        **algorithm.filled,
    }
    source = [
        Template(section).substitute(filled) for section in (*algorithm.sections, sections.NEIGHBOURS, sections.ANSWERS)
    ]
    source = [tokenizer_source(settings.tokenizer, settings.lowercase), sections.VOCABULARY, *source]
    return PyTorchPage(
        make_script(
            algorithm.title, [_ABOUT, algorithm.about, *_notes(settings)], source, (*MODULES, *algorithm.imports)
        ),
        {**{f"model.{name}": array for name, array in algorithm.weights.items()}, **algorithm.tensors},
        {"tokenizer": tokenizer_values(settings.tokenizer), "vocabulary": [*trained.labels]},
        {
            "text": text,
            "neighbours": {word: frame["label"].tolist() for word, frame in near.items()},
            "words": words.tolist(),
            "contexts": contexts.tolist(),
            **algorithm.inputs,
        },
        {
            "words of the text": [*split(text)],
            "rows of the text": [known[word] for word in split(text) if word in known],
            "highest similarities": similarities,
            "similarities of the run's neighbours": similarities,
            "log-probabilities": trained.log_probabilities(words, contexts).tolist(),
            **algorithm.outputs,
        },
    )


def example_text(labels: Sequence[str]) -> str:
    """Return a text with words of the vocabulary, and with what a tokeniser has to decide."""
    first, *others = labels[:4]
    return f"{first.upper()}: {' -- '.join(others)}... “naïve” readers’ {first}, don't they? <3 12.5"


def example_rows(n_words: int) -> list[int]:
    """Return some words, spread over the vocabulary: (N_EXAMPLES)."""
    return np.linspace(0, n_words - 1, N_EXAMPLES).astype(int).tolist()


def example_contexts(n_words: int, behind: int = 1) -> list[list[int]]:
    """Return words that stand behind the example rows in the vocabulary: (N_EXAMPLES, N_CONTEXTS)."""
    return [[(row + behind + k) % n_words for k in range(N_CONTEXTS)] for row in example_rows(n_words)]


def context_bias(trained: WordVectors) -> np.ndarray:
    """Return what is added for each word as a context in log-probabilities: (V,) float32."""
    return np.zeros(len(trained.labels), np.float32) if trained.context_bias is None else trained.context_bias


def _example_words(labels: list[str]) -> list[str]:
    return [labels[row] for row in dict.fromkeys(np.linspace(0, len(labels) // 2, N_WORDS).astype(int).tolist())]


_ABOUT = (
    "The text's Example 1 loads pre-trained word vectors into nn.Embedding.from_pretrained. This page is where such vectors come "
    "from: two embedding tables that learn from a text which words stand near each other. The first is what you would load."
)


def _notes(settings: WordSettings) -> list[str]:
    """Return in what the settings differ from the authors', and what the page leaves out."""
    notes: list[str] = []
    authors = type(settings).presets.get("original", {})
    other = {name: value for name, value in authors.items() if getattr(settings, name) != value}
    if other and isinstance(settings, SamplingSettings):
        why = "The defaults were chosen on the Brown corpus, since the authors' values suit far larger texts."
    else:
        why = "The defaults suit small texts; the authors' values were made for far larger ones."
    if other:
        named = ", ".join(
            f"{name} {_setting(settings, name)} for {value}" for name, value in list(other.items())[:N_SETTINGS_NAMED]
        )
        notes.append(f"Where the run differs from the authors' settings (preset original): {named}. {why}")
    if settings.phrases:
        notes.append(
            "The run joined neighbouring words to phrases, such as new_york, before it read the text. This page does not: "
            "write a phrase as it stands in the vocabulary."
        )
    return notes


def _setting(settings: WordSettings, name: str) -> str:
    value = getattr(settings, name)
    return "as the size of the text asks" if value is None else str(value)
