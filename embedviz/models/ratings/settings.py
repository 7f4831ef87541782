"""The settings of a ratings model, with defaults that depend on the method of training."""

from __future__ import annotations

from typing import Any, ClassVar, Literal, Self

import numpy as np
from pydantic import Field

from embedviz.core.settings import ExampleSettings
from embedviz.core.typed_json import JsonObject

Method = Literal["als", "ials", "gradient", "dot", "bpr"]
RANKING_METHODS: tuple[Method, ...] = ("ials", "bpr")  # that need no ratings

# found on the validation set of one fold of ml-latest-small; dot is the textbook's, which has no weight decay
DEFAULTS: dict[Method, dict[str, float]] = {
    "als": {},
    "ials": {},
    "dot": {"epochs": 30, "learning_rate": 0.002, "weight_decay": 0.0},
    "gradient": {"epochs": 40, "learning_rate": 0.002, "weight_decay": 0.12},
    "bpr": {"epochs": 200, "learning_rate": 0.02, "weight_decay": 0.01},
}
ESTIMATE_WEIGHTS = (0.0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1.0, 2.0, 5.0)  # that are tried where none is set
CLOSE = 0.98  # of the best NDCG, from which a larger weight is preferred
MAX_TUNING_USERS, MAX_TEST_USERS = 1_000, 10_000  # ranked on the validation set while training, and on the test set
_BASIC: JsonObject = {"basic": True}
_DESCENT: JsonObject = {"tune_for": {"method": ["gradient", "dot", "bpr"]}}


class RatingsSettings(ExampleSettings):
    """Settings of a ratings model. None leaves a value to the method (`resolved`)."""

    renamed: ClassVar[dict[str, str]] = {"first_length": "init_std"}
    dropped: ClassVar[frozenset[str]] = frozenset({"popularity"})
    presets: ClassVar[dict[str, dict[str, Any]]] = {
        "recommended": {},
        "textbook": {"method": "dot"},
        "gradient": {"method": "gradient"},
        "implicit": {"method": "ials"},
        "bpr": {"method": "bpr"},
    }

    method: Literal["auto", "als", "ials", "gradient", "dot", "bpr"] = Field(
        "auto",
        description="als: estimates (mean, biases and vectors) by alternating least squares, and a ranking by implicit "
        "alternating least squares. ials: the ranking alone. gradient: the estimates by gradient descent. dot: the plain "
        "dot product of vectors by gradient descent, as in textbooks. bpr: Bayesian personalised ranking from who has "
        "what; ratings are ignored. auto: als where there are ratings, ials where there are none.",
        json_schema_extra=_BASIC,
    )
    dim: int = Field(
        128,
        ge=2,
        le=512,
        title="Dimensions",
        description="Dimensions of a vector.",
        json_schema_extra={**_BASIC, "tune": [4, 256, "log"]},
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
        json_schema_extra={**_BASIC, "tune": [0.5, 40.0, "log"], "tune_for": {"method": ["auto", "als"]}},
    )
    rounds: int = Field(40, ge=1, le=1000, description="als: rounds; each solves all items, then all users.")
    ranking_penalty: float | None = Field(
        None,
        gt=0,
        le=100,
        description="als, ials: L2 penalty on the vectors of the ranking. Empty: it grows each round, and the best round on "
        "the validation set is kept.",
        json_schema_extra={"tune": [1e-3, 10.0, "log"], "tune_for": {"method": ["ials"]}},
    )
    ranking_rounds: int = Field(
        16, ge=1, le=1000, description="als, ials: rounds of the ranking; each solves all items, then all users."
    )
    unobserved_weight: float = Field(
        0.15,
        gt=0,
        le=10,
        description="als, ials: weight of a pair of user and item that does not occur, relative to one that does.",
        json_schema_extra={"tune": [0.01, 1.0, "log"], "tune_for": {"method": ["ials"]}},
    )
    rating_confidence: float = Field(
        0.5,
        ge=0,
        le=3,
        description="als: how much more a high rating weighs in the ranking: e to the power of this for each standard "
        "deviation above the user's mean. 0: all ratings weigh the same.",
    )
    estimate_weight: float | None = Field(
        None,
        ge=0,
        le=100,
        description="als: weight of the estimate, in standard deviations of the ratings, that is added to the ranking score "
        "when items are recommended. 0: the ranking alone. Empty: the largest weight that ranks the "
        "validation set about as well as the best one.",
    )
    use_columns: bool = Field(
        True,
        description="als: columns that describe users or items (an age, genres, a title) enter the estimates, so that one "
        "without ratings has an estimate too.",
    )
    refit: bool = Field(
        True,
        description="als, ials: when the penalties are chosen, train on with the ratings of the validation set as well. "
        "The test set is measured after that.",
    )
    epochs: int | None = Field(
        None,
        ge=1,
        le=10_000,
        description="gradient, dot, bpr: maximum passes over the ratings. Empty: 40, for dot 30, for bpr 200.",
        json_schema_extra=_BASIC,
    )
    learning_rate: float | None = Field(
        None,
        gt=0,
        le=1,
        description="gradient, dot, bpr: learning rate, of Adam for gradient and dot. Empty: 0.002, for bpr 0.02.",
        json_schema_extra={"tune": [5e-4, 0.05, "log"], **_DESCENT},
    )
    batch_size: int | None = Field(
        None,
        ge=1,
        le=1_000_000,
        description="gradient, dot: ratings per batch. Empty: 1% of the training ratings, 16 to 512.",
    )
    weight_decay: float | None = Field(
        None,
        ge=0,
        le=10,
        description="L2 penalty on what a rating uses. Empty: gradient 0.12, bpr 0.01, dot 0.",
        json_schema_extra={"tune": [1e-3, 1.0, "log"], **_DESCENT},
    )
    init_std: float = Field(
        0.1,
        gt=0,
        le=10,
        description="gradient, dot, bpr: standard deviation of the initial vectors.",
        json_schema_extra={"tune": [0.01, 0.5, "log"], **_DESCENT},
    )
    patience: int = Field(
        8,
        ge=0,
        le=1000,
        description="gradient, dot, bpr: epochs (for bpr, measurements, 40 in all) without improvement before early stopping; 0: no "
        "early stopping.",
    )

    def resolved(self, method: Method, n_train: int) -> Self:
        """Return these settings with the method's defaults, for so many training ratings, where nothing was set."""
        defaults = {**DEFAULTS[method], "batch_size": int(np.clip(n_train // 100, 16, 512))}
        empty = {name: value for name, value in defaults.items() if getattr(self, name) is None}
        return self.model_copy(update={**empty, "method": method})
