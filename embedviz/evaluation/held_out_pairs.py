"""Held-out loss and AUC of word vectors: pairs of words from unseen text against random words.

The loss is that of a classifier that tells true pairs from noise (Mikolov et al. 2013, NIPS, equation 4; Goldberg and Levy
2014, "word2vec explained"). An algorithm that estimates probabilities gives its log-odds as log P(context | word) minus
log k P_noise(context), so that every algorithm is measured by the same figure.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

MAX_PAIRS = 20_000
BLOCK = 512  # pairs compared at a time: their vectors stay in the processor's cache
NOISE_WORDS = 5  # for each pair
NOISE_POWER = 0.75  # of the counts

# (P,) words, (P, K) contexts -> (P, K) log P(context | word); (P, M) words, -1 for none, are predicted from together
LogProbabilities = Callable[[np.ndarray, np.ndarray], np.ndarray]


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
        (P,) words up to `window` apart in held-out text; or centre (P, 2 * window), the words around `context`, -1 for none.
    noise
        (P, NOISE_WORDS) random words for each pair.
    noise_odds
        (V,) float32: log of NOISE_WORDS times the probability that a word is drawn as noise.
    """

    centre: np.ndarray
    context: np.ndarray
    noise: np.ndarray
    noise_odds: np.ndarray

    @classmethod
    def draw(
        cls, tokens: np.ndarray, window: int, counts: np.ndarray, seed: int, max_pairs: int = MAX_PAIRS
    ) -> HeldOutPairs:
        """Draw at most `max_pairs` pairs of tokens (T,), -1 between units, and noise words by their counts (V,).

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
        return cls._with_noise(centre, context, counts, rng)

    @classmethod
    def draw_windows(
        cls, tokens: np.ndarray, window: int, counts: np.ndarray, seed: int, max_windows: int = MAX_PAIRS
    ) -> HeldOutPairs:
        """Draw at most `max_windows` words with all words up to `window` apart, which are to predict it; otherwise as `draw`."""
        rng = np.random.default_rng(seed)
        apart = np.array([*range(-window, 0), *range(1, window + 1)])
        unit = np.cumsum(tokens < 0, dtype=np.int32)
        places = rng.permutation(np.flatnonzero(tokens >= 0))[: 2 * max_windows]
        around = places[:, None] + apart
        inside = around.clip(0, max(0, len(tokens) - 1))
        there = (around == inside) & (tokens[inside] >= 0) & (unit[inside] == unit[places][:, None])
        has_any = there.any(axis=1)
        words = np.where(there, tokens[inside], -1)[has_any][:max_windows]
        return cls._with_noise(
            words.astype(np.int64), tokens[places][has_any][:max_windows].astype(np.int64), counts, rng
        )

    @classmethod
    def _with_noise(
        cls, centre: np.ndarray, context: np.ndarray, counts: np.ndarray, rng: np.random.Generator
    ) -> HeldOutPairs:
        noise = counts.astype(np.float64) ** NOISE_POWER
        noise /= noise.sum()
        drawn = rng.choice(len(noise), (len(context), NOISE_WORDS), p=noise)
        odds = np.log(NOISE_WORDS * noise.clip(np.finfo(np.float64).tiny)).astype(np.float32)
        return cls(centre, context, drawn, odds)

    def __len__(self) -> int:
        return len(self.centre)

    def measure(self, log_probabilities: LogProbabilities) -> PairScores:
        """Score an estimate of log P(context | word); NaN when there are no pairs."""
        loss = above = 0.0
        if not len(self):
            return PairScores(float("nan"), float("nan"))
        for start in range(0, len(self.centre), BLOCK):
            part = slice(start, start + BLOCK)
            others = np.column_stack([self.context[part], self.noise[part]])  # (P, 1 + k)
            odds = log_probabilities(self.centre[part], others) - self.noise_odds[others]
            true, false = odds[:, :1], odds[:, 1:]
            loss += float(np.logaddexp(0, -true).sum() + np.logaddexp(0, false).sum())
            above += float((true > false).mean(axis=1).sum() + 0.5 * (true == false).mean(axis=1).sum())
        return PairScores(loss / len(self.centre), above / len(self.centre))
