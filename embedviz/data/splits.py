"""Which rows train, which choose the best moment, which are measured once: drawn before anything is fitted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from embedviz.core.errors import SettingsError

TRAIN, VALIDATION, TEST = 0, 1, 2


@dataclass(frozen=True)
class Fold:
    """Fold `number` (from 0) of `of` is the test part; the other folds train."""

    number: int
    of: int

    def __post_init__(self) -> None:
        if not 2 <= self.of <= 100 or not 0 <= self.number < self.of:
            raise SettingsError(f"Fold {self.number} of {self.of}: folds are 2 to 100, numbered from 0.")


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
    """(n,) int8: TRAIN, VALIDATION or TEST for each row, drawn by a generator of its own from the seed.

    test_share of the rows test (a fold's share when one is given) and validation_share of them validate; at least one
    row of each part that has a share. classes (n,) int: parts hold every class in proportion. times (n,): the
    last rows test and those before them validate, nothing drawn.
    """
    order = np.random.default_rng(seed).permutation(n)
    if times is not None:
        order = np.argsort(times, kind="stable")[::-1]
    elif classes is not None:
        order = order[np.argsort(classes[order], kind="stable")]
    part = np.full(n, TRAIN, np.int8)
    if fold is None:
        tested = _taken(n, n * test_share, first=times is not None)
    elif times is None:
        tested = np.arange(n) % fold.of == fold.number
    else:
        raise SettingsError("Folds cannot be drawn by time: the past does not train on the future.")
    part[order[tested]] = TEST
    rest = order[~tested]
    part[rest[_taken(len(rest), n * validation_share, first=times is not None)]] = VALIDATION
    return part


def _taken(n: int, wanted: float, first: bool) -> np.ndarray:
    """(n,) bool: `wanted` places to the nearest whole, at least one, the first ones or evenly spread."""
    taken = np.zeros(n, bool)
    if wanted and n:
        count = min(n, max(1, round(wanted)))
        taken[np.arange(count) if first else (np.arange(count) * n + n // 2) // count] = True
    return taken
