"""A space as the folder of a Hugging Face model: safetensors, JSON and a model card, nothing that is pickled.

Word vectors open in sentence-transformers (a StaticEmbedding, by modules.json) and in model2vec's StaticModel: a text's vector
is the mean of its words'. Vectors of users, items, values, texts and rows have no tokenizer; any reader of safetensors opens them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

from embedviz.core.typed_json import JsonObject
from embedviz.core.version import VERSION
from embedviz.exports.files_together import FileWriter, from_blocks
from embedviz.exports.label_files import has_columns, label_files
from embedviz.exports.model_card import model_card
from embedviz.exports.word_tokenizer import tokenizer_json
from embedviz.formats.companions import CONFIG, METADATA_JSON, OWN, VOCABULARY_JSON, WEIGHTS
from embedviz.formats.safetensors_file import write_tensor
from embedviz.space import EmbeddingSpace
from embedviz.store.run_folder import RunFolder

TOKENIZER, MODULES, CARD = "tokenizer.json", "modules.json", "README.md"
TENSOR = "embeddings"  # the name that model2vec and sentence-transformers read
OPTIONAL = (METADATA_JSON, TOKENIZER, MODULES)
MAX_SAMPLED = 10_000  # labels that tell how text is split, where no run says it


class WordSplitting(NamedTuple):
    """How texts are split into the words of a space.

    Attributes
    ----------
    tokenizer : str
        A name of `embedviz.text.tokenizers.TOKENIZERS`.
    lowercase : bool
        Whether texts are lower-cased first.
    is_guessed : bool
        Told by the labels, not by the settings of a training.
    """

    tokenizer: str
    lowercase: bool
    is_guessed: bool


def hugging_face_files(space: EmbeddingSpace, run: RunFolder | None = None) -> dict[str, FileWriter]:
    """Return the files of the folder by name, each with what writes it.

    Parameters
    ----------
    space : EmbeddingSpace
        Its vectors, in memory or mapped; they are written block by block.
    run : RunFolder, optional
        The run that the space is of: its scores, protocol and settings stand in the model card.
    """
    splitting = word_splitting(space, run)
    unnamed = 0 if splitting is None else 1
    files: dict[str, FileWriter] = {
        CONFIG: _json(_config(space, unnamed)),
        WEIGHTS[0]: lambda stream: write_tensor(stream, TENSOR, space.vectors, {"format": "pt"}, zero_rows=unnamed),
        **{name: from_blocks(blocks) for name, blocks in label_files(space).items()},
    }
    if splitting is not None:
        files[TOKENIZER] = _json(tokenizer_json(list(space.labels), splitting.tokenizer, splitting.lowercase), None)
        files[MODULES] = _json(
            [{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.StaticEmbedding"}]
        )
    how = None if splitting is None else splitting_sentence(splitting, space.labels)
    files[CARD] = from_blocks([model_card(space, run, how).encode()])
    return files


def word_splitting(space: EmbeddingSpace, run: RunFolder | None) -> WordSplitting | None:
    """Return how texts are split into the space's words; None for a space whose labels are not words.

    By the settings of the run. Opened vectors tell by their labels: punctuation marks among them mean that they are words of
    their own, and capital letters that texts keep theirs.
    """
    if space.kind != "word":
        return None
    settings = run.settings if run is not None else None
    if settings is not None:
        known = settings.model_dump()
        # sentiment has no such setting: its texts are split as GloVe's were
        return WordSplitting(str(known.get("tokenizer", "treebank")), bool(known.get("lowercase", True)), False)
    labels = space.labels[:MAX_SAMPLED]
    has_marks = any(mark in labels for mark in (",", "."))
    return WordSplitting("treebank" if has_marks else "words", all(label == label.lower() for label in labels), True)


def splitting_sentence(splitting: WordSplitting, labels: Sequence[str]) -> str:
    """Return how texts are split, and which labels no text can reach."""
    ways = {
        "words": "into runs of letters and digits",
        "basic_english": "as torchtext's basic_english does, punctuation marks as words",
        "whitespace": "at white space",
        "treebank": "as the Penn Treebank does, punctuation marks as words",
    }
    case = "lower-cased and " if splitting.lowercase else ""
    why = ", as the labels suggest" if splitting.is_guessed else ""
    sentence = f"Texts are {case}split {ways[splitting.tokenizer]}{why}."
    joined = sum("_" in label.strip("_") for label in labels)
    if joined and splitting.tokenizer == "words":
        sentence += f" {joined:,} labels hold an underscore (joined phrases); no text is split into them."
    return sentence


def _config(space: EmbeddingSpace, unnamed_rows: int) -> JsonObject:
    own: JsonObject = {
        "version": VERSION,
        "kind": space.kind,
        "labels": METADATA_JSON if has_columns(space.columns) else VOCABULARY_JSON,
        "unnamed_rows": unnamed_rows,
    }
    count, dim = len(space.labels) + unnamed_rows, space.dim
    config: JsonObject = {OWN: own, "hidden_dim": dim, "vocab_size": count, "embedding_dtype": "float32"}
    if unnamed_rows:
        config |= {"model_type": "model2vec", "architectures": ["StaticModel"], "normalize": False}
        config |= {"apply_pca": False, "apply_zipf": False}
    return config


def _json(value: object, indent: int | None = 1) -> FileWriter:
    return from_blocks([json.dumps(value, ensure_ascii=False, indent=indent).encode()])
