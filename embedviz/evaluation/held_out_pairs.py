"""Held-out loss and AUC of word vectors: pairs of words from unseen text against random words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

MAX_PAIRS = 20_000
BLOCK = 4096  # pairs compared at a time


@dataclass(frozen=True)
class PairScores:
    """Scores on pairs.

    Attributes
    ----------
    loss
        Mean over pairs of log(1 + exp(-true)) + sum of log(1 + exp(noise)), in nats: what training descends.
    auc
        How often a true pair scores above one of its noise pairs; 0.5 by chance.
    """

    loss: float
    auc: float


@dataclass(frozen=True)
class HeldOutPairs:
    """Pairs of words.

    Attributes
    ----------
    centre, context
        (P,) words up to `window` apart in held-out text.
    noise
        (P, k) random words for each pair.
    """

    centre: np.ndarray
    context: np.ndarray
    noise: np.ndarray

    @classmethod
    def draw(
        cls, tokens: np.ndarray, window: int, noise: np.ndarray, negatives: int, seed: int, max_pairs: int = MAX_PAIRS
    ) -> HeldOutPairs:
        """Draw at most `max_pairs` pairs of tokens (T,), -1 between units, and noise words by probability noise (V,).

        The same seed draws the same pairs.
        """
        rng = np.random.default_rng(seed)
        unit = np.cumsum(tokens < 0, dtype=np.int32)
        is_pair = []  # entry [o][i]: tokens i and i + o + 1 are a pair
        for apart in range(1, min(window, len(tokens) - 1) + 1):
            a, b = slice(None, -apart), slice(apart, None)
            is_pair.append((tokens[a] >= 0) & (tokens[b] >= 0) & (unit[a] == unit[b]))
        ends = np.cumsum([0, *(int(pairs.sum()) for pairs in is_pair)])
        chosen = np.sort(rng.choice(ends[-1], min(max_pairs, ends[-1]), replace=False))
        centre, context = np.empty((2, len(chosen)), np.int64)
        for o, pairs in enumerate(is_pair):
            here = slice(*np.searchsorted(chosen, ends[o : o + 2]))
            at = np.flatnonzero(pairs)[chosen[here] - ends[o]]
            centre[here], context[here] = tokens[at], tokens[at + o + 1]
        return cls(centre, context, rng.choice(len(noise), (len(chosen), negatives), p=noise))

    def __len__(self) -> int:
        return len(self.centre)

    def measure(self, W: np.ndarray, C: np.ndarray) -> PairScores:
        """Score centre vectors W and context vectors C, (V, D) each; NaN when there are no pairs."""
        loss = above = 0.0
        if not len(self):
            return PairScores(float("nan"), float("nan"))
        for start in range(0, len(self.centre), BLOCK):
            part = slice(start, start + BLOCK)
            w = W[self.centre[part]]
            true = np.einsum("pd,pd->p", w, C[self.context[part]])
            false = np.matmul(C[self.noise[part]], w[:, :, None])[..., 0]
            loss += float(np.logaddexp(0, -true).sum() + np.logaddexp(0, false).sum())
            above += float(
                (true[:, None] > false).mean(axis=1).sum() + 0.5 * (true[:, None] == false).mean(axis=1).sum()
            )
        return PairScores(loss / len(self.centre), above / len(self.centre))
