"""Settings and presets of the sentiment model."""

from __future__ import annotations

from typing import Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from embedviz.core.settings import ExampleSettings
from embedviz.core.typed_json import JsonObject

NO_VECTORS = "none"
BASIC: JsonObject = {"basic": True}
STEPS = 1600  # batches after which training has usually converged
MIN_EPOCHS, MAX_EPOCHS = 2, 40


class SentimentSettings(ExampleSettings):
    """Settings of the sentiment model."""

    presets: ClassVar[dict[str, dict[str, Any]]] = {
        "recommended": {},
        "fast": {"encoder": "mean", "learning_rate": 5e-3, "embedding_rate": 5e-3, "word_dropout": 0.0},
        "textbook": {
            "bidirectional": False,
            "pooling": "last",
            "hidden_dim": 128,
            "fine_tune": False,
            "linear_term": False,
            "dropout": 0.0,
            "word_dropout": 0.0,
        },
    }

    vectors: str = Field(
        "glove",
        min_length=1,
        max_length=200,
        description="Pretrained word vectors to start from: glove (the sample's 20,000 words), a name such as GloVe 6B "
        "100, FastText en or CharNGram, those of a run as run:ID:SPACE, or none for random ones.",
        json_schema_extra=BASIC,
    )
    dim: int = Field(
        100, ge=2, le=1000, title="Dimensions", description="Dimensions of the word vectors, where none are pretrained."
    )
    encoder: Literal["lstm", "mean"] = Field(
        "lstm",
        description="lstm reads the words in order. mean ignores their order and is fast.",
        json_schema_extra=BASIC,
    )
    bidirectional: bool = Field(True, description="Read each text from its end as well.")
    pooling: Literal["mean and max", "last"] = Field(
        "mean and max", description="How a text becomes one vector: mean and maximum of all states, or the last state."
    )
    hidden_dim: int = Field(
        64,
        ge=1,
        le=2048,
        description="Units of the LSTM in each direction.",
        json_schema_extra={"tune": [16, 256, "log"]},
    )
    fine_tune: bool = Field(True, description="Train the word vectors as well.")
    linear_term: bool = Field(
        True, description="Add a linear term over n-grams of words and of characters. It is fast and robust."
    )
    sentence_encoder: str = Field(
        "",
        max_length=200,
        description="A ready encoder of whole texts beside the network: a folder or a Hugging Face name that model2vec or "
        "sentence-transformers opens, such as minishlab/potion-base-8M. Empty: none.",
    )
    dropout: float = Field(
        0.5,
        ge=0,
        le=0.9,
        description="Share of activations that are set to zero in training.",
        json_schema_extra={"tune": [0.0, 0.7]},
    )
    word_dropout: float = Field(
        0.1,
        ge=0,
        le=0.9,
        description="Share of words that are made unknown in training.",
        json_schema_extra={"tune": [0.0, 0.4]},
    )
    lowercase: bool = Field(True, description="Treat Good and good as one word.")
    min_count: int = Field(
        2, ge=1, le=1_000_000, description="Rarer words count as unknown, unless they have a pretrained vector."
    )
    max_length: int = Field(400, ge=1, le=10_000, description="Words of a text that are read; the rest is ignored.")
    known_words: int = Field(
        400_000,
        ge=0,
        le=5_000_000,
        description="Pretrained vectors kept for words of new texts, the first in their file.",
    )
    epochs: int | None = Field(
        None, ge=1, le=1000, description="Passes over the texts. Empty: few texts get more.", json_schema_extra=BASIC
    )
    batch_size: int = Field(32, ge=1, le=4096, description="Texts in an optimiser step.")
    learning_rate: float = Field(
        2e-3, gt=0, le=1, description="Peak learning rate (Adam).", json_schema_extra={"tune": [3e-4, 2e-2, "log"]}
    )
    embedding_rate: float = Field(
        1e-3,
        gt=0,
        le=1,
        description="Peak learning rate of the word vectors.",
        json_schema_extra={"tune": [1e-4, 1e-2, "log"]},
    )
    validation_share: float = Field(
        0.1, ge=0.01, le=0.5, description="Share of texts in the validation set, which selects the best epoch."
    )
    test_share: float = Field(
        0.1, ge=0.0, le=0.5, description="Share of texts in the test set, measured once, at the end."
    )

    @model_validator(mode="after")
    def _only_pretrained_vectors_are_frozen(self) -> Self:
        if self.vectors == NO_VECTORS and not self.fine_tune:
            raise ValueError("random vectors (vectors none) have to be trained: turn fine_tune on, or choose vectors")
        return self

    def pooled_dim(self, dim: int) -> int:
        """Return the dimensions of a text where its words have `dim`."""
        if self.encoder == "lstm":
            dim = self.hidden_dim * (2 if self.bidirectional else 1)
        return dim * (1 if self.pooling == "last" else 2)

    def epochs_for(self, n_texts: int) -> int:
        """Return the epochs for a number of training texts: those set, or about 1,600 batches, twice as many where the
        word vectors are frozen, 2 to 40 epochs."""
        if self.epochs is not None:
            return self.epochs
        steps = STEPS if self.fine_tune else 2 * STEPS
        return max(MIN_EPOCHS, min(MAX_EPOCHS, round(steps * self.batch_size / max(1, n_texts))))
