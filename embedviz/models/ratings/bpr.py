"""Learning what users want from what they have: Bayesian personalised ranking (Rendle et al. 2009, UAI).

For a user u, an item i that u has and an item j that u has not, both drawn anew each epoch, it descends
-log sigmoid(x[u, i] - x[u, j]) with x[u, i] = c[i] + P[u]·Q[i], plus weight decay on what the triple uses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn

from embedviz.models.ratings.biases import Biases
from embedviz.models.ratings.factors import Factors
from embedviz.models.ratings.network import CollaborativeFiltering, Measure, NetworkLearner, begin, plan_of, shuffled

if TYPE_CHECKING:
    from embedviz.models.ratings.parts import RatingsParts


class RankingFactors(CollaborativeFiltering):
    """A vector a user, a vector and a bias an item. A user's own bias would change no order."""

    def __init__(self, num_users: int, num_items: int, embedding_dim: int):
        super().__init__(num_users, num_items, embedding_dim)
        self.item_bias = nn.Parameter(torch.zeros(num_items))

    def forward(self, user_ids: torch.Tensor, item_ids: torch.Tensor) -> torch.Tensor:
        return self.item_bias[item_ids] + super().forward(user_ids, item_ids)

    def factors(self, biases: Biases, scale: tuple[float, float]) -> Factors:
        P, Q, item_bias = (
            x.detach().cpu().numpy().copy()
            for x in (self.user_embedding.weight, self.item_embedding.weight, self.item_bias)
        )
        unknown = Biases(0.0, np.zeros(len(P)), item_bias.astype(np.float64))
        return Factors(P, Q, np.zeros(len(P), np.float32), item_bias, 0.0, -np.inf, np.inf, unknown)

    def penalised(self, user_ids: torch.Tensor, *item_ids: torch.Tensor) -> torch.Tensor:
        leaning = sum(self.item_bias[ids].pow(2) for ids in item_ids)
        return super().penalised(user_ids, *item_ids) + leaning.mean()


class NegativeSampler:
    """Draws for each user an item that the user has not, every such item as likely as the next, without trying twice.

    The k-th item that a user has not is k plus the number of the user's items before it. With the user's items sorted,
    s[0] < s[1] < …, these are the ones with s[m] - m <= k, which a binary search counts. Searching all users' at once
    takes one sorted list, in which each user's numbers are moved behind the last user's.
    """

    def __init__(self, user: np.ndarray, item: np.ndarray, n_users: int, n_items: int, device: torch.device):
        order = np.lexsort((item, user))
        counts = np.bincount(user, minlength=n_users)
        starts = np.cumsum(counts) - counts
        place = np.arange(len(user)) - np.repeat(starts, counts)
        keys = user[order] * (n_items + 1) + item[order] - place
        self._keys, self._starts, self.left = (
            torch.from_numpy(x.astype(np.int64)).to(device) for x in (keys, starts, n_items - counts)
        )
        self._stride = n_items + 1

    def draw(self, users: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
        """(B,) int64 users, none of whom has every item -> (B,) int64 items."""
        k = torch.randint(1 << 31, users.shape, generator=generator, device=users.device) % self.left[users]
        before = torch.searchsorted(self._keys, users * self._stride + k, right=True) - self._starts[users]
        return k + before


class PairwiseRanking:
    """The task for the descent: an item that the user has before one that the user has not."""

    def __init__(self, network: RankingFactors, parts: RatingsParts, settings: Any, measure: Measure):
        self.network, self.settings = network, settings
        self._device = next(network.parameters()).device
        self._sampler = NegativeSampler(
            parts.train.user, parts.train.item, len(parts.users), len(parts.items), self._device
        )
        pairs = torch.from_numpy(np.stack([parts.train.user, parts.train.item])).to(self._device)
        self._user, self._item = pairs[:, self._sampler.left[pairs[0]] > 0]  # who has every item has no order to learn
        self._scores = lambda: measure(network.factors(parts.biases, parts.scale))
        self.n_examples = self._user.shape[0]

    def optimizer(self) -> torch.optim.Optimizer:
        return torch.optim.Adam(self.network.parameters(), lr=self.settings.learning_rate)

    def batches(self, epoch: int) -> list[torch.Tensor]:
        return shuffled(self.n_examples, self.settings.batch_size, (self.settings.seed, epoch), self._device)

    def loss(self, batch: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
        user, item = self._user[batch], self._item[batch]
        other = self._sampler.draw(user, generator)
        order = -nn.functional.logsigmoid(self.network(user, item) - self.network(user, other)).mean()
        return order + self.settings.weight_decay * self.network.penalised(user, item, other)

    def measure(self) -> dict[str, float]:
        return self._scores()


def bpr_learner(parts: RatingsParts, settings: Any, measure: Measure, device: str) -> NetworkLearner:
    """The ranking network ready to run on the device."""
    network = RankingFactors(len(parts.users), len(parts.items), settings.dim)
    begin(network, settings.first_length, settings.seed)
    network.to(device)
    task = PairwiseRanking(network, parts, settings, measure)
    return NetworkLearner(network, task, parts, plan_of(settings, "validation/ndcg@10", greater_is_better=True))
