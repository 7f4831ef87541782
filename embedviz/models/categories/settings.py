"""The settings of the categories model and what each of its presets is."""

from __future__ import annotations

import math
from typing import Any, ClassVar, Literal

from pydantic import Field

from embedviz.core.settings import TrainingSettings

READ = 115_000  # rows, one counted as often as it is read, after which most tables are learned
FEWEST_EPOCHS, MOST_EPOCHS = 4, 40
BATCHES = 32  # an epoch; few rows learn more from many small steps
SMALLEST_BATCH, LARGEST_BATCH = 32, 256
MANY_NUMBERS = 20  # different numbers in a target up to which each is a class


class CategoriesSettings(TrainingSettings):
    """Settings of the categories model."""

    presets: ClassVar[dict[str, dict[str, Any]]] = {
        "recommended": {},
        "textbook": {
            "network": "textbook",
            "numbers": "standardised",
            "dim": 32,
            "hidden_dim": 64,
            "layers": 1,
            "members": 1,
            "dropout": 0.0,
            "embedding_dropout": 0.0,
            "wide": False,
            "alphabet": False,
            "other_share": 0.0,
            "weight_decay": 0.0,
            "learning_rate": 1e-3,
            "batch_size": 64,
            "epochs": 20,
        },
    }

    target_kind: Literal["auto", "classes", "number"] = Field(
        "auto",
        description=f"What to predict: classes, or a number. auto takes numbers of more than {MANY_NUMBERS} different "
        "values for a number.",
        json_schema_extra={"basic": True},
    )
    min_class_rows: int = Field(
        2, ge=2, le=1_000_000, description="Classes of fewer rows are left out, for they cannot be learned and tested."
    )
    network: Literal["ensemble", "textbook"] = Field(
        "ensemble",
        description="ensemble takes all columns, and several networks that share most weights answer together. textbook "
        "takes one category column and the numbers.",
        json_schema_extra={"basic": True},
    )
    numbers: Literal["piecewise linear", "standardised"] = Field(
        "piecewise linear",
        description="How numbers are read: as shares of the stretches between their quantiles, or less their mean and "
        "over their deviation.",
    )
    bins: int = Field(24, ge=2, le=200, description="Stretches that a number is cut into; fewer in very wide tables.")
    dim: int = Field(
        0,
        ge=0,
        le=512,
        description="Numbers in a category's vector. 0 lets it grow with the column's number of values n: about "
        "1.6 · n^0.56.",
        json_schema_extra={"basic": True},
    )
    max_dim: int = Field(50, ge=2, le=512, description="The most numbers in a vector where its size grows.")
    min_count: int = Field(
        5,
        ge=1,
        le=1_000_000,
        description="Values in fewer training rows are pooled into “other”, which stands for values never seen, too.",
        json_schema_extra={"basic": True},
    )
    other_share: float = Field(
        0.05,
        ge=0,
        le=0.5,
        description="Share of values that are hidden as “other” while it learns, so that it is learned.",
    )
    hidden_dim: int = Field(384, ge=1, le=4096, description="Units of each hidden layer.")
    layers: int = Field(2, ge=1, le=6, description="Hidden layers.")
    members: int = Field(4, ge=1, le=64, description="Networks that share most weights and answer together.")
    alphabet: bool = Field(
        True,
        description="Read also where a value stands in the alphabet, in columns of more than 20 values: beside B-737-300 "
        "stands B-737-500.",
    )
    wide: bool = Field(True, description="Add what each value says by itself, beside what the columns say together.")
    dropout: float = Field(0.3, ge=0, le=0.9, description="Share of hidden units that are blanked while it learns.")
    embedding_dropout: float = Field(
        0.2, ge=0, le=0.9, description="Share of the vectors' numbers that are blanked while it learns."
    )
    weight_decay: float = Field(0.01, ge=0, le=10, description="How strongly weights are drawn to zero (AdamW).")
    epochs: int | None = Field(
        None,
        ge=1,
        le=1000,
        description="Times the rows are read. Left empty, few rows are read more often.",
        json_schema_extra={"basic": True},
    )
    batch_size: int | None = Field(
        None,
        ge=1,
        le=65_536,
        description=f"Rows between two steps. Left empty, {SMALLEST_BATCH} to {LARGEST_BATCH}: about {BATCHES} steps an "
        "epoch.",
    )
    learning_rate: float = Field(2e-3, gt=0, le=1, description="Size of the first steps (Adam).")
    validation_share: float = Field(0.1, ge=0.01, le=0.5, description="Share kept apart to choose the best moment by.")
    test_share: float = Field(0.1, ge=0.0, le=0.5, description="Share kept apart and measured once, at the end.")

    def dim_for(self, n_values: int) -> int:
        """Numbers in the vector of a column of so many values."""
        return self.dim or max(2, min(self.max_dim, round(1.6 * n_values**0.56)))

    def batch_for(self, n_rows: int) -> int:
        """As set, or by the number of training rows: the power of two nearest to a share of them."""
        if self.batch_size is not None:
            return self.batch_size
        nearest = 2 ** round(math.log2(max(1, n_rows / BATCHES)))
        return max(SMALLEST_BATCH, min(LARGEST_BATCH, nearest))

    def epochs_for(self, n_rows: int) -> int:
        """As set, or by the number of training rows: until about READ are read, 4 to 40 epochs."""
        if self.epochs is not None:
            return self.epochs
        return max(FEWEST_EPOCHS, min(MOST_EPOCHS, round(READ / max(1, n_rows))))
