"""A fold of a cross-validation: which of several equal parts of the data is the test set."""

from __future__ import annotations

from dataclasses import dataclass

from embedviz.core.errors import SettingsError

MAX_FOLDS = 100


@dataclass(frozen=True)
class Fold:
    """One fold of a cross-validation.

    Parameters
    ----------
    number : int
        The fold that tests, from 0; the others train.
    of : int
        Number of folds, 2 to 100.

    Raises
    ------
    SettingsError
        If there is no such fold.
    """

    number: int
    of: int

    def __post_init__(self) -> None:
        if not 2 <= self.of <= MAX_FOLDS or not 0 <= self.number < self.of:
            raise SettingsError(f"Fold {self.number} of {self.of}: folds are 2 to {MAX_FOLDS}, numbered from 0.")

    @property
    def title(self) -> str:
        """Name of the fold, counted from 1: "fold 2 of 5"."""
        return f"fold {self.number + 1} of {self.of}"
