"""A table made ready to be learned from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from embedviz.core.cost import Cost, Machine
from embedviz.data.leaks import Leak
from embedviz.data.splits import Split
from embedviz.models.categories.cost import training_cost
from embedviz.models.categories.encoding import EncodedRows, TableEncoder
from embedviz.models.categories.form import FormField
from embedviz.models.categories.metadata import value_metadata
from embedviz.models.categories.schema import Target
from embedviz.models.categories.settings import CategoriesSettings
from embedviz.models.categories.trained import TrainedCategories, fill_untrained
from embedviz.training.devices import Device
from embedviz.training.learner import Criterion, IterativeLearner
from embedviz.training.protocols import Weights

WARMUP = 0.05  # share of the training


@dataclass(frozen=True, eq=False)
class CategoriesPrepared:
    """The rows that have a target, split and encoded (`embedviz.training.protocols.Prepared`).

    Attributes
    ----------
    split
        Of the N rows.
    target
        What is predicted.
    targets
        (N,) classes by number, or numbers.
    encoder
        Fitted on the training set.
    rows
        All rows, encoded.
    fields
        Of the form.
    leaks
        Columns that determine the target in the training set, the surest first.
    left_out
        Counts of what was left out, by a name in snake case.
    places
        (N,) int64 places of the rows in the table.
    least_counts
        (N,) int64 training rows that have the rarest of the row's values, 0 where one is unseen.
    """

    split: Split
    target: Target
    targets: np.ndarray
    encoder: TableEncoder
    rows: EncodedRows
    fields: list[FormField]
    leaks: list[Leak]
    left_out: dict[str, int]
    places: np.ndarray
    least_counts: np.ndarray

    @cached_property
    def metadata(self) -> dict[str, pd.DataFrame]:
        """Metadata of the values of each category column, from the training set."""
        train = self.split.train
        return value_metadata(self.encoder.values, self.rows.codes[train], self.target, self.targets[train])

    def cost(self, settings: CategoriesSettings, machine: Machine) -> Cost:
        """Return what the training ahead will take."""
        sizes, n_numbers = [len(values) for values in self.encoder.values.values()], len(self.encoder.numbers)
        return training_cost(
            settings, len(self.rows), len(self.split.train), sizes, n_numbers, self.target.n_outputs, machine
        )

    def learner(
        self, settings: CategoriesSettings, device: Device, threads: int
    ) -> IterativeLearner[TrainedCategories]:
        """Return a learner at its beginning. The best epoch is the one of the lowest validation loss (or error)."""
        import torch

        from embedviz.models.categories.networks import TableNetwork
        from embedviz.models.categories.task import CategoriesTask
        from embedviz.training.descent import GradientDescent, Plan
        from embedviz.training.schedules import warmup_cosine

        n_rows = len(self.split.train)
        dropout, embedding_dropout = settings.dropout_for(n_rows)
        rates = {"dropout": dropout, "embedding_dropout": embedding_dropout}
        network = TableNetwork(settings.model_copy(update=rates), self.encoder, self.target.n_outputs)
        network.inner.initialise(torch.Generator().manual_seed(settings.seed))
        task = CategoriesTask(network.to(device.name), self.rows, self.split, self.target, self.targets, settings)
        plan = Plan(settings.epochs_for(n_rows), settings.seed, warmup_cosine(WARMUP))
        criterion = Criterion(f"validation/{self.target.selection_metric}")
        return IterativeLearner(
            GradientDescent(task, plan), lambda weights: self._trained(settings, weights), criterion
        )

    def _trained(self, settings: CategoriesSettings, weights: Weights) -> TrainedCategories:
        filled = fill_untrained(weights, self.encoder)
        return TrainedCategories(settings, self.target, self.encoder, filled, self.metadata, self.fields)
