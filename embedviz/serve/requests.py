"""Bodies of requests, typed by what the served model was trained on, so that the OpenAPI page shows its fields."""

from __future__ import annotations

from typing import Any, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, create_model, model_validator

from embedviz.models.categories.form import Form, FormField
from embedviz.models.ratings.form import RatingsForm
from embedviz.models.sentiment.trained import EXAMPLE_TEXT, TextForm
from embedviz.serve.limits import Limits
from embedviz.space.metrics import Metric

Cell: TypeAlias = str | bool | int | float | None
MAX_VALUES_SHOWN = 10  # of a category


class Row(BaseModel):
    """A row, column to cell. Columns that the model does not read may stand in it, too."""

    model_config = ConfigDict(extra="allow", allow_inf_nan=False)
    __pydantic_extra__: dict[str, Cell] = Field(init=False)  # pyright: ignore[reportIncompatibleVariableOverride]

    def cells(self) -> dict[str, Cell]:
        """Return the cells that were given, by column."""
        return self.model_dump(by_alias=True, exclude_unset=True)


class NeighborsOf(BaseModel):
    """Labels, whose neighbours are found for each, or one vector."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    labels: list[str] | None = None
    vector: list[float] | None = None
    k: int = Field(10, ge=1)
    metric: Metric = "cosine"
    space: str | None = None

    @model_validator(mode="after")
    def one_of_the_two(self) -> NeighborsOf:
        """Raise ValueError unless either labels or a vector are given."""
        if (self.labels is None) == (self.vector is None):
            raise ValueError("give labels or a vector, one of the two")
        return self


def neighbors_body(limits: Limits) -> type[NeighborsOf]:
    """Return the body of POST /neighbors, within the limits."""
    labels = Field(None, min_length=1, max_length=limits.max_rows)
    k = Field(10, ge=1, le=limits.max_k)
    return create_model("NeighborsOf", __base__=NeighborsOf, labels=(list[str] | None, labels), k=(int, k))


class RowsToPredict(BaseModel):
    """The rows of a request to /predict."""

    model_config = ConfigDict(extra="forbid")

    rows: list[Any]
    explain: bool = Field(False, description="Add the contributions to each prediction.")

    def given(self) -> list[Any]:
        """Return the rows as the model takes them."""
        return [row.cells() if isinstance(row, Row) else row for row in self.rows]


def prediction_body(form: object, limits: Limits) -> type[RowsToPredict]:
    """Return the body of POST /predict for a model of this form."""
    rows = Field(min_length=1, max_length=limits.max_rows)
    return create_model("RowsToPredict", __base__=RowsToPredict, rows=(_list_of(row_type(form)), rows))


def _list_of(item: Any) -> Any:
    return list[item]


def row_type(form: object) -> Any:
    """Return what a row is for a model of this form; for one of a form of its own any object of cells."""
    match form:
        case TextForm():
            row = create_model(
                "TextRow", __base__=Row, text=(str | None, Field(alias=form.column, examples=[EXAMPLE_TEXT]))
            )
            return str | row
        case RatingsForm():
            roles = {role: (str | int | float, Field(alias=form.columns[role])) for role in ("user", "item")}
            return create_model("UserAndItem", __base__=Row, **roles)  # pyright: ignore[reportArgumentType, reportCallIssue]
        case Form():
            fields = {f"column_{number}": table_cell(feature) for number, feature in enumerate(form.features)}
            return create_model("TableRow", __base__=Row, **fields)  # pyright: ignore[reportArgumentType, reportCallIssue]
        case _:
            return Row


def table_cell(feature: FormField) -> tuple[Any, Any]:
    """Return the type and the description of a column's cells. Numbers and dates may be text, as in a file."""
    if feature.kind == "category":
        shown = ", ".join(feature.values[:MAX_VALUES_SHOWN])
        more = ", ..." if len(feature.values) > MAX_VALUES_SHOWN else ""
        kind, text = Cell, f"A category: {shown}{more}" if shown else "A category"
    elif feature.kind == "number":
        kind, text = float | str | None, f"A number, {feature.low} to {feature.high} in training"
    else:
        kind, text = str | None, f"A date, {feature.low} to {feature.high} in training"
    examples = None if feature.example is None else [feature.example]
    return kind, Field(None, alias=feature.name, description=f"{text}.", examples=examples)


class RecommendationFor(BaseModel):
    """A user of the training, or what somebody new has rated."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    user: str | int | None = None
    rated: dict[str, float] | None = Field(None, description="Item to rating.")
    k: int = Field(10, ge=1)
    explain: bool = Field(False, description='Add "because you liked".')


def recommendation_body(form: object, limits: Limits) -> type[RecommendationFor]:
    """Return the body of POST /recommend for a model of this form."""
    scale = form.scale if isinstance(form, RatingsForm) else None
    text = "Item to rating" + (f", {scale[0]:g} to {scale[1]:g}." if scale else ".")
    rated = Field(None, max_length=limits.max_rows, description=text)
    k = Field(10, ge=1, le=limits.max_k)
    return create_model(
        "RecommendationFor", __base__=RecommendationFor, rated=(dict[str, float] | None, rated), k=(int, k)
    )
