"""Answers as the OpenAPI page describes them. Columns of a space or table stand beside the fields."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from embedviz.space.metrics import Metric


class Problem(BaseModel):
    """What went wrong, in a sentence."""

    detail: str
    suggestions: list[str] | None = Field(None, description="The nearest spellings, where a label is unknown.")
    error_id: str | None = Field(None, description="Under which the server's log has more, for an unexpected error.")


class Neighbor(BaseModel):
    """A label that is near, with its columns in the space, such as its count."""

    model_config = ConfigDict(extra="allow")

    label: str
    similarity: float | None = Field(None, description="Cosine or dot product.")
    distance: float | None = Field(None, description="Euclidean.")


class Neighbors(BaseModel):
    """The nearest of a label or of a vector, the best first."""

    label: str | None = Field(None, description="Which was asked about; null for a vector.")
    space: str
    metric: Metric
    neighbors: list[Neighbor]
    note: str = Field("", description="Marks a vector that was estimated from character n-grams.")


class NeighborsOfSeveral(BaseModel):
    """The nearest of each, in the order of the request."""

    answers: list[Neighbors]


class Analogy(BaseModel):
    """The answers to an analogy, the best first."""

    positive: list[str]
    negative: list[str]
    method: str
    space: str
    answers: list[Neighbor]
    note: str = ""


class Similarity(BaseModel):
    """How near two labels are."""

    a: str
    b: str
    space: str
    metric: Metric
    similarity: float | None = Field(None, description="Cosine or dot product.")
    distance: float | None = Field(None, description="Euclidean.")
    note: str = ""


class Reason(BaseModel):
    """A contribution to a prediction."""

    model_config = ConfigDict(extra="allow")

    feature: str
    contribution: float


class Prediction(BaseModel):
    """The prediction for a row."""

    model_config = ConfigDict(extra="allow")

    prediction: Any = Field(description="A class or a number.")
    probability: float | None = Field(None, description="Of the predicted class.")
    probabilities: dict[str, float] | None = Field(None, description="Of every class.")
    note: str = Field("", description="Names what the model did not know.")
    reasons: list[Reason] | None = Field(None, description="Contributions to the prediction, with explain=true.")


class Predictions(BaseModel):
    """A prediction for each row, in their order."""

    predictions: list[Prediction]


class Recommendation(BaseModel):
    """An item, with what is known of it."""

    model_config = ConfigDict(extra="allow")

    label: str
    prediction: float | None
    note: str = ""
    reasons: list[Reason] | None = Field(None, description='"Because you liked", with explain=true.')


class Recommendations(BaseModel):
    """The items that suit a user best, the best first."""

    items: list[Recommendation]


class Health(BaseModel):
    """The server answers."""

    status: str = "ok"
