"""Learning-rate schedules: functions from the share of the training that is done (0 to 1) to a factor of the rate."""

from __future__ import annotations

import math
from collections.abc import Callable

Schedule = Callable[[float], float]


def constant(share: float) -> float:
    """Return 1: the learning rate stays as it is."""
    return 1.0


def linear_decay(share: float, lowest: float = 0.004) -> float:
    """Return a factor that falls in a line from 1 to `lowest` (Mikolov's word2vec.c: 0.0001)."""
    return max(1 - share, lowest)


def warmup_cosine(warmup: float) -> Schedule:
    """Return a schedule that rises for a short while, then follows half a cosine down to 0.

    Adam's first steps, before it knows how large gradients are, are kept small by the rise. Loshchilov and Hutter 2017,
    "SGDR" (ICLR), equation 5, without restarts.

    Parameters
    ----------
    warmup
        Share of the training in which the factor rises to its height.
    """

    def schedule(share: float) -> float:
        return min(1.0, (share + 1e-3) / warmup) * 0.5 * (1 + math.cos(math.pi * share))

    return schedule
