"""A trained model of a table that answers: classes or numbers, and which columns moved them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd
import torch

from embedviz.core.errors import DataError, SettingsError
from embedviz.models.categories.encoding import TableEncoder
from embedviz.models.categories.networks import TableNetwork
from embedviz.models.categories.settings import CategoriesSettings
from embedviz.models.categories.task import answers

NETWORK = "network."


@dataclass(frozen=True)
class CategoriesPredictor:
    """classes: their names; empty where a number is predicted, which is standardised by (mean, deviation) `scale`."""

    encoder: TableEncoder
    network: TableNetwork
    classes: list[str]
    scale: tuple[float, float]

    @classmethod
    def of(cls, settings: CategoriesSettings, weights: Mapping[str, np.ndarray], knowledge: dict[str, Any]) -> Self:
        """From what Categories.weights and Categories.knowledge gave. SettingsError when they are not such a model's."""
        try:
            encoder = TableEncoder.from_dict(knowledge["encoder"])
            classes = list(knowledge["target"].get("classes", []))
            network = TableNetwork(settings, encoder, len(classes) or 1)
            network.load_state_dict(
                {
                    name.removeprefix(NETWORK): torch.from_numpy(np.array(array))
                    for name, array in weights.items()
                    if name.startswith(NETWORK)
                }
            )
            return cls(encoder, network.train(False), classes, tuple(knowledge["scale"]))
        except (KeyError, TypeError, RuntimeError) as error:
            raise SettingsError(f"These are not the weights of this categories model ({error}).") from error

    def answers(self, frame: pd.DataFrame) -> np.ndarray:
        """Probabilities (N, C), or numbers (N, 1)."""
        return answers(self.network, self.encoder.encode(frame), self.scale)

    def predict(self, rows: pd.DataFrame | Sequence[Any], reasons: bool) -> pd.DataFrame:
        """See Categories.predict."""
        given = _as_frame(rows)
        encoded = self.encoder.encode(given)
        found = answers(self.network, encoded, self.scale)
        notes = self.encoder.notes(given)
        if self.classes:
            best = found.argmax(1)
            columns = {
                "prediction": np.array(self.classes, dtype=object)[best],
                "probability": found[np.arange(len(found)), best],
                **{f"p({name})": found[:, c] for c, name in enumerate(self.classes)},
            }
        else:
            best = np.zeros(len(found), np.int64)
            columns = {"prediction": found[:, 0]}
        frame = pd.DataFrame({**columns, "note": pd.Series(notes, dtype=object)})
        if reasons:
            from embedviz.models.categories.reasons import contributions

            added = contributions(self.network, self.encoder, encoded, best, self.scale)
            frame["reasons"] = [
                [{"feature": column, "contribution": float(added[column][row])} for column in added]
                for row in range(len(frame))
            ]
        return frame


def _as_frame(rows: Any) -> pd.DataFrame:
    """The rows with a plain index; a list of dicts (column -> cell) is as good as a frame, and a dict is one row. DataError
    for anything else, and for a frame that has a column twice."""
    if isinstance(rows, pd.DataFrame):
        if len(twice := rows.columns[rows.columns.duplicated()]):
            raise DataError(
                f"Column {twice[0]!r} stands twice in the rows to predict. Give each column a name of its own."
            )
        return rows.reset_index(drop=True)
    if isinstance(rows, Mapping):
        rows = [rows]
    if not isinstance(rows, Sequence) or not all(isinstance(row, Mapping) for row in rows):
        raise DataError("Rows to predict are a table, or a list of dicts from column to value.")
    return pd.DataFrame(list(rows))
