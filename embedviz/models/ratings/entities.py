"""The users and the items of a ratings table: their ids, labels and metadata columns."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from embedviz.data.category_names import Names
from embedviz.space.embedding_space import RESERVED

# columns of the spaces and of recommendations; a table's column of that name is renamed
OWN_COLUMNS = ("id", "bias", "count", "mean rating", "prediction", "note", "reasons", "because you liked")
MIN_LIST_SHARE = 0.1  # of the cells hold a bar, from which a column counts as one of lists
MIN_TITLE_SHARE = 0.8  # of the entities have a title of their own, from which a column counts as one of titles
_TITLE_WORDS = {"title", "name", "label"}


@dataclass(frozen=True, eq=False)
class Entities:
    """All users, or all items.

    Attributes
    ----------
    ids
        As people write them, all different, in the order of first appearance.
    labels
        The titles where the table has a column of those, the ids otherwise; all different.
    columns
        Metadata: what the table holds the same in every row of an entity. One row for each entity.
    """

    ids: list[str]
    labels: list[str]
    columns: pd.DataFrame

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def places(self) -> dict[str, int]:
        """Places by label and by id; an id wins over another entity's equal label."""
        return {name: i for names in (self.labels, self.ids) for i, name in enumerate(names)}

    def take(self, places: np.ndarray) -> Entities:
        """Return the entities at these places, in this order."""
        columns = self.columns.iloc[places].reset_index(drop=True)
        return Entities([self.ids[i] for i in places], [self.labels[i] for i in places], columns)


def id_names(values: pd.Series) -> list[str]:
    """Return each cell as an id is written: 1 and 1.0 are the same, surrounding white space is ignored, "" is missing."""
    names, codes = factorize_ids(values)
    return [names[code] if code >= 0 else "" for code in codes]


def factorize_ids(values: pd.Series) -> tuple[list[str], np.ndarray]:
    """Return the different ids in the order of first appearance, and each row's place among them, -1 where it has none."""
    if pd.api.types.is_float_dtype(values):
        values = values.replace([np.inf, -np.inf], np.nan)
    names = Names.of(values)
    return list(names.distinct), names.codes.astype(np.int64)


def metadata_columns(frame: pd.DataFrame, codes: np.ndarray) -> list[str]:
    """Return the columns that describe entities: they vary, but are the same in all rows of one entity.

    Parameters
    ----------
    frame
        n rows.
    codes
        (n,) int, the entity of each row.
    """
    n_entities, found = len(np.unique(codes)), []
    first = np.empty(codes.max() + 1, np.int64)
    for column in frame.columns:
        cells, values = pd.factorize(frame[column])
        filled = cells >= 0
        first[codes[filled][::-1]] = cells[filled][::-1]
        is_repeated = filled.sum() > n_entities  # one row an entity would prove nothing
        if len(values) > 1 and is_repeated and (cells[filled] == first[codes[filled]]).all():
            found.append(column)
    return found


def describe(ids: list[str], codes: np.ndarray, metadata: pd.DataFrame) -> Entities:
    """Return the entities of these ids with their metadata.

    Parameters
    ----------
    ids
        Of the entities.
    codes
        (n,) int, the entity of each row; each occurs.
    metadata
        n rows: the columns that describe entities.
    """
    columns = pd.DataFrame(index=range(len(ids)))
    for name, column in metadata.reset_index(drop=True).groupby(codes).first().items():
        if not pd.api.types.is_numeric_dtype(column):
            column = column.astype(object).where(column.notna(), None)
        columns[_free_name(str(name), columns)] = column
        if _holds_lists(column):
            first = column.map(lambda cell: cell.split("|")[0] if isinstance(cell, str) else None)
            columns[_free_name(f"first of {name}", columns)] = first
    return Entities(ids, _labels(ids, columns), columns)


def _free_name(name: str, taken: pd.DataFrame) -> str:
    while name in RESERVED or name in OWN_COLUMNS or name in taken:
        name += " (given)"
    return name


def _holds_lists(column: pd.Series) -> bool:
    """Return whether the cells are lists with bars between: "Adventure|Animation"."""
    cells = column.dropna().astype(str)
    return column.dtype == object and len(cells) > 0 and cells.str.contains("|", regex=False).mean() > MIN_LIST_SHARE


def _labels(ids: list[str], columns: pd.DataFrame) -> list[str]:
    """Return the titles, with the id behind those that occur twice; the ids where no column holds titles."""
    for name, titles in columns.items():
        is_named_so = _TITLE_WORDS & {word.lower() for word in re.findall(r"[A-Za-z][a-z]*", str(name))}
        if is_named_so and titles.dtype == object and titles.nunique() > max(1, MIN_TITLE_SHARE * len(ids)):
            texts = pd.Series(["" if title is None else str(title).strip() for title in titles])
            is_ambiguous = texts.duplicated(keep=False) | (texts == "")
            labels = [f"{text} [{i}]".strip() if again else text for text, again, i in zip(texts, is_ambiguous, ids, strict=True)]  # fmt: skip
            return labels if len(set(labels)) == len(ids) else ids
    return ids
