"""Training again on what was chosen of a space, or without it: the choice is kept beside the data and made at each
reading, so that scores, baselines and repeats see the same data as the training."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from embedviz.core.errors import SettingsError
from embedviz.core.files import replacing
from embedviz.data.reading import Table
from embedviz.data.roles import roles_of
from embedviz.models import model_class
from embedviz.space import EmbeddingSpace
from embedviz.store.dataset import read_reference
from embedviz.store.run import Run


@dataclass(frozen=True)
class Only:
    """labels of the space, and whether they alone are kept or they are left out."""

    space: str
    labels: list[str]
    keep: bool

    @classmethod
    def of(cls, run: Run, space: EmbeddingSpace, rows: np.ndarray, keep: bool) -> Only:
        """The choice of these rows of a run's space, by what the data calls them. SettingsError for a choice of none,
        or where the run's data cannot be narrowed by this space."""
        if not len(rows):
            raise SettingsError("Nothing is selected. Select points first.")
        if not can_narrow(run, space.name):
            raise SettingsError(f"The data of {run.name!r} cannot be narrowed by what is in {space.name!r}.")
        identity = model_class(run.model).identity
        names = space.columns[identity] if identity in space.columns else pd.Series(space.labels)
        return cls(space.name, names.iloc[rows].astype(str).tolist(), keep)

    def title(self, of: str) -> str:
        """What a run on the narrowed data is called."""
        return f"{of}, {f'{len(self.labels):,} alone' if self.keep else f'without {len(self.labels):,}'}"

    def write(self, path: Path) -> None:
        """Keeps the labels as Parquet."""
        with replacing(path) as temporary:
            pd.DataFrame({"label": pd.array(self.labels, dtype="str")}).to_parquet(temporary, index=False)

    def reference(self) -> dict[str, Any]:
        """What is told of the choice in the run's data reference: two runs with the same have the same data."""
        digest = hashlib.sha256("\0".join(sorted(self.labels)).encode()).hexdigest()
        return {"space": self.space, "keep": self.keep, "labels": len(self.labels), "sha256": digest}


def label_file(folder: Path, number: int) -> Path:
    """Where the labels of a run's choice lie: folder is the run's data folder, number counts its choices from 0."""
    return folder / f"only-{number}.parquet"


def choices_of(run: Run) -> list[Only]:
    """What the run's data was narrowed by, one after the other; usually nothing."""
    return [
        Only(told["space"], pd.read_parquet(label_file(run.folder / "data", number))["label"].tolist(), told["keep"])
        for number, told in enumerate(run.spec["data"].get("only", []))
    ]


def can_narrow(run: Run, space_name: str) -> bool:
    """Whether the labels of this space stand for values or words of the run's data."""
    return run.kind == "training" and model_class(run.model).narrows_by(space_name)


def read_data(run: Run) -> Table:
    """The data that the run is trained on. DataError when it went away, was changed, or nothing of it is left."""
    table = read_reference(run.spec["data"], run.folder / "data")
    model = model_class(run.model)
    for only in choices_of(run):
        columns = roles_of(table, run.spec["columns"])
        frame = model.narrow(table.frame, columns, run.settings, only.space, only.labels, only.keep)
        table = replace(table, frame=frame)
    return table
