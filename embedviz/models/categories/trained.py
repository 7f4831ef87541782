"""A trained model of a table: vectors of its categories, predictions of its target."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from embedviz.core.archive import Archived
from embedviz.core.errors import ColumnError, DataError
from embedviz.data.category_values import OTHER
from embedviz.data.classes import display_order
from embedviz.data.matching_columns import match_columns, no_columns_sentence, renamed_note
from embedviz.models.categories.architecture import table_architecture
from embedviz.models.categories.encoding import EncodedRows, TableEncoder
from embedviz.models.categories.form import Form, FormField
from embedviz.models.categories.notes import prediction_notes
from embedviz.models.categories.schema import Target
from embedviz.models.categories.settings import CategoriesSettings
from embedviz.space import EmbeddingSpace
from embedviz.training.architecture import Architecture

if TYPE_CHECKING:
    from embedviz.models.categories.networks import TableNetwork
    from embedviz.models.categories.task import RowReading

VECTORS = ("inner.embeddings.{}", "inner.category_embedding.weight")  # weights that are column k's space
VALUE_WEIGHTS = (*VECTORS, "inner.fixed.{}", "inner.wide_values.{}")  # weights with a row for each value of column k


@dataclass(frozen=True, eq=False)
class TrainedCategories(Archived):
    """The trained model (`embedviz.training.protocols.Predictor`).

    Attributes
    ----------
    settings
        Of the training.
    target
        What is predicted.
    encoder
        From cells to what the network reads.
    weights
        The network's state dict.
    columns
        Metadata of each space's labels, by column.
    fields
        Of the form.
    """

    settings: CategoriesSettings
    target: Target
    encoder: TableEncoder
    weights: dict[str, np.ndarray]
    columns: dict[str, pd.DataFrame]
    fields: list[FormField]

    def spaces(self) -> dict[str, EmbeddingSpace]:
        """Return a space for each category column, the one of most values first. The pooled "other" is no value.

        Where inputs are one-hot, the vectors are the values' rows of the first layer's weights.
        """
        spaces = [
            EmbeddingSpace(
                values.labels[OTHER + 1 :],
                self.value_vectors(column)[OTHER + 1 :],
                self.columns[column].iloc[OTHER + 1 :],
                column,
                kind="value",
            )
            for column, values in self.encoder.values.items()
            if len(values) > OTHER + 1
        ]
        return {space.name: space for space in sorted(spaces, key=lambda space: (-len(space), space.name))}

    def value_vectors(self, column: str) -> np.ndarray:
        """Return the vectors of a category column's values, that of the pooled "other" first: (V, D) float32."""
        return _of_column(self.weights, VECTORS, list(self.encoder.values).index(column))[0][1]

    def form(self) -> Form:
        """Return what a page needs to ask for a row."""
        return Form(self.target, self.fields)

    def architecture(self) -> Architecture:
        """Return the layers of this model."""
        return table_architecture(self.settings, self.encoder, self.target, self.weights)

    @cached_property
    def network(self) -> TableNetwork:
        """The network with these weights, on the CPU. DataError when they are another network's."""
        import torch

        from embedviz.models.categories.networks import TableNetwork

        network = TableNetwork(self.settings, self.encoder, self.target.n_outputs)
        try:
            network.load_state_dict({name: torch.from_numpy(np.array(array)) for name, array in self.weights.items()})
        except RuntimeError as error:
            raise DataError(f"These are not the weights of this categories model ({error}).") from error
        return network.train(False)

    def predict_encoded(self, rows: EncodedRows) -> np.ndarray:
        """Return probabilities (N, C), or numbers (N,)."""
        from embedviz.models.categories.task import predict_rows

        return predict_rows(self.network, rows, self.target)

    def read_encoded(self, rows: EncodedRows) -> RowReading:
        """Return predictions as those of `predict_encoded`, and the vectors that they are made from."""
        from embedviz.models.categories.task import read_rows

        return read_rows(self.network, rows, self.target)

    def predict(self, rows: pd.DataFrame | Sequence[Any], explain: bool = False) -> pd.DataFrame:
        """Return a prediction for each row.

        Parameters
        ----------
        rows
            A table, or dicts from column to cell; some columns may be absent. One whose name differs in capitals, blanks
            or underscores alone is found, and the note says so.
        explain
            Add "reasons": for each row a dict for each column, {"feature", "contribution"}, in logits towards the
            predicted class above the mean of all, or in the target's unit.

        Returns
        -------
        pandas.DataFrame
            For classes prediction, probability, p(CLASS)…, note; for a number prediction, note.

        Raises
        ------
        ColumnError
            When the rows have none of the columns of the training.
        """
        frame = _as_frame(rows)
        found_columns = match_columns([feature.column for feature in self.encoder.features], frame.columns)
        columns = self.encoder.columns_of(frame, found_columns)
        used = [feature.column for feature in self.encoder.used]
        if len(frame) and used and not any(name in columns for name in used):
            raise ColumnError(no_columns_sentence(used, frame.columns))
        encoded = self.encoder.encode(columns, len(frame))
        outputs = self.predict_encoded(encoded)
        found, best = {"prediction": outputs}, np.zeros(len(outputs), np.int64)
        if self.target.classes:
            best = outputs.argmax(1)
            found = {"prediction": np.array(self.target.classes, dtype=object)[best], "probability": outputs.max(1)}
            found |= {f"p({self.target.classes[c]})": outputs[:, c] for c in display_order(self.target.classes)}
        renamed = renamed_note({name: found_columns[name] for name in used if name in found_columns})
        notes = prediction_notes(self.encoder, columns, len(frame))
        notes = pd.Series([" ".join(filter(None, (renamed, note))) for note in notes], dtype=object)
        predictions = pd.DataFrame({**found, "note": notes})
        if explain:
            from embedviz.models.categories.attributions import contributions

            added = contributions(self.network, self.encoder, encoded, best, self.target)
            predictions["reasons"] = [
                [{"feature": column, "contribution": float(added[column][row])} for column in added]
                for row in range(len(frame))
            ]
        return predictions


def fill_untrained(weights: Mapping[str, np.ndarray], encoder: TableEncoder) -> dict[str, np.ndarray]:
    """Return weights in which an "other" that was not trained is the mean of its column's values, by their counts."""
    filled = dict(weights)
    for k, (column, values) in enumerate(encoder.values.items()):
        for name, array in _of_column(weights, VALUE_WEIGHTS, k) if column in encoder.untrained else []:
            filled[name] = array.copy()
            filled[name][OTHER] = values.counts @ array / values.counts.sum()
    return filled


def _of_column(weights: Mapping[str, np.ndarray], templates: Sequence[str], k: int) -> list[tuple[str, np.ndarray]]:
    """Return the weights of column k by name, of those that this network has."""
    names = [template.format(k) for template in templates]
    return [(name, weights[name]) for name in names if name in weights]


def _as_frame(rows: Any) -> pd.DataFrame:
    """Return the rows with a plain index; dicts (column -> cell) are as good as a frame, and a dict is one row.
    DataError for anything else, and for a frame that has a column twice."""
    if isinstance(rows, pd.DataFrame):
        if len(twice := rows.columns[rows.columns.duplicated()]):
            raise DataError(
                f"Column {twice[0]!r} occurs twice in the rows to predict. Give each column a name of its own."
            )
        return rows.reset_index(drop=True)
    if isinstance(rows, Mapping):
        rows = [rows]
    if not isinstance(rows, Sequence) or not all(isinstance(row, Mapping) for row in rows):
        raise DataError("Rows to predict are a table, or a list of dicts from column to value.")
    return pd.DataFrame(list(rows))
