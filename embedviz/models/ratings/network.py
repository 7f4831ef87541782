"""Ratings learned by gradient descent: the textbook network, and the one that adds means and biases to it.

Letters: U users, I items, K dimensions, B ratings of a batch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn

from embedviz.core.progress import Progress
from embedviz.models.ratings.biases import Biases
from embedviz.models.ratings.factors import Factors
from embedviz.training.descent import Descent, Plan

if TYPE_CHECKING:
    from embedviz.models.ratings.parts import RatingsParts

Measure = Callable[[Factors], dict[str, float]]


class CollaborativeFiltering(nn.Module):
    """The textbook network: a vector a user, a vector an item, and their dot product for the rating. mean: what is
    taken off the ratings, in 64 bits, before they are learned."""

    mean = 0.0

    def __init__(self, num_users: int, num_items: int, embedding_dim: int):
        super().__init__()
        self.user_embedding = nn.Embedding(num_users, embedding_dim)
        self.item_embedding = nn.Embedding(num_items, embedding_dim)

    def forward(self, user_ids: torch.Tensor, item_ids: torch.Tensor) -> torch.Tensor:
        """How far the ratings lie from the mean: (B,), (B,) int64 -> (B,)"""
        return (self.user_embedding(user_ids) * self.item_embedding(item_ids)).sum(1)

    def factors(self, biases: Biases, scale: tuple[float, float]) -> Factors:
        P, Q = _numpy(self.user_embedding.weight), _numpy(self.item_embedding.weight)
        nothing = np.zeros(len(P), np.float32), np.zeros(len(Q), np.float32)
        return Factors(P, Q, *nothing, 0.0, *scale, biases)

    def penalised(self, user_ids: torch.Tensor, *item_ids: torch.Tensor) -> torch.Tensor:
        """The mean squared length of what a batch uses, for the weight decay: a scalar."""
        total = self.user_embedding(user_ids).pow(2).sum(1)
        for ids in item_ids:
            total = total + self.item_embedding(ids).pow(2).sum(1)
        return total.mean()


class BiasedFactors(CollaborativeFiltering):
    """The textbook network with the mean and a bias for each user and item, which begin where biases alone end."""

    def __init__(self, num_users: int, num_items: int, embedding_dim: int, biases: Biases):
        super().__init__(num_users, num_items, embedding_dim)
        self.mean = biases.mean
        self.user_bias = nn.Parameter(torch.tensor(biases.user, dtype=torch.float32))
        self.item_bias = nn.Parameter(torch.tensor(biases.item, dtype=torch.float32))

    def forward(self, user_ids: torch.Tensor, item_ids: torch.Tensor) -> torch.Tensor:
        leaning = self.user_bias[user_ids] + self.item_bias[item_ids]
        return leaning + super().forward(user_ids, item_ids)

    def factors(self, biases: Biases, scale: tuple[float, float]) -> Factors:
        P, Q = _numpy(self.user_embedding.weight), _numpy(self.item_embedding.weight)
        user_bias, item_bias = _numpy(self.user_bias), _numpy(self.item_bias)
        fallback = Biases(self.mean, user_bias.astype(np.float64), item_bias.astype(np.float64))
        return Factors(P, Q, user_bias, item_bias, self.mean, *scale, fallback)

    def penalised(self, user_ids: torch.Tensor, *item_ids: torch.Tensor) -> torch.Tensor:
        leaning = self.user_bias[user_ids].pow(2) + sum(self.item_bias[ids].pow(2) for ids in item_ids)
        return super().penalised(user_ids, *item_ids) + leaning.mean()


class SquaredError:
    """The task for the descent: the mean squared error of known ratings, with weight decay."""

    def __init__(self, network: CollaborativeFiltering, parts: RatingsParts, settings: Any, measure: Measure):
        self.network, self.settings = network, settings
        self._device = next(network.parameters()).device
        self._user, self._item = (_tensor(x, self._device) for x in (parts.train.user, parts.train.item))
        self._rating = _tensor((parts.train.rating - network.mean).astype(np.float32), self._device)
        self._scores = lambda: measure(network.factors(parts.biases, parts.scale))
        self.n_examples = len(parts.train.user)

    def optimizer(self) -> torch.optim.Optimizer:
        return torch.optim.Adam(self.network.parameters(), lr=self.settings.learning_rate)

    def batches(self, epoch: int) -> list[torch.Tensor]:
        return shuffled(self.n_examples, self.settings.batch_size, (self.settings.seed, epoch), self._device)

    def loss(self, batch: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
        user, item = self._user[batch], self._item[batch]
        error = (self.network(user, item) - self._rating[batch]).pow(2).mean()
        return error + self.settings.weight_decay * self.network.penalised(user, item)

    def measure(self) -> dict[str, float]:
        return self._scores()


class NetworkLearner:
    """A network under descent, asked for its factors at their best or as they are."""

    def __init__(self, network: CollaborativeFiltering, task: Any, parts: RatingsParts, plan: Plan):
        self.network, self._parts = network, parts
        self._descent = Descent(task, plan)
        self._measured = False

    def run(self, threads: int) -> Iterator[Progress]:
        """threads are PyTorch's own affair."""
        for event in self._descent.run():
            self._measured = self._measured or bool(event.metrics)
            yield event

    def factors(self, best: bool = True) -> Factors:
        """Before the first measurement the current weights are the best there are."""
        if not best or not self._measured:
            return self.network.factors(self._parts.biases, self._parts.scale)
        current = {name: value.clone() for name, value in self.network.state_dict().items()}
        self.network.load_state_dict(self._descent.best)
        try:
            return self.network.factors(self._parts.biases, self._parts.scale)
        finally:
            self.network.load_state_dict(current)

    def state(self) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
        return self._descent.state()

    def restore(self, arrays: dict[str, np.ndarray], values: dict[str, Any]) -> None:
        self._descent.restore(arrays, values)
        self._measured = values["best_score"] is not None


def squared_error_learner(parts: RatingsParts, settings: Any, measure: Measure, device: str) -> NetworkLearner:
    """The textbook network or the one with biases, as the settings' method says, ready to run on the device."""
    sizes = len(parts.users), len(parts.items), settings.dim
    network = BiasedFactors(*sizes, parts.biases) if settings.method == "gradient" else CollaborativeFiltering(*sizes)
    begin(network, settings.first_length, settings.seed)
    network.to(device)
    task = SquaredError(network, parts, settings, measure)
    return NetworkLearner(network, task, parts, plan_of(settings, "validation/rmse", greater_is_better=False))


def plan_of(settings: Any, score: str, greater_is_better: bool) -> Plan:
    return Plan(settings.epochs, score, greater_is_better, settings.patience, seed=settings.seed)


def begin(network: CollaborativeFiltering, length: float, seed: int) -> None:
    """Vectors to begin with: numbers of this deviation from a generator of their own."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for embedding in (network.user_embedding, network.item_embedding):
            embedding.weight.copy_(length * torch.randn(embedding.weight.shape, generator=generator))


def shuffled(n: int, batch_size: int, seed: tuple[int, int], device: torch.device) -> list[torch.Tensor]:
    """The numbers 0 to n - 1 in an order drawn from the seed, a tensor for each batch."""
    order = torch.from_numpy(np.random.default_rng(seed).permutation(n)).to(device)
    return list(order.split(batch_size))


def _tensor(array: np.ndarray, device: torch.device) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(array)).to(device)


def _numpy(parameter: torch.Tensor) -> np.ndarray:
    return parameter.detach().cpu().numpy().copy()
