"""Settings of the categories model, and its presets."""

from __future__ import annotations

import math
from typing import Any, ClassVar, Literal

from pydantic import Field

from embedviz.core.settings import TrainingSettings
from embedviz.core.typed_json import JsonObject

ROWS_SEEN = 115_000  # epochs × training rows after which most tables have converged
MIN_EPOCHS, MAX_EPOCHS = 4, 40
BATCHES_PER_EPOCH = 32  # small tables learn more from many small steps
MIN_BATCH_SIZE, MAX_BATCH_SIZE = 32, 256
BASIC: JsonObject = {"basic": True}  # a field that a form shows first


class CategoriesSettings(TrainingSettings):
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
    target_scale: Literal["linear", "log"] = Field(
        "linear",
        description="log: the logarithm of a number is learned, for positive numbers over several powers of ten; predictions "
        "and scores are in its own unit.",
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
    bins: int = Field(24, ge=2, le=200, description="Quantile bins for each number; fewer in very wide tables.")
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
    hidden_dim: int = Field(384, ge=1, le=4096, description="Units in each hidden layer.")
    layers: int = Field(2, ge=1, le=6, description="Hidden layers.")
    members: int = Field(4, ge=1, le=64, description="Ensemble members: networks that share most weights.")
    alphabet: bool = Field(
        True, description="Also encode alphabetical positions in columns of many values: B-737-300 is near B-737-500."
    )
    wide: bool = Field(True, description="Add a linear term for each value and number to the network's output.")
    dropout: float = Field(0.3, ge=0, le=0.9, description="Dropout rate of hidden units.")
    embedding_dropout: float = Field(0.2, ge=0, le=0.9, description="Dropout rate of vectors.")
    weight_decay: float = Field(0.01, ge=0, le=10, description="Weight decay (AdamW).")
    epochs: int | None = Field(
        None, ge=1, le=1000, description="Passes over the rows. Empty: more for small tables.", json_schema_extra=BASIC
    )
    batch_size: int | None = Field(
        None, ge=1, le=65_536, description=f"Rows in a batch. Empty: {MIN_BATCH_SIZE} to {MAX_BATCH_SIZE}, by the rows."
    )
    learning_rate: float = Field(2e-3, gt=0, le=1, description="Peak learning rate (AdamW).")
    validation_share: float = Field(
        0.1, ge=0.01, le=0.5, description="Share of rows held out to select the best epoch."
    )
    test_share: float = Field(0.1, ge=0.0, le=0.5, description="Share of rows held out and measured once, at the end.")

    def dim_for(self, n_values: int) -> int:
        """Return the embedding dimensions of a column with this many values."""
        return self.dim or max(2, min(self.max_dim, round(1.6 * n_values**0.56)))

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
