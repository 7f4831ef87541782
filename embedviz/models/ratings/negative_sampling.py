"""Negative sampling for a ranking: items that a user does not have, drawn without rejection."""

from __future__ import annotations

import numpy as np
import torch


class NegativeSampler:
    """Draws for each user an item that the user does not have, every such item equally likely.

    The k-th item that a user does not have is k plus the number of the user's items before it. With the user's items
    sorted, s[0] < s[1] < …, these are the ones with s[m] - m <= k, which a binary search counts. Searching all users'
    at once takes one sorted list, in which each user's numbers are moved behind the last user's.

    Parameters
    ----------
    user, item
        (n,) places: who has what.
    n_users, n_items
        That there are.
    device
        Where to draw.
    """

    def __init__(self, user: np.ndarray, item: np.ndarray, n_users: int, n_items: int, device: torch.device):
        order = np.lexsort((item, user))
        owned = np.bincount(user, minlength=n_users)
        starts = np.cumsum(owned) - owned
        place = np.arange(len(user)) - np.repeat(starts, owned)
        keys = user[order] * (n_items + 1) + item[order] - place
        self._keys, self._starts, self.counts = (
            torch.from_numpy(x.astype(np.int64)).to(device) for x in (keys, starts, n_items - owned)
        )
        self._stride = n_items + 1

    def draw(self, users: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
        """Return an item (B,) int64 for each of users (B,) int64, none of whom has every item."""
        k = torch.randint(1 << 31, users.shape, generator=generator, device=users.device) % self.counts[users]
        before = torch.searchsorted(self._keys, users * self._stride + k, right=True) - self._starts[users]
        return k + before
