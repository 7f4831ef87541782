"""The objective of gradient descent (embedviz.training.descent.Task): squared errors of ratings.

Letters: n ratings of the training set, B ratings of a batch.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

from embedviz.models.ratings.network import CollaborativeFiltering, init_vectors
from embedviz.models.ratings.parts import RatingsParts
from embedviz.models.ratings.settings import RatingsSettings
from embedviz.training.protocols import Weights


class RatingsTask:
    """The training of the network on the mean squared error of the ratings, with weight decay on what a rating uses.

    dot: the dot product alone. gradient: the ratings less their mean, with biases that begin where biases alone end.

    Parameters
    ----------
    prepared
        The data and the method.
    settings
        Resolved for the method.
    device
        Where to train.
    score
        Measures weights.
    """

    def __init__(
        self,
        prepared: RatingsParts,
        settings: RatingsSettings,
        device: torch.device,
        score: Callable[[Weights], dict[str, float]],
    ):
        self.settings, self.device, self._score = settings, device, score
        train, n_users, n_items = prepared.train, len(prepared.users), len(prepared.items)
        biases, mean = (None, None), 0.0
        if prepared.method == "gradient":
            biases, mean = (prepared.biases.user, prepared.biases.item), prepared.mean
        self.network = CollaborativeFiltering(n_users, n_items, settings.dim, *biases)
        init_vectors(self.network, settings.init_std, settings.seed)
        self.network.to(device)
        self.user, self.item = self._tensor(train.user), self._tensor(train.item)
        self.rating = self._tensor((train.rating - mean).astype(np.float32))  # subtracted in 64 bits
        self.n_examples = len(self.user)

    def optimizer(self) -> torch.optim.Optimizer:
        """Return a new Adam."""
        return torch.optim.Adam(self.network.parameters(), lr=self.settings.learning_rate or 0.0)

    def batches(self, epoch: int) -> list[torch.Tensor]:
        """Return the rows of each batch (B,) int64, in an order drawn from the seed and the epoch."""
        order = np.random.default_rng((self.settings.seed, epoch)).permutation(self.n_examples)
        return list(self._tensor(order).split(self.settings.batch_size or 1))

    def loss(self, batch: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
        """Return the batch's mean loss, a scalar."""
        user, item = self.user[batch], self.item[batch]
        error = (self.network(user, item) - self.rating[batch]).pow(2).mean()
        return error + (self.settings.weight_decay or 0.0) * self.network.penalty(user, item)

    def measure(self) -> dict[str, float]:
        """Return the scores of the network."""
        return self._score({name: value.detach().cpu().numpy() for name, value in self.network.state_dict().items()})

    def _tensor(self, array: np.ndarray) -> torch.Tensor:
        return torch.from_numpy(np.ascontiguousarray(array)).to(self.device)
