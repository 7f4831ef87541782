"""The users and the items of a table of ratings: their ids, what they are called, and what is known of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from embedviz.data.classes import class_name
from embedviz.space.embedding_space import RESERVED

# of the spaces and of recommendations; a table's column of that name is renamed
OWN_COLUMNS = ("id", "bias", "count", "mean rating", "prediction", "note", "reasons", "because you liked")
_NAMING = ("title", "name", "label")


@dataclass(frozen=True)
class Entities:
    """The users, or the items. ids: as people write them, all different, in the order of first appearance. columns:
    what the table holds the same in every row of one of them, a row each. labels: the ids, or the titles where
    there is a column of those."""

    ids: list[str]
    labels: list[str]
    columns: pd.DataFrame

    def __len__(self) -> int:
        return len(self.ids)

    def as_dict(self) -> dict[str, Any]:
        """Of what JSON can hold; from_dict takes it back."""
        columns = {}
        for name in self.columns:
            columns[name] = [_plain(cell) for cell in self.columns[name].astype(object)]
        return {"ids": self.ids, "labels": self.labels, "columns": columns}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        columns = pd.DataFrame(index=range(len(values["ids"])))
        for name, cells in values["columns"].items():
            filled = [cell for cell in cells if cell is not None]
            numbers = all(isinstance(cell, int | float) and not isinstance(cell, bool) for cell in filled)
            holes = len(filled) < len(cells)
            columns[name] = pd.Series(cells, dtype=("float64" if holes else None) if numbers else object)
        return cls(values["ids"], values["labels"], columns)


def _plain(cell: Any) -> Any:
    if pd.isna(cell):
        return None
    cell = cell.item() if isinstance(cell, np.generic) else cell
    return cell if isinstance(cell, bool | int | float) else str(cell)


def id_names(values: pd.Series) -> list[str]:
    """Each cell as an id is written: 1 and 1.0 are the same, white space around it is none of it; "" when missing."""
    names, codes = numbered(values)
    return [names[code] if code >= 0 else "" for code in codes]


def numbered(values: pd.Series) -> tuple[list[str], np.ndarray]:
    """The different ids in the order of first appearance, and each row's place among them, -1 where it has none."""
    if pd.api.types.is_float_dtype(values):
        values = values.replace([np.inf, -np.inf], np.nan)
    codes, different = pd.factorize(values)
    names = pd.Series([class_name(value) for value in different], dtype=object)
    merged, once = pd.factorize(names.mask(names == ""))
    return list(once), np.append(merged, -1)[codes].astype(np.int64)


def told_apart(frame: pd.DataFrame, user: np.ndarray, item: np.ndarray) -> tuple[list[str], list[str]]:
    """The columns that describe users, and those that describe items: the same in every row of one user, or item. A
    column can do both; one that never changes does neither."""
    n_users, n_items = len(np.unique(user)), len(np.unique(item))
    of_user, of_item = [], []
    for column in frame.columns:
        codes, values = pd.factorize(frame[column])
        if len(values) > 1:
            of_user += [column] * _constant(codes, user, n_users)
            of_item += [column] * _constant(codes, item, n_items)
    return of_user, of_item


def _constant(codes: np.ndarray, entity: np.ndarray, n: int) -> bool:
    """Whether codes (-1: missing) are the same in all rows of one entity, and some entity has several rows."""
    filled = codes >= 0
    first = np.full(entity.max() + 1, -1)
    first[entity[filled][::-1]] = codes[filled][::-1]
    return bool(filled.sum() > n and (codes[filled] == first[entity[filled]]).all())


def entities(ids: list[str], entity: np.ndarray, described: pd.DataFrame) -> Entities:
    """ids with their columns, taken from their rows; labels from a column of titles where there is one."""
    columns = pd.DataFrame(index=range(len(ids)))
    for name in described.columns:
        values = described[name].reset_index(drop=True)
        filled = np.flatnonzero(values.notna())
        row = np.full(len(ids), -1)
        row[entity[filled][::-1]] = filled[::-1]
        column = pd.Series(values.to_numpy(object)[row], dtype=object).where(pd.Series(row >= 0), None)
        if pd.api.types.is_numeric_dtype(values):
            column = pd.to_numeric(column)
        columns[_free_name(str(name), columns)] = column
        if _lists(column):
            columns[_free_name(f"first of {name}", columns)] = column.map(
                lambda cell: cell.split("|")[0] if isinstance(cell, str) else None
            )
    return Entities(ids, _labels(ids, columns), columns)


def _free_name(name: str, taken: pd.DataFrame) -> str:
    """The name, marked as often as it takes to be nobody else's."""
    while name in RESERVED or name in OWN_COLUMNS or name in taken:
        name += " (given)"
    return name


def _lists(column: pd.Series) -> bool:
    """Whether the cells are lists with bars between: "Adventure|Animation"."""
    cells = column.dropna()
    return column.dtype == object and bool(len(cells)) and cells.astype(str).str.contains("|", regex=False).mean() > 0.1


def _labels(ids: list[str], columns: pd.DataFrame) -> list[str]:
    """The titles, with the id behind those that occur twice; the ids where no column holds titles."""
    for name in columns.columns:
        words = re.findall(r"[A-Za-z][a-z]*", name)
        titles = columns[name]
        if (
            any(word.lower() in _NAMING for word in words)
            and titles.dtype == object
            and titles.nunique() > max(1, 0.8 * len(ids))
        ):
            texts = [str(title).strip() if title is not None else "" for title in titles]
            twice = pd.Series(texts).duplicated(keep=False)
            labels = [text if text and not again else f"{text} [{i}]".strip() for text, again, i in zip(texts, twice, ids, strict=True)]  # fmt: skip
            return labels if len(set(labels)) == len(ids) else ids
    return ids
