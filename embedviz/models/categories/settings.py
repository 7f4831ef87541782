"""Settings of the categories model, and its presets."""

from __future__ import annotations

import math
from typing import Any, ClassVar, Literal

from pydantic import Field

from embedviz.core.settings import ExampleSettings
from embedviz.core.typed_json import JsonObject

# Defaults were chosen by the loss on parts of training data alone: of Adult (income, and occupation), of bird strikes, and of
# diamond prices; income and bird strikes in two splits each.
ROWS_SEEN = 350_000  # epochs × training rows after which most tables have converged
MIN_EPOCHS, MAX_EPOCHS = 4, 16
BATCHES_PER_EPOCH = 32  # small tables learn more from many small steps
MIN_BATCH_SIZE, MAX_BATCH_SIZE = 32, 256
ROWS_PER_BIN = 180
MIN_DEFAULT_BINS, MAX_DEFAULT_BINS = 16, 128
DROPOUT_ROWS = 5_000  # rows up to which dropout has its full rate; beyond it falls with their square root
MAX_DROPOUT, MIN_DROPOUT = 0.3, 0.05
EMBEDDING_SHARE = 2 / 3  # dropout of vectors over dropout of hidden units
BASIC: JsonObject = {"basic": True}  # a field that a form shows first


class CategoriesSettings(ExampleSettings):
    """Settings of the categories model."""

    presets: ClassVar[dict[str, dict[str, Any]]] = {
        "recommended": {},
        "textbook": {
            "network": "textbook", "numbers": "standardised", "dim": 32, "hidden_dim": 64, "layers": 1, "members": 1,
            "dropout": 0.0, "embedding_dropout": 0.0, "wide": False, "alphabet": False, "other_share": 0.0,
            "weight_decay": 0.0, "learning_rate": 1e-3, "batch_size": 64, "epochs": 20,
        },
    }  # fmt: skip

    target_kind: Literal["auto", "classes", "number"] = Field(
        "auto",
        description="Classes, or a number; auto: a number if there are over 20 distinct ones.",
        json_schema_extra=BASIC,
    )
    target_scale: Literal["auto", "linear", "log"] = Field(
        "auto",
        description="log: the logarithm of a number is learned; predictions and scores are in its own unit. auto: where all are "
        "positive and the 95th percentile is at least 100 times the 5th.",
    )
    min_class_rows: int = Field(2, ge=2, le=1_000_000, description="Classes with fewer rows are left out.")
    network: Literal["ensemble", "textbook"] = Field(
        "ensemble",
        description="ensemble: all columns, several networks that share most weights and average their predictions. "
        "textbook: one category column and the numbers, one hidden layer.",
        json_schema_extra=BASIC,
    )
    numbers: Literal["piecewise linear", "standardised"] = Field(
        "piecewise linear", description="Piecewise linear over quantile bins, or standardised to mean 0 and variance 1."
    )
    bins: int | None = Field(
        None,
        ge=2,
        le=200,
        description=f"Quantile bins for each number; fewer in very wide tables. Empty: {MIN_DEFAULT_BINS} to "
        f"{MAX_DEFAULT_BINS}, by the rows.",
    )
    bin_vector_rows: int = Field(
        20_000,
        ge=0,
        description="Training rows from which each bin of a number has a vector as well, as values of a category have.",
    )
    inputs: Literal["embeddings", "one-hot"] = Field(
        "embeddings",
        description="What the first layer reads of a value: its embedding, or its one-hot vector. One-hot, a value's vector is its "
        "row of the first layer's weights, and dim does not count.",
    )
    dim: int = Field(
        0,
        ge=0,
        le=512,
        description="Size of a category's vectors; 0: 1.6 · n^0.56 for n values.",
        json_schema_extra=BASIC,
    )
    max_dim: int = Field(50, ge=2, le=512, description="Maximum size of vectors where it depends on the values.")
    min_count: int = Field(
        5,
        ge=1,
        le=10**6,
        description="Values in fewer training rows become “other”, as unseen ones.",
        json_schema_extra=BASIC,
    )
    other_share: float = Field(
        0.05, ge=0, le=0.5, description="Share of values replaced by “other” during training, so that it is trained."
    )
    hidden_dim: int = Field(
        192, ge=1, le=4096, description="Units in each hidden layer.", json_schema_extra={"tune": [32, 512, "log"]}
    )
    layers: int = Field(2, ge=1, le=6, description="Hidden layers.", json_schema_extra={"tune": [1, 4]})
    members: int = Field(4, ge=1, le=64, description="Ensemble members: networks that share most weights.")
    alphabet: bool = Field(
        True, description="Also encode alphabetical positions in columns of many values: B-737-300 is near B-737-500."
    )
    wide: bool = Field(True, description="Add a linear term for each value and number to the network's output.")
    dropout: float | None = Field(
        None,
        ge=0,
        le=0.9,
        description="Dropout rate of hidden units. Empty: 0.3 for few rows, less for many.",
        json_schema_extra={"tune": [0.0, 0.6]},
    )
    embedding_dropout: float | None = Field(
        None,
        ge=0,
        le=0.9,
        description="Dropout rate of vectors. Empty: 0.2 for few rows, less for many.",
        json_schema_extra={"tune": [0.0, 0.5]},
    )
    weight_decay: float = Field(
        0.01, ge=0, le=10, description="Weight decay (AdamW).", json_schema_extra={"tune": [1e-4, 0.3, "log"]}
    )
    epochs: int | None = Field(
        None, ge=1, le=1000, description="Passes over the rows. Empty: more for small tables.", json_schema_extra=BASIC
    )
    batch_size: int | None = Field(
        None, ge=1, le=65_536, description=f"Rows in a batch. Empty: {MIN_BATCH_SIZE} to {MAX_BATCH_SIZE}, by the rows."
    )
    learning_rate: float = Field(
        2e-3, gt=0, le=1, description="Peak learning rate (AdamW).", json_schema_extra={"tune": [3e-4, 2e-2, "log"]}
    )
    validation_share: float = Field(
        0.1, ge=0.01, le=0.5, description="Share of rows in the validation set, which selects the best epoch."
    )
    test_share: float = Field(
        0.1, ge=0.0, le=0.5, description="Share of rows in the test set, measured once, at the end."
    )

    def dim_for(self, n_values: int) -> int:
        """Return the dimensions of the vectors of a column with this many values; of its rows of the first layer where inputs
        are one-hot."""
        if self.inputs == "one-hot":
            return self.hidden_dim
        return self.dim or max(2, min(self.max_dim, round(1.6 * n_values**0.56)))

    def bins_for(self, n_rows: int) -> int:
        """Return the bins of a number for a number of training rows."""
        if self.bins is not None:
            return self.bins
        return max(MIN_DEFAULT_BINS, min(MAX_DEFAULT_BINS, n_rows // ROWS_PER_BIN))

    def dropout_for(self, n_rows: int) -> tuple[float, float]:
        """Return the dropout rates of hidden units and of vectors for a number of training rows."""
        rate = max(MIN_DROPOUT, MAX_DROPOUT * min(1.0, (DROPOUT_ROWS / max(1, n_rows)) ** 0.5))
        hidden = rate if self.dropout is None else self.dropout
        return hidden, rate * EMBEDDING_SHARE if self.embedding_dropout is None else self.embedding_dropout

    def batch_size_for(self, n_rows: int) -> int:
        """Return the batch size for a number of training rows; by default a power of two."""
        if self.batch_size is not None:
            return self.batch_size
        nearest = 2 ** round(math.log2(max(1, n_rows / BATCHES_PER_EPOCH)))
        return max(MIN_BATCH_SIZE, min(MAX_BATCH_SIZE, nearest))

    def epochs_for(self, n_rows: int) -> int:
        """Return the epochs for a number of training rows; by default about `ROWS_SEEN` rows are seen in all."""
        if self.epochs is not None:
            return self.epochs
        return max(MIN_EPOCHS, min(MAX_EPOCHS, round(ROWS_SEEN / max(1, n_rows))))
