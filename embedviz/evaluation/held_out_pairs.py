"""How well word vectors tell true neighbours from noise, on text they never saw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

MOST_PAIRS = 20_000
BLOCK = 4096  # pairs compared at a time


@dataclass(frozen=True)
class PairScores:
    """loss: mean of log(1 + exp(-true)) + sum of log(1 + exp(noise)), in nats a pair, what training descends.
    auc: how often a true pair scores above one of its noise pairs, 0.5 by chance."""

    loss: float
    auc: float


@dataclass(frozen=True)
class HeldOutPairs:
    """centre, context (P,): words up to `window` apart in a text kept aside; noise (P, k): random words for each."""

    centre: np.ndarray
    context: np.ndarray
    noise: np.ndarray

    @classmethod
    def draw(
        cls, tokens: np.ndarray, window: int, noise: np.ndarray, negatives: int, seed: int, most: int = MOST_PAIRS
    ) -> HeldOutPairs:
        """At most `most` pairs of tokens (T,), -1 between units, and noise words by probability noise (V,). The same
        seed draws the same pairs."""
        rng = np.random.default_rng(seed)
        unit = np.cumsum(tokens < 0)
        centres, contexts = [], []
        for apart in range(1, min(window, len(tokens) - 1) + 1):
            a, b = tokens[:-apart], tokens[apart:]
            together = (a >= 0) & (b >= 0) & (unit[:-apart] == unit[apart:])
            centres.append(a[together])
            contexts.append(b[together])
        centre, context = np.concatenate(centres or [[]]), np.concatenate(contexts or [[]])
        chosen = rng.permutation(len(centre))[:most]
        drawn = rng.choice(len(noise), (len(chosen), negatives), p=noise)
        return cls(centre[chosen].astype(np.int64), context[chosen].astype(np.int64), drawn)

    def measure(self, W: np.ndarray, C: np.ndarray) -> PairScores:
        """Scores centre vectors W and context vectors C, (V, D) each."""
        loss = above = 0.0
        if not len(self.centre):
            return PairScores(float("nan"), float("nan"))
        for start in range(0, len(self.centre), BLOCK):
            part = slice(start, start + BLOCK)
            w = W[self.centre[part]]
            true = np.einsum("pd,pd->p", w, C[self.context[part]])
            false = np.einsum("pd,pkd->pk", w, C[self.noise[part]])
            loss += float(np.logaddexp(0, -true).sum() + np.logaddexp(0, false).sum())
            above += float(
                (true[:, None] > false).mean(axis=1).sum() + 0.5 * (true[:, None] == false).mean(axis=1).sum()
            )
        return PairScores(loss / len(self.centre), above / len(self.centre))
