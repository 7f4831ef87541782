"""Objectives of gradient descent (embedviz.training.descent.Task): squared errors of ratings, or pairs out of order.

Letters: n ratings of the training part, B ratings of a batch.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

from embedviz.models.ratings.negative_sampling import NegativeSampler
from embedviz.models.ratings.network import CollaborativeFiltering, init_vectors
from embedviz.models.ratings.parts import RatingsParts
from embedviz.models.ratings.settings import RatingsSettings
from embedviz.training.protocols import Weights


class RatingsTask:
    """The training of the network, its loss by the method.

    dot and gradient: the mean squared error of the ratings, for gradient less their mean and with biases that begin
    where biases alone end. bpr: Bayesian personalised ranking (Rendle et al. 2009, UAI). For a user u, an item i that u
    has and an item j that u does not have, both drawn again each epoch, it minimises -log sigmoid(x[u, i] - x[u, j]) with
    x[u, i] = c[i] + P[u]·Q[i]; a user's own bias would change no order. All with weight decay on what a rating uses.

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
        elif prepared.method == "bpr":
            biases = None, np.zeros(n_items)
        self.network = CollaborativeFiltering(n_users, n_items, settings.dim, *biases)
        init_vectors(self.network, settings.init_std, settings.seed)
        self.network.to(device)
        self.user, self.item = self._tensor(train.user), self._tensor(train.item)
        self.rating = self._tensor((train.rating - mean).astype(np.float32))  # subtracted in 64 bits
        self._negatives: NegativeSampler | None = None
        if prepared.method == "bpr":
            self._negatives = NegativeSampler(train.user, train.item, n_users, n_items, device)
            has_negatives = self._negatives.counts[self.user] > 0  # who has every item has no order to learn
            self.user, self.item = self.user[has_negatives], self.item[has_negatives]
        self.n_examples = len(self.user)

    def optimizer(self) -> torch.optim.Optimizer:
        """Return a new Adam."""
        return torch.optim.Adam(self.network.parameters(), lr=self.settings.learning_rate or 0.0)

    def batches(self, epoch: int) -> list[torch.Tensor]:
        """Return the rows of each batch (B,) int64, in an order drawn from the seed and the epoch."""
        order = np.random.default_rng((self.settings.seed, epoch)).permutation(self.n_examples)
        return list(self._tensor(order).split(self.settings.batch_size or 1))

    def loss(self, batch: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
        """Return the batch's mean loss, a scalar; negatives come from the generator."""
        user, item = self.user[batch], self.item[batch]
        if self._negatives is None:
            loss = (self.network(user, item) - self.rating[batch]).pow(2).mean()
            penalty = self.network.penalty(user, item)
        else:
            negative = self._negatives.draw(user, generator)
            difference = self.network(user, item) - self.network(user, negative)
            loss = -torch.nn.functional.logsigmoid(difference).mean()
            penalty = self.network.penalty(user, item, negative)
        return loss + (self.settings.weight_decay or 0.0) * penalty

    def measure(self) -> dict[str, float]:
        """Return the scores of the network."""
        return self._score({name: value.detach().cpu().numpy() for name, value in self.network.state_dict().items()})

    def _tensor(self, array: np.ndarray) -> torch.Tensor:
        return torch.from_numpy(np.ascontiguousarray(array)).to(self.device)
