"""The split that a column of the table gives: each row says train, validation or test, as published data sets do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np
import pandas as pd

from embedviz.core.errors import ColumnError, DataError, SettingsError
from embedviz.core.plurals import counted, listed
from embedviz.data.column import Column, cells_of
from embedviz.data.folds import Fold
from embedviz.data.part_names import PART_NAMES, PartName
from embedviz.data.roles import checked_role
from embedviz.data.split_names import LEFT_OUT, part_codes
from embedviz.data.splits import TEST, TRAIN, Split, SplitMethod, split_rows

MAX_NAMES = 3  # listed in a sentence
ROLE = "a column that says train, validation or test; without one the split is drawn"  # for a model's optional_roles


@dataclass(frozen=True, eq=False)
class GivenSplit:
    """Parts of N rows as a column of the table gives them.

    Parameters
    ----------
    column : str
        The column.
    parts : (N,) int8 array
        TRAIN, VALIDATION or TEST, LEFT_OUT where the cell is empty or says something else.
    n_left_out : int
        Rows of the whole table that belong to no part.
    left_out : list of str
        What such rows say, the most frequent first; empty cells are not among them.
    n_shared : int
        Rows of the measured part that the training set has too.
    note : str
        A sentence on measured rows of classes that no training row has; empty without any.
    """

    column: str
    parts: np.ndarray
    n_left_out: int
    left_out: list[str] = field(default_factory=list[str])
    n_shared: int = 0
    note: str = ""

    @classmethod
    def of(cls, column: Column) -> Self:
        """Read the parts of a column's cells.

        Raises
        ------
        ColumnError
            If the column names no training set, or the training set alone.
        """
        names = column.names
        codes = part_codes(names.distinct)
        counts = np.where(codes == LEFT_OUT, names.counts, 0)
        order = np.argsort(-counts, kind="stable")[: np.count_nonzero(counts)]
        parts = names.spread(codes, LEFT_OUT)
        given = cls(str(column.name), parts, int((parts < 0).sum()), [str(names.distinct[i]) for i in order])
        sizes, without = given.sizes, "Choose no column as split to have one drawn."
        if not sizes["train"]:
            raise ColumnError(f"No row says train in column {column.name!r}{given._others()}. {without}")
        if not sizes["test"] and not sizes["validation"]:
            raise ColumnError(
                f"Column {column.name!r} says neither test nor validation in any row{given._others()}, so there is "
                f"nothing to measure a model on. {without}"
            )
        return given

    def __len__(self) -> int:
        return len(self.parts)

    @property
    def known(self) -> np.ndarray:
        """(N,) bool: the row belongs to a part."""
        return self.parts >= 0

    @property
    def sizes(self) -> dict[PartName, int]:
        """Rows of each part, by name."""
        return {name: int((self.parts == code).sum()) for code, name in enumerate(PART_NAMES)}

    @property
    def measured(self) -> PartName:
        """The part that scores are compared on: "test", or "validation" where no row says test."""
        return "test" if (self.parts == TEST).any() else "validation"

    def take(self, rows: np.ndarray, needed: str) -> Self:
        """Return the split of some rows, by number (n,): those that a model can use.

        Parameters
        ----------
        needed : str
            What the rows have and the others lack: "a text and a class".

        Raises
        ------
        DataError
            If a part of the table is not among them: test files are often handed out without their labels.
        """
        taken = replace(self, parts=self.parts[rows])
        for part, n in self.sizes.items():
            if n and not taken.sizes[part]:
                raise DataError(
                    f"None of the {counted(n, f'{part} row', f'{part} rows')} of “{self.column}” has {needed}. Bring "
                    f"{part} rows with labels, or leave them out."
                )
        return taken

    def with_shared(self, keys: np.ndarray) -> Self:
        """Return the same with `n_shared` counted; equal keys (N,) stand for equal rows."""
        measured = PART_NAMES.index(self.measured)
        return replace(self, n_shared=int(np.isin(keys[self.parts == measured], keys[self.parts == TRAIN]).sum()))

    def with_classes(self, codes: np.ndarray, names: list[str]) -> Self:
        """Return the same with a note on measured rows of classes that no training row has.

        Parameters
        ----------
        codes : (N,) int array
            Class of each row.
        names : list of str
            The classes.

        Raises
        ------
        DataError
            If all measured rows are of such classes, as where a placeholder stands for labels that were kept back.
        """
        part = self.measured
        of_part = codes[self.parts == PART_NAMES.index(part)]
        is_strange = ~np.isin(of_part, codes[self.parts == TRAIN])
        if not is_strange.any():
            return self
        found = [f"“{names[code]}”" for code in np.unique(of_part[is_strange])]
        listed = ", ".join(found[:MAX_NAMES]) + (" and others" if len(found) > MAX_NAMES else "")
        if is_strange.all():
            raise DataError(
                f"No {part} row of “{self.column}” has a class that a training row has; theirs are {listed}. Are the "
                f"{part} labels missing, or written in another way?"
            )
        rows = counted(int(is_strange.sum()), f"{part} row is of a class", f"{part} rows are of classes")
        return replace(self, note=f"{rows} that no training row has ({listed}), so no model can get them right.")

    def split(
        self, validation_share: float, seed: int, *, fold: Fold | None = None, classes: np.ndarray | None = None
    ) -> Split:
        """Return the split of N rows that all belong to a part. A missing validation set is drawn from the training rows.

        Parameters
        ----------
        validation_share : float
            Share of the training rows in a validation set that has to be drawn.
        seed : int
            Seed of the generator that draws it.
        fold : Fold, optional
            Refused: folds are another split.
        classes : (N,) int array, optional
            Draw every class in proportion.

        Raises
        ------
        SettingsError
            If a fold is asked for.
        """
        if fold is not None:
            raise SettingsError(fold_message(self.column))
        parts, method = self.parts.copy(), SplitMethod.GIVEN
        if not self.sizes["validation"]:
            method = SplitMethod.GIVEN_TEST
            rows = np.flatnonzero(parts == TRAIN)
            of_rows = None if classes is None else classes[rows]
            parts[rows] = split_rows(len(rows), validation_share, 0, seed, classes=of_rows)
        details = {"rows_without_part": self.n_left_out, f"{self.measured}_rows_in_training": self.n_shared}
        return Split.of(parts, method=method, seed=seed, column=self.column, details=details)

    def sentences(self, unit: str) -> list[str]:
        """Return the sizes and what was left out, in sentences. unit: plural noun for the rows: "texts"."""
        sizes = [f"{n:,} {_TITLES[part]}" for part, n in self.sizes.items() if n]
        drawn = "" if self.sizes["validation"] else f", of whose training {unit} some are drawn for validation"
        found = [f"The split of column “{self.column}”: {listed(sizes)} {unit}{drawn}."]
        if self.n_left_out:
            rows = counted(self.n_left_out, "row belongs", "rows belong")
            found.append(f"{rows} to no part and {'is' if self.n_left_out == 1 else 'are'} left out{self._others()}.")
        return found

    def warnings(self, unit: str) -> list[str]:
        """Return what a reader of the scores has to be careful about, in sentences."""
        found: list[str] = []
        if not self.sizes["test"]:
            found.append(
                f"No row of “{self.column}” says test. The scores will be those of the validation {unit}, which also "
                f"select the best epoch: optimistically biased."
            )
        if self.n_shared:
            part = self.measured
            found.append(
                f"{self.n_shared:,} of the {self.sizes[part]:,} {_TITLES[part]} {unit} "
                f"{'is' if self.n_shared == 1 else 'are'} among the training {unit} too, so the scores are optimistically "
                f"biased."
            )
        return [*found, self.note] if self.note else found

    def _others(self) -> str:
        """What rows without a part say, in brackets; empty where they say nothing."""
        if not self.left_out:
            return ""
        more = " and others" if len(self.left_out) > MAX_NAMES else ""
        return f" ({', '.join(f'“{name}”' for name in self.left_out[:MAX_NAMES])}{more})"


_TITLES: dict[str, str] = {"train": "training", "validation": "validation", "test": "test"}


def read_given(frame: pd.DataFrame, roles: Mapping[str, str | list[str]]) -> GivenSplit | None:
    """Return the split of the column in the role "split"; None where no column has it.

    Raises
    ------
    ColumnError
        If the column gives no split, or has another role too.
    """
    column = roles.get("split")
    if not isinstance(column, str) or not column:
        return None
    checked_role(frame, "split", column)
    for role, chosen in roles.items():
        if role != "split" and column in ([chosen] if isinstance(chosen, str) else chosen):
            raise ColumnError(f"Column {column!r} is chosen as {role} and as split. Choose two different columns.")
    return GivenSplit.of(Column(column, cells_of(frame, column)))


def fold_message(column: str) -> str:
    """Return why a given split has no folds."""
    return (
        f"Folds would replace the split of column “{column}”. Repeat over seeds, which keep it, or train without a column "
        f"as split."
    )
