"""The settings of a model of ratings, and what suits each way of learning where nothing was set."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from embedviz.core.settings import TrainingSettings

# found on the validation part of one fold of ml-latest-small; dot is the textbook's, which has no decay
SUITABLE: dict[str, dict[str, float]] = {
    "als": {},
    "dot": {"epochs": 30, "learning_rate": 0.002, "weight_decay": 0.0},
    "gradient": {"epochs": 40, "learning_rate": 0.002, "weight_decay": 0.12},
    "bpr": {"epochs": 40, "learning_rate": 0.001, "weight_decay": 0.01},
}


class RatingsSettings(TrainingSettings):
    """Settings of a model of ratings."""

    presets: ClassVar[dict[str, dict[str, Any]]] = {
        "recommended": {},
        "textbook": {"method": "dot"},
        "gradient": {"method": "gradient"},
        "implicit": {"method": "bpr"},
    }

    method: Literal["auto", "als", "gradient", "dot", "bpr"] = Field(
        "auto",
        description="als: mean, biases and vectors by alternating least squares. gradient: the same by gradient "
        "descent. dot: the textbook's plain dot product. bpr: a ranking from who has what, ratings unread. auto: als "
        "where there are ratings, bpr where there are none.",
        json_schema_extra={"basic": True},
    )
    dim: int = Field(64, ge=2, le=512, description="Numbers in a vector.", json_schema_extra={"basic": True})
    split: Literal["auto", "random", "latest", "time"] = Field(
        "auto",
        description="What is tested on. latest: each user's latest ratings. time: the latest of all, new users and "
        "items among them. auto: latest where there is a column of times, random otherwise. Folds are random.",
    )
    validation_share: float = Field(0.1, ge=0.01, le=0.5, description="Share kept apart to choose the best moment by.")
    test_share: float = Field(0.1, ge=0.0, le=0.5, description="Share kept apart and measured once, at the end.")
    penalty: float | None = Field(
        None,
        gt=0,
        le=10_000,
        description="als: what long vectors cost. Left empty, it grows from weak to strong, and the best is kept.",
        json_schema_extra={"basic": True},
    )
    rounds: int = Field(60, ge=1, le=1000, description="als: times that users and items take turns.")
    epochs: int | None = Field(
        None,
        ge=1,
        le=10_000,
        description="gradient, dot, bpr: times the ratings are read at most. Left empty, 30 for dot, 40 for the others.",
        json_schema_extra={"basic": True},
    )
    learning_rate: float | None = Field(
        None,
        gt=0,
        le=1,
        description="gradient, dot, bpr: size of the steps (Adam). Left empty, 0.001 for bpr, 0.002 for the others.",
    )
    batch_size: int | None = Field(
        None,
        ge=1,
        le=1_000_000,
        description="gradient, dot, bpr: ratings a step. Left empty, a hundredth of them, 16 to 512.",
    )
    weight_decay: float | None = Field(
        None,
        ge=0,
        le=10,
        description="gradient, dot, bpr: what the squared length of a vector costs, for each rating. Left empty, 0.12 "
        "for gradient, 0.01 for bpr, 0 for dot.",
    )
    first_length: float = Field(
        0.1, gt=0, le=10, description="gradient, dot, bpr: deviation of the numbers that vectors begin with."
    )
    popularity: float | None = Field(
        None,
        ge=0,
        le=100,
        description="als, gradient, dot: what a ranking adds to the estimate for items that many rated, in deviations of "
        "the ratings for each unit of log(1 + ratings). 0: it ranks by the estimate alone. Left empty, what ranks the "
        "validation part best. It changes the order of recommendations and no estimate.",
    )
    patience: int = Field(
        8, ge=0, le=1000, description="gradient, dot, bpr: epochs without a better one after which it ends; 0: never."
    )

    def filled(self, method: str, n: int) -> RatingsSettings:
        """With what suits the method and n training ratings where nothing was set."""
        suitable = {**SUITABLE[method], "batch_size": int(np.clip(n // 100, 16, 512))}
        empty = {name: value for name, value in suitable.items() if getattr(self, name) is None}
        return self.model_copy(update={**empty, "method": method})
