"""Settings that the algorithms for word vectors share. The names of word2vec.c, GloVe and fastText are in the help."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field
from pydantic.config import JsonDict

from embedviz.core.settings import TrainingSettings

NO_VECTORS = "none"
WITH_PHRASES: JsonDict = {"not_for": {"phrases": [0]}}
WITH_VECTORS: JsonDict = {"not_for": {"vectors": [NO_VECTORS]}}
WITH_NOISE_WORDS: JsonDict = {"only_for": {"loss": ["negative_sampling"]}}
# What a search tries leaves out the window and whatever chooses the words: with others the held-out pairs are others.
TUNED_RATE: JsonDict = {"tune": [0.01, 0.2, "log"]}


class WordSettings(TrainingSettings):
    """Settings of every algorithm: how the text is read, and the size of the vectors."""

    predicts_from_windows: ClassVar[bool] = False  # a word from the mean of all words around it

    tokenizer: Literal["words", "basic_english", "whitespace"] = Field(
        "words", description="How text is split: words of any script, torchtext's basic English, or at white space."
    )
    lowercase: bool = Field(True, description="Convert to lower case, so that King and king are one word.")
    min_count: int = Field(
        5, ge=1, le=1_000_000, description="Leave out words seen less often than this (word2vec: -min-count)."
    )
    max_vocabulary: int = Field(
        200_000, ge=2, le=5_000_000, description="Maximum size of the vocabulary; the most frequent words are kept."
    )
    memory_mb: int = Field(
        1000,
        ge=8,
        le=1_000_000,
        title="Memory for counting (MB)",
        description="Megabytes for counting the words of a text. Where they do not suffice, the rarest words are left out.",
    )
    phrases: int = Field(
        0,
        ge=0,
        le=3,
        description="Passes that join neighbouring words to phrases, as new_york: 1 joins two words, 2 up to four. 0: none.",
    )
    phrase_threshold: float = Field(
        200,
        ge=0,
        le=1e9,
        description="Words are joined that stand together more often than by chance by about this factor. "
        "Lower ones join more: 100 also thou_shalt and more_than.",
        json_schema_extra=WITH_PHRASES,
    )
    phrase_min_count: int = Field(
        5,
        ge=1,
        le=1_000_000,
        description="Words and pairs of words seen less often than this are not joined.",
        json_schema_extra=WITH_PHRASES,
    )
    dim: int = Field(
        100,
        ge=2,
        le=1000,
        title="Dimensions",
        description="Dimensions of a vector (word2vec: -size). More dimensions hold more, but cost more and overfit small "
        "texts.",
        json_schema_extra={"basic": True, "tune": [16, 256, "log"]},
    )
    window: int = Field(
        5,
        ge=1,
        le=20,
        description="Words on each side that count as context. Small windows find words used alike, wide ones topics.",
        json_schema_extra={"basic": True},
    )


class EpochSettings(WordSettings):
    """Settings of the algorithms that go over their data several times."""

    vectors: str = Field(
        NO_VECTORS,
        max_length=500,
        description="Vectors to start from: none, a sample (glove), a run (run:ID:SPACE), a file, or a known name (GloVe 6B 100). "
        "They need as many dimensions as are asked for. A run of the same algorithm also passes on its context vectors.",
    )
    keep_vocabulary: bool = Field(
        False,
        description="Keep the words of these vectors that the text does not have, so that a vocabulary only grows from text to text.",
        json_schema_extra=WITH_VECTORS,
    )

    warm_start_rate: float = Field(
        0.2,
        gt=0,
        le=1,
        description="Factor of the learning rate when a training starts from vectors, which would soon be forgotten otherwise.",
        json_schema_extra=WITH_VECTORS,
    )

    words_to_read: ClassVar[int] = 15_000_000  # of a small text, in several epochs

    epochs: int | None = Field(
        None,
        ge=1,
        le=10_000,
        description="Passes over the text (word2vec: -iter). Empty: more for small texts (King James: 19).",
        json_schema_extra={"basic": True},
    )
    learning_rate: float = Field(
        0.055, gt=0, le=1, description="Initial learning rate (word2vec: -alpha).", json_schema_extra=TUNED_RATE
    )

    @property
    def starts_from_vectors(self) -> bool:
        """True when `vectors` names some."""
        return self.vectors != NO_VECTORS

    @property
    def initial_rate(self) -> float:
        """The learning rate that the training begins with."""
        return self.learning_rate * (self.warm_start_rate if self.starts_from_vectors else 1)

    def epochs_for(self, n_words: int) -> int:
        """Return the epochs as set, or by the text's size: about 15 M words in all, 5 to 200 epochs.

        King James (0.79 M words): 19. From vectors that are known already 5 suffice.
        """
        if self.epochs is None and self.starts_from_vectors:
            return 5
        return self.epochs or int(np.clip(round(self.words_to_read / max(1, n_words)), 5, 200))


class SamplingSettings(EpochSettings):
    """Settings of the algorithms that read the text word by word: skip-gram, CBOW, fastText.

    The defaults were chosen on the Brown corpus (1.16 M words, 5 epochs). Spearman on WordSim-353 and SimLex-999 of skip-gram on
    one thread: 0.264 and 0.143 with the values of word2vec.c; 0.327 and 0.141 with a learning rate of 0.05 and sub-sampling from 1e-4
    on; 0.365 and 0.163 with 15 noise words beside. On two threads, means of three seeds, with syntactic analogies of Google's set that
    are solved: 0.346, 0.165, 121 with a rate of 0.05; 0.364, 0.167, 122 with 0.055; 0.378, 0.165, 109 with 0.06; 0.395, 0.142, 72 with
    0.075.
    """

    loss: Literal["negative_sampling", "hierarchical_softmax"] = Field(
        "negative_sampling",
        description="negative_sampling: tell context words from noise words. hierarchical_softmax: predict them along a "
        "Huffman tree of the vocabulary (word2vec: -hs 1), which suits rare words.",
    )
    negative_samples: int = Field(
        15,
        ge=1,
        le=50,
        description="Noise words drawn for each positive pair (word2vec: -negative).",
        json_schema_extra={**WITH_NOISE_WORDS, "tune": [3, 30, "log"]},
    )
    subsample: float = Field(
        1e-4,
        ge=0,
        le=1,
        description="Words more frequent than this share are partly skipped (word2vec: -sample), but never those of average "
        "frequency or below. 0 keeps all.",
        json_schema_extra={"tune": [1e-5, 1e-2, "log"]},
    )
    noise_power: float = Field(
        0.75,
        ge=0,
        le=1,
        description="Noise words are drawn by their count to this power.",
        json_schema_extra={**WITH_NOISE_WORDS, "tune": [0.3, 1.0]},
    )
    optimizer: Literal["sgd", "adagrad"] = Field(
        "sgd", description="sgd: the learning rate decays linearly to almost 0. adagrad: a learning rate for each word."
    )

    @property
    def has_tree(self) -> bool:
        """True for hierarchical softmax."""
        return self.loss == "hierarchical_softmax"
