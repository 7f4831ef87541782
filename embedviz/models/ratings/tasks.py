"""What gradient descent minimises (embedviz.training.descent.Task): squared errors of ratings, or pairs out of order.

Letters: n ratings of the training part, B ratings of a batch.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

from embedviz.models.ratings.negative_sampling import NegativeSampler
from embedviz.models.ratings.network import CollaborativeFiltering, init_vectors
from embedviz.models.ratings.prepared import PreparedRatings
from embedviz.models.ratings.settings import RatingsSettings
from embedviz.training.protocols import Weights


class SquaredError:
    """The mean squared error of ratings less a mean, with weight decay.

    Parameters
    ----------
    prepared
        Whose method says which biases the network has.
    settings
        Resolved for the method.
    device
        Where to train.
    score
        Measures weights.
    """

    def __init__(
        self,
        prepared: PreparedRatings,
        settings: RatingsSettings,
        device: torch.device,
        score: Callable[[Weights], dict[str, float]],
    ):
        self.settings, self.device, self._score = settings, device, score
        self.network = CollaborativeFiltering(
            len(prepared.users), len(prepared.items), settings.dim, *self._initial_biases(prepared)
        )
        init_vectors(self.network, settings.init_std, settings.seed)
        self.network.to(device)
        self.user, self.item = self._tensor(prepared.train.user), self._tensor(prepared.train.item)
        mean = prepared.mean if prepared.method == "gradient" else 0.0
        self.rating = self._tensor((prepared.train.rating - mean).astype(np.float32))  # subtracted in 64 bits
        self.n_examples = len(self.user)

    def optimizer(self) -> torch.optim.Optimizer:
        """Return a new Adam."""
        return torch.optim.Adam(self.network.parameters(), lr=self.settings.learning_rate or 0.0)

    def batches(self, epoch: int) -> list[torch.Tensor]:
        """Return the rows of each batch (B,) int64, in an order drawn from the seed and the epoch."""
        order = np.random.default_rng((self.settings.seed, epoch)).permutation(self.n_examples)
        return list(self._tensor(order).split(self.settings.batch_size or 1))

    def loss(self, batch: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
        """Return the batch's loss."""
        user, item = self.user[batch], self.item[batch]
        error = (self.network(user, item) - self.rating[batch]).pow(2).mean()
        return error + self._weight_decay * self.network.penalty(user, item)

    def measure(self) -> dict[str, float]:
        """Return the scores of the network."""
        return self._score({name: value.detach().cpu().numpy() for name, value in self.network.state_dict().items()})

    def _initial_biases(self, prepared: PreparedRatings) -> tuple[np.ndarray | None, np.ndarray | None]:
        """Return the biases of users and of items where biases alone end; none for the plain dot product."""
        return (prepared.biases.user, prepared.biases.item) if prepared.method == "gradient" else (None, None)

    @property
    def _weight_decay(self) -> float:
        return self.settings.weight_decay or 0.0

    def _tensor(self, array: np.ndarray) -> torch.Tensor:
        return torch.from_numpy(np.ascontiguousarray(array)).to(self.device)


class PairwiseRanking(SquaredError):
    """Bayesian personalised ranking (Rendle et al. 2009, UAI): what users want from what they have.

    For a user u, an item i that u has and an item j that u does not have, both drawn anew each epoch, it minimises
    -log sigmoid(x[u, i] - x[u, j]) with x[u, i] = c[i] + P[u]·Q[i], plus weight decay on what the triple uses. A user's
    own bias would change no order.
    """

    def __init__(
        self,
        prepared: PreparedRatings,
        settings: RatingsSettings,
        device: torch.device,
        score: Callable[[Weights], dict[str, float]],
    ):
        super().__init__(prepared, settings, device, score)
        train = prepared.train
        self._sampler = NegativeSampler(train.user, train.item, len(prepared.users), len(prepared.items), device)
        has_negatives = self._sampler.n_negatives[self.user] > 0  # who has every item has no order to learn
        self.user, self.item = self.user[has_negatives], self.item[has_negatives]
        self.n_examples = len(self.user)

    def loss(self, batch: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
        """Return the batch's loss; negatives come from the generator."""
        user, item = self.user[batch], self.item[batch]
        negative = self._sampler.draw(user, generator)
        order = -torch.nn.functional.logsigmoid(self.network(user, item) - self.network(user, negative)).mean()
        return order + self._weight_decay * self.network.penalty(user, item, negative)

    def _initial_biases(self, prepared: PreparedRatings) -> tuple[np.ndarray | None, np.ndarray | None]:
        return None, np.zeros(len(prepared.items))
