"""The settings of a ratings model, with defaults that depend on the method of training."""

from __future__ import annotations

from typing import Any, ClassVar, Literal, Self

import numpy as np
from pydantic import Field

from embedviz.core.settings import TrainingSettings
from embedviz.core.typed_json import JsonObject

Method = Literal["als", "gradient", "dot", "bpr"]

# found on the validation part of one fold of ml-latest-small; dot is the textbook's, which has no weight decay
DEFAULTS: dict[Method, dict[str, float]] = {
    "als": {},
    "dot": {"epochs": 30, "learning_rate": 0.002, "weight_decay": 0.0},
    "gradient": {"epochs": 40, "learning_rate": 0.002, "weight_decay": 0.12},
    "bpr": {"epochs": 40, "learning_rate": 0.001, "weight_decay": 0.01},
}
POPULARITY_WEIGHTS = (0.0, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0)  # that are tried where none is set
MAX_TUNING_USERS, MAX_TEST_USERS = 1_000, 10_000  # ranked on the validation part while training, and on the test part
_BASIC: JsonObject = {"basic": True}


class RatingsSettings(TrainingSettings):
    """Settings of a ratings model. None leaves a value to the method (`resolved`)."""

    renamed: ClassVar[dict[str, str]] = {"first_length": "init_std"}
    presets: ClassVar[dict[str, dict[str, Any]]] = {
        "recommended": {},
        "textbook": {"method": "dot"},
        "gradient": {"method": "gradient"},
        "implicit": {"method": "bpr"},
    }

    method: Literal["auto", "als", "gradient", "dot", "bpr"] = Field(
        "auto",
        description="als: mean, biases and vectors by alternating least squares. gradient: the same by gradient descent. "
        "dot: the plain dot product of vectors by gradient descent, as in textbooks. bpr: Bayesian personalised ranking "
        "from who has what; ratings are ignored. auto: als where there are ratings, bpr where there are none.",
        json_schema_extra=_BASIC,
    )
    dim: int = Field(
        64, ge=2, le=512, title="Dimensions", description="Dimensions of a vector.", json_schema_extra=_BASIC
    )
    split: Literal["auto", "random", "latest", "time"] = Field(
        "auto",
        description="Which ratings form the test set. latest: each user's latest ratings. time: the latest ratings of all, "
        "new users and items among them. auto: as a column in the role split says; without one latest where there is a time "
        "column, random otherwise. Folds are always random.",
    )
    validation_share: float = Field(
        0.1, ge=0.01, le=0.5, description="Share of the ratings in the validation set, for model selection."
    )
    test_share: float = Field(
        0.1, ge=0.0, le=0.5, description="Share of the ratings in the test set, which is measured once, at the end."
    )
    penalty: float | None = Field(
        None,
        gt=0,
        le=10_000,
        description="als: L2 penalty on the vectors. Empty: it grows each round, and the best round on the validation set "
        "is kept.",
        json_schema_extra=_BASIC,
    )
    rounds: int = Field(60, ge=1, le=1000, description="als: rounds; each solves all items, then all users.")
    epochs: int | None = Field(
        None,
        ge=1,
        le=10_000,
        description="gradient, dot, bpr: maximum passes over the ratings. Empty: 40, for dot 30.",
        json_schema_extra=_BASIC,
    )
    learning_rate: float | None = Field(
        None, gt=0, le=1, description="gradient, dot, bpr: learning rate of Adam. Empty: 0.002, for bpr 0.001."
    )
    batch_size: int | None = Field(
        None,
        ge=1,
        le=1_000_000,
        description="gradient, dot, bpr: ratings per batch. Empty: 1% of the training ratings, 16 to 512.",
    )
    weight_decay: float | None = Field(
        None, ge=0, le=10, description="L2 penalty on what a rating uses. Empty: gradient 0.12, bpr 0.01, dot 0."
    )
    init_std: float = Field(
        0.1, gt=0, le=10, description="gradient, dot, bpr: standard deviation of the initial vectors."
    )
    popularity: float | None = Field(
        None,
        ge=0,
        le=100,
        description="als, gradient, dot: weight of the popularity prior, which a ranking adds to the estimate: standard "
        "deviations of the ratings times log(1 + ratings of the item). 0: rank by the estimate alone. Empty: the weight "
        "that ranks the validation set best. It changes the order of recommendations, not the estimates.",
    )
    patience: int = Field(
        8,
        ge=0,
        le=1000,
        description="gradient, dot, bpr: epochs without improvement before early stopping; 0: no early stopping.",
    )

    def resolved(self, method: Method, n_train: int) -> Self:
        """Return these settings with the method's defaults, for so many training ratings, where nothing was set."""
        defaults = {**DEFAULTS[method], "batch_size": int(np.clip(n_train // 100, 16, 512))}
        empty = {name: value for name, value in defaults.items() if getattr(self, name) is None}
        return self.model_copy(update={**empty, "method": method})
