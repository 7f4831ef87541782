"""Assignment of rows to training, validation and test, drawn before anything is fitted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Self

import numpy as np

from embedviz.core.errors import SettingsError
from embedviz.data.folds import Fold
from embedviz.data.part_names import PART_NAMES, PartName

TRAIN, VALIDATION, TEST, UNUSED = range(4)  # codes of the parts, and of rows that are in none


class SplitMethod(StrEnum):
    """Method by which rows were assigned to the three parts."""

    RANDOM = "random"  # uniformly
    STRATIFIED = "stratified"  # every class in proportion
    BY_TIME = "by_time"  # the latest rows test, those before them validate
    LATEST_PER_USER = "latest_per_user"  # the same within each user's rows
    BY_UNIT = "by_unit"  # units of a text, uniformly
    FOLD = "fold"  # one fold of a cross-validation tests
    GIVEN = "given"  # a column of the table says so
    GIVEN_TEST = "given_test"  # a column says what tests; the validation set was drawn from its training rows


@dataclass(frozen=True, eq=False)
class Split:
    """Row numbers of the three parts; each row is in exactly one of them, or unused.

    Parameters
    ----------
    train, validation, test : (n,) int64 arrays
        Row numbers of each part, in ascending order.
    method : SplitMethod
        How the rows were assigned.
    seed : int
        Seed of the generator that drew them.
    fold : Fold, optional
        The fold that tests, in a cross-validation.
    column : str
        The column that gave the parts; empty where they were drawn.
    details : mapping of str to int
        What a reader of the scores has to know about it, by a name in snake case.
    unused : (n,) int64 array
        Rows that were left out: of the training set, so as to learn from fewer (`thinned`), or of the test set, which is
        measured later (`untested`).
    """

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray
    method: SplitMethod
    seed: int
    fold: Fold | None = None
    column: str = ""
    details: Mapping[str, int] = field(default_factory=dict[str, int])
    unused: np.ndarray = field(default_factory=lambda: np.empty(0, np.int64))

    @classmethod
    def of(
        cls,
        parts: np.ndarray,
        *,
        method: SplitMethod,
        seed: int,
        fold: Fold | None = None,
        column: str = "",
        details: Mapping[str, int] | None = None,
    ) -> Self:
        """Build a split from the code of each row's part.

        Parameters
        ----------
        parts : (N,) int array
            TRAIN, VALIDATION or TEST for each row, as `split_rows` returns them.
        """
        train, validation, test, unused = (np.flatnonzero(parts == code) for code in (TRAIN, VALIDATION, TEST, UNUSED))
        return cls(train, validation, test, SplitMethod(method), seed, fold, column, details or {}, unused)

    def __len__(self) -> int:
        return len(self.train) + len(self.validation) + len(self.test) + len(self.unused)

    def thinned(self, share: float, *, classes: np.ndarray | None = None) -> Self:
        """Return the same split with a share of its training rows, so that fewer are learned from and as many measured.

        A smaller share takes some of the rows of a larger one.

        Parameters
        ----------
        share : float
            Over 0; 1 keeps all, and at least one row stays.
        classes : (N,) int array, optional
            Keep every class in proportion, and a row of each.
        """
        if share >= 1:
            return self
        order = np.random.default_rng(self.seed).permutation(self.train)
        groups = [order] if classes is None else [order[classes[order] == code] for code in np.unique(classes[order])]
        kept = np.sort(np.concatenate([group[: max(1, round(share * len(group)))] for group in groups]))
        left_out = np.setdiff1d(self.train, kept)
        details = {**self.details, "unused_training_rows": len(left_out)}
        return replace(self, train=kept, unused=np.union1d(self.unused, left_out), details=details)

    def untested(self) -> Self:
        """Return the same split with its test rows unused, so that nothing is measured on them."""
        details = {**self.details, "untested_rows": len(self.test)}
        unused = np.union1d(self.unused, self.test)
        return replace(self, test=self.test[:0], unused=unused, details=details)

    @property
    def parts(self) -> np.ndarray:
        """(N,) int8: TRAIN, VALIDATION, TEST or UNUSED for each row; `Split.of` takes it back."""
        parts = np.full(len(self), TRAIN, np.int8)
        parts[self.unused] = UNUSED
        parts[self.validation] = VALIDATION
        parts[self.test] = TEST
        return parts

    @property
    def measured(self) -> PartName:
        """Name of the part that is scored: "test", or "validation" where no rows were kept for testing."""
        return "test" if len(self.test) else "validation"

    @property
    def sizes(self) -> dict[str, int]:
        """Rows in each part, by name."""
        return {name: len(self.part(name)) for name in PART_NAMES}

    def part(self, name: PartName) -> np.ndarray:
        """Return the row numbers of a part by its name: (n,) int64."""
        return {"train": self.train, "validation": self.validation, "test": self.test}[name]


def training_size(n: int, validation_share: float, test_share: float, parts: Sequence[int] = ()) -> int:
    """Return how many of n rows train.

    Parameters
    ----------
    n : int
        Rows.
    validation_share, test_share : float
        As for `draw_split`.
    parts : sequence of int
        Training, validation and test rows of a given split; empty where it is drawn. Rows for validation are drawn from the
        training set where it has none.
    """
    if not parts:
        return round(n * (1 - validation_share - test_share))
    train, validation, _ = parts
    return train if validation else round(train * (1 - validation_share))


def draw_split(
    n: int,
    validation_share: float,
    test_share: float,
    seed: int,
    *,
    fold: Fold | None = None,
    classes: np.ndarray | None = None,
    times: np.ndarray | None = None,
    method: SplitMethod | None = None,
) -> Split:
    """Draw a split; the parameters are those of `split_rows`.

    Parameters
    ----------
    method : SplitMethod, optional
        What to record as the method, where the caller knows better than the parameters show (LATEST_PER_USER, BY_UNIT).
        A fold is always recorded as FOLD.
    """
    if fold is not None:
        method = SplitMethod.FOLD
    elif method is None:
        stratified = SplitMethod.RANDOM if classes is None else SplitMethod.STRATIFIED
        method = stratified if times is None else SplitMethod.BY_TIME
    parts = split_rows(n, validation_share, test_share, seed, fold=fold, classes=classes, times=times)
    return Split.of(parts, method=method, seed=seed, fold=fold)


def split_rows(
    n: int,
    validation_share: float,
    test_share: float,
    seed: int,
    *,
    fold: Fold | None = None,
    classes: np.ndarray | None = None,
    times: np.ndarray | None = None,
) -> np.ndarray:
    """Draw the part of each row by a local generator.

    Parameters
    ----------
    n : int
        Number of rows.
    validation_share, test_share : float
        Share of the rows in each part; at least one row where the share is positive.
    seed : int
        Seed of the generator.
    fold : Fold, optional
        Test on this fold instead of on `test_share` of the rows.
    classes : (n,) int array, optional
        Stratify: every part holds every class in proportion.
    times : (n,) array, optional
        Split by time: the last rows test and those before them validate; nothing is drawn.

    Returns
    -------
    (n,) int8 array
        TRAIN, VALIDATION or TEST for each row.

    Raises
    ------
    SettingsError
        If folds by time are asked for.
    """
    order = np.random.default_rng(seed).permutation(n)
    if times is not None:
        order = np.argsort(times, kind="stable")[::-1]
    elif classes is not None:
        order = order[np.argsort(classes[order], kind="stable")]
    parts = np.full(n, TRAIN, np.int8)
    if fold is None:
        is_test = _pick(n, n * test_share, first=times is not None)
    elif times is None:
        is_test = np.arange(n) % fold.of == fold.number
    else:
        raise SettingsError(
            "Folds cannot be combined with a split by time, because a model would be trained on later rows than it is "
            "tested on. Repeat over seeds instead."
        )
    parts[order[is_test]] = TEST
    rest = order[~is_test]
    parts[rest[_pick(len(rest), n * validation_share, first=times is not None)]] = VALIDATION
    return parts


def _pick(n: int, target: float, first: bool) -> np.ndarray:
    """(n,) bool: `target` places rounded, at least one unless it is 0; the first ones or evenly spaced."""
    picked = np.zeros(n, bool)
    if target and n:
        count = min(n, max(1, round(target)))
        picked[np.arange(count) if first else (np.arange(count) * n + n // 2) // count] = True
    return picked
