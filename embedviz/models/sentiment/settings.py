"""The settings of the sentiment model and what each of its presets is."""

from __future__ import annotations

from typing import Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from embedviz.core.settings import TrainingSettings

NO_VECTORS = "none"
STEPS = 1600  # batches after which most texts are learned
FEWEST_EPOCHS, MOST_EPOCHS = 2, 40


class SentimentSettings(TrainingSettings):
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
        description="Vectors to begin with: glove (the sample's 20,000 words), a name such as GloVe 6B 100, FastText "
        "en or CharNGram, a run's as run:ID:SPACE, or none to begin with random ones.",
        json_schema_extra={"basic": True},
    )
    dim: int = Field(100, ge=2, le=1000, description="Numbers in a vector, where none are given to begin with.")
    encoder: Literal["lstm", "mean"] = Field(
        "lstm",
        description="lstm reads the words in their order. mean looks at the vectors alone, and is fast.",
        json_schema_extra={"basic": True},
    )
    bidirectional: bool = Field(True, description="Read each text from its end, too.")
    pooling: Literal["mean and max", "last"] = Field(
        "mean and max", description="What is taken of a text: mean and greatest of all states, or the last one."
    )
    hidden_dim: int = Field(64, ge=1, le=2048, description="Units of the LSTM in each direction.")
    fine_tune: bool = Field(True, description="Let the word vectors learn, too.")
    linear_term: bool = Field(
        True, description="Add a linear term for words, pairs of words and pieces of words. It is quick and sure."
    )
    dropout: float = Field(0.5, ge=0, le=0.9, description="Share of numbers that are blanked while it learns.")
    word_dropout: float = Field(0.1, ge=0, le=0.9, description="Share of words that are hidden while it learns.")
    lowercase: bool = Field(True, description="Take Good and good for one word.")
    min_count: int = Field(
        2, ge=1, le=1_000_000, description="Words seen less often count as unknown, unless a vector is given for them."
    )
    max_length: int = Field(400, ge=1, le=10_000, description="Words of a text that are read; the rest is cut.")
    known_words: int = Field(
        400_000,
        ge=0,
        le=5_000_000,
        description="Given vectors that are kept for words of new texts, the first in their file.",
    )
    epochs: int | None = Field(
        None,
        ge=1,
        le=1000,
        description="Times the texts are read. Left empty, few texts are read more often.",
        json_schema_extra={"basic": True},
    )
    batch_size: int = Field(32, ge=1, le=4096, description="Texts between two steps.")
    learning_rate: float = Field(2e-3, gt=0, le=1, description="Size of the first steps (Adam).")
    embedding_rate: float = Field(1e-3, gt=0, le=1, description="The same for word vectors, which move more carefully.")
    validation_share: float = Field(0.1, ge=0.01, le=0.5, description="Share kept apart to choose the best moment by.")
    test_share: float = Field(0.1, ge=0.0, le=0.5, description="Share kept apart and measured once, at the end.")

    @model_validator(mode="after")
    def _vectors_to_freeze(self) -> Self:
        if self.vectors == NO_VECTORS and not self.fine_tune:
            raise ValueError("random vectors (vectors none) have to learn; leave fine_tune on, or take vectors")
        return self

    def epochs_for(self, n_texts: int) -> int:
        """As set, or by the number of training texts: about 1,600 batches, twice as many where the word vectors cannot
        learn, 2 to 40 epochs."""
        if self.epochs is not None:
            return self.epochs
        steps = STEPS if self.fine_tune else 2 * STEPS
        return max(FEWEST_EPOCHS, min(MOST_EPOCHS, round(steps * self.batch_size / max(1, n_texts))))
