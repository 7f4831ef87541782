"""Training again on chosen labels of a space, or without them.

The choice is kept beside the data and applied at each reading, so that scores, baselines and repeats see the same data
as the training.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import numpy as np
import pandas as pd

from embedviz.core.errors import SettingsError
from embedviz.core.files import replacing
from embedviz.data.reading import Table
from embedviz.data.roles import roles_of
from embedviz.models import model_spec
from embedviz.space import EmbeddingSpace
from embedviz.space.kinds import EXAMPLE_KINDS, PLURALS
from embedviz.store.data_reference import LabelFilterReference
from embedviz.store.reference_reading import read_reference
from embedviz.store.run_folder import RunFolder
from embedviz.store.table_folders import derived_key
from embedviz.store.tables import keep_table
from embedviz.training.examples import ROW
from embedviz.training.protocols import reads_corpus


@dataclass(frozen=True)
class LabelFilter:
    """A choice of labels.

    Attributes
    ----------
    space : str
        The space that they are of.
    labels : list of str
        The labels, by what the data calls them.
    keep : bool
        True when they alone are kept, False when they are left out.
    """

    space: str
    labels: list[str]
    keep: bool

    @classmethod
    def of(cls, run: RunFolder, space: EmbeddingSpace, rows: np.ndarray, keep: bool) -> Self:
        """Return the choice of these rows of a run's space.

        Raises
        ------
        SettingsError
            For a choice of none, or where the run's data cannot be filtered by this space.
        """
        if not len(rows):
            raise SettingsError("Nothing is selected. Select points first.")
        if not can_filter(run, space.name):
            raise SettingsError(f"The data of {run.name!r} cannot be filtered by the labels of {space.name!r}.")
        identity = ROW if space.kind in EXAMPLE_KINDS else model_spec(run.model).identity
        if space.kind in EXAMPLE_KINDS and identity not in space.columns:
            raise SettingsError(
                f"The {PLURALS[space.kind]} of {run.name!r} are no rows of its data, so it cannot be filtered by them."
            )
        names = space.columns[identity] if identity in space.columns else pd.Series(space.labels)
        return cls(space.name, names.iloc[rows].astype(str).tolist(), keep)

    def title(self, of: str) -> str:
        """Return what a run on the filtered data is called."""
        return f"{of}, {f'{len(self.labels):,} alone' if self.keep else f'without {len(self.labels):,}'}"

    def write(self, folder: Path, number: int) -> None:
        """Write the labels as Parquet beside a run's data; `number` counts its choices from 0."""
        with replacing(_label_file(folder, number)) as temporary:
            pd.DataFrame({"label": pd.array(self.labels, dtype="str")}).to_parquet(temporary, index=False)

    def reference(self) -> LabelFilterReference:
        """Return what the run's data reference says of the choice: two runs with the same have the same data."""
        digest = hashlib.sha256("\0".join(sorted(self.labels)).encode()).hexdigest()
        return {"space": self.space, "keep": self.keep, "labels": len(self.labels), "sha256": digest}


def label_filters(run: RunFolder) -> list[LabelFilter]:
    """Return what the run's data is filtered by, one after the other; usually nothing."""
    return [
        LabelFilter(
            found["space"], pd.read_parquet(_label_file(run.folder / "data", number))["label"].tolist(), found["keep"]
        )
        for number, found in enumerate(run.data.get("only", []))
    ]


def can_filter(run: RunFolder, space_name: str) -> bool:
    """Return True when the labels of this space stand for values or words of the run's data."""
    return run.kind == "training" and model_spec(run.model).filters_by(space_name)


def read_data(run: RunFolder) -> Table:
    """Read the data that the run is trained on.

    Raises
    ------
    DataError
        When it went away, was changed, or nothing of it is left.
    """
    filters = label_filters(run)
    as_corpus = reads_corpus(model_spec(run.model)) and not filters  # which are for rows
    table = read_reference(run.data, run.folder / "data", as_corpus=as_corpus)
    if not filters or table.cache is None:
        return _filtered(table, run, filters)
    model = model_spec(run.model)  # what decides how it reads the data is among the settings that its survey depends on
    settings = run.training_settings().model_dump(mode="json", include=set(model.survey_settings))
    choices = [chosen.reference() for chosen in filters]
    key = derived_key(table.cache, [run.model, run.columns, settings, choices])
    return keep_table(key, lambda: _filtered(table, run, filters))


def _filtered(table: Table, run: RunFolder, filters: list[LabelFilter]) -> Table:
    """Return the rows that the filters leave, one filter after the other."""
    model, settings = model_spec(run.model), run.training_settings()
    for chosen in filters:
        columns = roles_of(table, run.columns)
        frame = model.filter_rows(table.frame, columns, settings, chosen.space, chosen.labels, chosen.keep)
        table = replace(table, frame=frame)
    return table


def _label_file(folder: Path, number: int) -> Path:
    return folder / f"only-{number}.parquet"
