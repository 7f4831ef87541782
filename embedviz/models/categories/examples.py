"""The rows as points: what the output layer reads of each, what is predicted of it, and its cells."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from embedviz.core.progress import Progress
from embedviz.data.column import Column
from embedviz.data.reading import Table
from embedviz.models.categories.prepared import CategoriesPrepared
from embedviz.models.categories.trained import TrainedCategories
from embedviz.space import EmbeddingSpace
from embedviz.space.column_names import free_name
from embedviz.training.examples import (
    CONFIDENCE,
    ERROR,
    OUTCOME,
    PART,
    PREDICTION,
    ROW,
    ROW_SPACE,
    TARGET,
    class_outcomes,
    draw_examples,
    drawn_notes,
    number_outcomes,
    part_names,
    text_labels,
)

if TYPE_CHECKING:
    from embedviz.models.categories.task import RowReading

BLOCK = 4096  # rows between two progress events
MAX_CELL_COLUMNS = 50
# Taken by what is said of each row; and "count", which in a space is how often a label occurs.
OWN_COLUMNS = (TARGET, PREDICTION, CONFIDENCE, ERROR, OUTCOME, PART, ROW, "count")


def row_space_name(frame: pd.DataFrame) -> str:
    """Return the name of the space of a table's rows, which no space of a column's values has."""
    name = ROW_SPACE
    while name in frame.columns:
        name = f"{name} (rows)"
    return name


def row_space(
    trained: TrainedCategories, prepared: CategoriesPrepared, table: Table
) -> Generator[Progress, None, EmbeddingSpace]:
    """Return the rows by the vectors that the output layer reads, with their cells as columns."""
    target, n, seed = prepared.target, len(prepared.rows), trained.settings.seed
    chosen = draw_examples(n, trained.settings.hidden_dim, seed)
    found: list[RowReading] = []
    for start in range(0, len(chosen), BLOCK):
        found.append(trained.read_encoded(prepared.rows.take(chosen[start : start + BLOCK])))
        yield Progress(step=min(start + BLOCK, len(chosen)), total_steps=len(chosen), message="Placing the rows")
    answers, targets = np.concatenate([reading.answers for reading in found]), prepared.targets[chosen]
    outcomes = class_outcomes(answers, targets, target.classes) if target.classes else number_outcomes(answers, targets)
    places = prepared.places[chosen]
    names = [name for name in table.frame.columns if name not in (target.name, prepared.split.column)]
    cells = {name: table.column(name).take(places) for name in names[:MAX_CELL_COLUMNS]}
    columns: dict[str, np.ndarray] = {**outcomes}
    for name, column in cells.items():
        columns[free_name(str(name), (*columns, *OWN_COLUMNS))] = _values(column)
    columns |= {PART: part_names(prepared.split, chosen), ROW: places + 1}
    notes = drawn_notes(len(chosen), n, "rows", seed)
    if len(names) > MAX_CELL_COLUMNS:
        notes.append(f"Of its {len(names):,} columns the first {MAX_CELL_COLUMNS} are shown.")
    vectors, labels = np.concatenate([reading.pooled for reading in found]), _labels(list(cells.values()), places + 1)
    name = row_space_name(table.frame)
    return EmbeddingSpace(labels, vectors, pd.DataFrame(columns), name, notes=notes, kind="row")


def _values(column: Column) -> np.ndarray:
    """Return cells as a column of the space: numbers as they are stored, all else as people read it, None where missing."""
    if column.kind != "number":
        return column.names.spread(column.names.distinct, None)
    return column.values.to_numpy() if isinstance(column.values.dtype, np.dtype) else column.numbers()


def _labels(cells: list[Column], numbers: np.ndarray) -> list[str]:
    """Return a label for each row: its text in the first column where every row has one of its own, else its number."""
    for column in cells:
        if column.kind == "text" and column.n_distinct == column.n_filled == len(numbers):
            return text_labels([str(name) for name in column.names.series()], numbers.tolist(), ROW)
    return [f"{ROW} {number}" for number in numbers]
