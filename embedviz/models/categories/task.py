"""The task of gradient descent on a table: batches of rows, the loss, scores on the validation set, predictions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Generator, Tensor

from embedviz.data.category_values import OTHER
from embedviz.data.splits import Split
from embedviz.evaluation.classification import class_scores
from embedviz.evaluation.regression import error_scores
from embedviz.models.categories.encoding import EncodedRows
from embedviz.models.categories.networks import TableNetwork, average_members
from embedviz.models.categories.schema import Target
from embedviz.models.categories.settings import CategoriesSettings

PREDICT_BATCH_SIZE = 4096


class CategoriesTask:
    """The rows of the training set, and scores on the validation set (`embedviz.training.descent.Task`).

    Parameters
    ----------
    network
        On the device that trains.
    rows, split
        All N rows, encoded, and their split.
    target, targets
        What is predicted, and its (N,) classes by number, or numbers.
    settings
        Of the training.
    """

    def __init__(
        self,
        network: TableNetwork,
        rows: EncodedRows,
        split: Split,
        target: Target,
        targets: np.ndarray,
        settings: CategoriesSettings,
    ):
        self.network: torch.nn.Module = network
        self.rows, self.split, self.target, self.targets, self.settings = rows, split, target, targets, settings
        self.n_examples = len(split.train)
        self._network, self._device = network, network.device
        wanted = targets if target.classes else target.standardise(targets).astype(np.float32)
        self._targets, self._codes, self._numbers = (
            torch.from_numpy(x).to(self._device) for x in (wanted, rows.codes, rows.numbers)
        )

    def optimizer(self) -> torch.optim.Optimizer:
        """Return AdamW over everything but the fixed vectors."""
        trained = [parameter for parameter in self._network.parameters() if parameter.requires_grad]
        return torch.optim.AdamW(trained, lr=self.settings.learning_rate, weight_decay=self.settings.weight_decay)

    def batches(self, epoch: int) -> Sequence[Tensor]:
        """Return the training rows in an order drawn for the epoch, (B,) row numbers each."""
        order = np.random.default_rng([self.settings.seed, epoch]).permutation(self.split.train)
        return torch.from_numpy(order).to(self._device).split(self.settings.batch_size_for(self.n_examples))

    def loss(self, batch: Tensor, generator: Generator) -> Tensor:
        """Return the mean of the members' losses, each of its own output."""
        codes = self._codes[batch]
        if self.settings.other_share:
            hidden = torch.rand(codes.shape, generator=generator, device=self._device) < self.settings.other_share
            codes = codes.masked_fill(hidden, OTHER)
        outputs = self._network(codes, self._numbers[batch], generator)  # (B, M, O)
        wanted = self._targets[batch][:, None].expand(outputs.shape[:2])
        if self.target.classes:
            return torch.nn.functional.cross_entropy(outputs.flatten(0, 1), wanted.flatten())
        return torch.nn.functional.mse_loss(outputs[..., 0], wanted)

    def measure(self) -> dict[str, float]:
        """Return "validation/log_loss" and the like, or "validation/rmse"."""
        rows = self.split.validation
        found = predict_rows(self._network, self.rows.take(rows), self.target)
        score = class_scores if self.target.classes else error_scores
        return {f"validation/{name}": value for name, value in score(found, self.targets[rows]).items()}


@dataclass(frozen=True)
class RowReading:
    """Rows as a network reads them.

    Attributes
    ----------
    answers
        Probabilities (N, C) float32, or numbers in the target's unit (N,) float64.
    pooled
        (N, H) float32, what the output layer reads, pooled over the members of an ensemble.
    """

    answers: np.ndarray
    pooled: np.ndarray


@torch.no_grad()
def predict_rows(network: TableNetwork, rows: EncodedRows, target: Target) -> np.ndarray:
    """Return probabilities (N, C) float32, or numbers in the target's unit (N,) float64."""
    found = [torch.empty(0, network.n_outputs)]
    found += [average_members(network(*batch)).cpu() for batch in _batches(network, rows)]
    return _answers(torch.cat(found), target)


@torch.no_grad()
def read_rows(network: TableNetwork, rows: EncodedRows, target: Target) -> RowReading:
    """Return predictions as those of `predict_rows`, and the vectors that they are made from."""
    found = [network.read(*batch) for batch in _batches(network, rows)]
    outputs = torch.cat([average_members(outputs).cpu() for outputs, _ in found])
    return RowReading(_answers(outputs, target), torch.cat([pooled.cpu() for _, pooled in found]).numpy())


def _batches(network: TableNetwork, rows: EncodedRows) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield codes (B, K) and numbers (B, P) on the network's device."""
    for start in range(0, len(rows), PREDICT_BATCH_SIZE):
        batch = rows.take(slice(start, start + PREDICT_BATCH_SIZE))
        yield torch.from_numpy(batch.codes).to(network.device), torch.from_numpy(batch.numbers).to(network.device)


def _answers(outputs: Tensor, target: Target) -> np.ndarray:
    if target.classes:
        return outputs.exp().numpy()
    return target.restore(outputs[:, 0].double().numpy())
