"""Training the network of a table: what embedviz.training.descent asks of it."""

from __future__ import annotations

import math

import numpy as np
import torch

from embedviz.data.category_values import OTHER
from embedviz.evaluation.classification import class_scores
from embedviz.evaluation.regression import error_scores
from embedviz.models.categories.encoding import EncodedRows
from embedviz.models.categories.networks import TableNetwork, answer
from embedviz.models.categories.settings import CategoriesSettings

READ_AT_ONCE = 4096  # rows of a batch that is only read
WARM_UP = 0.05  # of the way: Adam's first steps, before it knows how large gradients are, are small


def schedule(share: float) -> float:
    """The factor of the learning rate: a short rise, then half a cosine down to nothing (Loshchilov and Hutter 2017,
    "SGDR", ICLR, equation 5, without restarts)."""
    return min(1.0, (share + 1e-3) / WARM_UP) * 0.5 * (1 + math.cos(math.pi * share))


class CategoriesTask:
    """The rows of the training part, and scores on the validation part. targets (N,): classes by number, or numbers,
    which are standardised by (mean, deviation) `scale`."""

    def __init__(
        self,
        network: TableNetwork,
        rows: EncodedRows,
        targets: np.ndarray,
        scale: tuple[float, float],
        training: np.ndarray,
        validation: np.ndarray,
        settings: CategoriesSettings,
    ):
        self.network, self.rows, self.targets, self.scale = network, rows, targets, scale
        self.training, self.validation = training, validation
        self.settings = settings
        self.n_examples = len(training)
        self.device = next(network.parameters()).device
        self.classes = network.n_outputs > 1
        wanted = targets if self.classes else ((targets - scale[0]) / scale[1]).astype(np.float32)
        self._wanted = torch.from_numpy(np.ascontiguousarray(wanted)).to(self.device)
        self._codes = torch.from_numpy(rows.codes).to(self.device)
        self._numbers = torch.from_numpy(rows.numbers).to(self.device)

    def optimizer(self) -> torch.optim.Optimizer:
        s = self.settings
        learning = [parameter for parameter in self.network.parameters() if parameter.requires_grad]
        return torch.optim.AdamW(learning, lr=s.learning_rate, weight_decay=s.weight_decay)

    def batches(self, epoch: int) -> list[torch.Tensor]:
        order = np.random.default_rng([self.settings.seed, epoch]).permutation(self.training)
        return list(torch.from_numpy(order).to(self.device).split(self.settings.batch_for(self.n_examples)))

    def loss(self, batch: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
        """The mean of the members' losses, each of its own answer."""
        codes = self._codes[batch]
        if self.settings.other_share:
            hidden = torch.rand(codes.shape, generator=generator, device=self.device) < self.settings.other_share
            codes = codes.masked_fill(hidden, OTHER)
        outputs = self.network(codes, self._numbers[batch], generator)  # (B, M, O)
        wanted = self._wanted[batch][:, None].expand(outputs.shape[:2])
        if self.classes:
            return torch.nn.functional.cross_entropy(outputs.flatten(0, 1), wanted.flatten())
        return torch.nn.functional.mse_loss(outputs[..., 0], wanted)

    def measure(self) -> dict[str, float]:
        part = self.validation
        found = answers(self.network, EncodedRows(self.rows.codes[part], self.rows.numbers[part]), self.scale)
        scores = scores_of(found, self.targets[part], self.classes)
        return {f"validation/{name}": value for name, value in scores.items()}


@torch.no_grad()
def answers(network: TableNetwork, rows: EncodedRows, scale: tuple[float, float]) -> np.ndarray:
    """Probabilities (N, C) float32, or numbers in the target's unit (N, 1) float64."""
    device = next(network.parameters()).device
    classes = network.n_outputs > 1
    found = []
    for start in range(0, len(rows.codes), READ_AT_ONCE):
        part = slice(start, start + READ_AT_ONCE)
        codes, numbers = (torch.from_numpy(x[part]).to(device) for x in (rows.codes, rows.numbers))
        together = answer(network(codes, numbers), classes)
        found.append(together.exp().cpu().numpy() if classes else together.double().cpu().numpy() * scale[1] + scale[0])
    return np.concatenate(found) if found else np.empty((0, network.n_outputs), np.float32)


def scores_of(found: np.ndarray, targets: np.ndarray, classes: bool) -> dict[str, float]:
    """accuracy, macro_f1 and log_loss of probabilities (N, C); rmse, mae and r2 of numbers (N, 1)."""
    return class_scores(found, targets) if classes else error_scores(found[:, 0], targets)
