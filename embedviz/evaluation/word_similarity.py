"""Word similarity: the rank correlation of cosines with people's judgements of word pairs.

Finkelstein et al. 2002, "Placing search in context" (WordSim-353); Hill, Reichart and Korhonen 2015 (SimLex-999); Luong,
Socher and Manning 2013 (RareWords). Letters: P pairs, W words, D dimensions.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from embedviz.core.errors import DataError
from embedviz.core.generators import result_of
from embedviz.core.progress import Progress
from embedviz.evaluation.rank_correlation import MIN_PAIRS, percentile_interval, resampled_spearman, spearman
from embedviz.evaluation.word_lookup import WordLookup, look_up
from embedviz.evaluation.word_vector_scores import KNOWN, UNKNOWN, WITH_COMPOSED, SetKind, WordVectorScores
from embedviz.space import EmbeddingSpace
from embedviz.space.metrics import pair_closeness


@dataclass(frozen=True)
class WordSimilarity:
    """A set of word pairs with people's judgements, called on a space.

    Parameters
    ----------
    pairs : tuple of (str, str)
        P pairs.
    expected : tuple of float
        The judgement of each pair, greater for more similar ones; only its order counts.
    name : str
        Of the set.
    n_resamples : int
        Resamples of the pairs for the interval.
    n_random : int
        Random spaces that are scored beside.
    seed : int
        Of both.

    Raises
    ------
    DataError
        Without pairs, or where there are not as many judgements.
    """

    pairs: tuple[tuple[str, str], ...]
    expected: tuple[float, ...]
    name: str = "word pairs"
    n_resamples: int = 1000
    n_random: int = 100
    seed: int = 0

    kind: ClassVar[SetKind] = "similarity"
    primary_metric: ClassVar[str] = "spearman"
    greater_is_better: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if not self.pairs or len(self.pairs) != len(self.expected):
            raise DataError(f"{self.name}: {len(self.pairs)} word pairs with {len(self.expected)} judgements.")

    def __call__(self, space: EmbeddingSpace, intervals: bool = True) -> WordVectorScores:
        """Score a space. intervals: False leaves out what is resampled, most of the time that a small set takes."""
        return result_of(self.steps(space, intervals))

    def steps(self, space: EmbeddingSpace, intervals: bool = True) -> Generator[Progress, None, WordVectorScores]:
        """Score a space as a generator of progress.

        The score is Spearman's, with average ranks over ties, over the pairs of which both words are in the vocabulary.
        """
        yield Progress(message=f"Comparing {len(self.pairs):,} word pairs")
        lookup = look_up(space, (word for pair in self.pairs for word in pair))
        places = np.array([[lookup.index_of[word] for word in pair] for pair in self.pairs])  # (P, 2)
        status = lookup.status(places)
        similarity = pair_closeness(lookup.units[places[:, 0]], lookup.units[places[:, 1]], "cosine")
        expected = np.array(self.expected)
        known = status == KNOWN
        metrics = _metric("spearman", expected[known], similarity[known])
        if lookup.is_composed.any():
            answered = status != UNKNOWN
            metrics |= _metric("spearman" + WITH_COMPOSED, expected[answered], similarity[answered])
        interval, by_chance = None, np.zeros(0)
        if intervals and metrics.get("spearman") is not None:
            rng = np.random.default_rng(self.seed)
            interval = percentile_interval(
                resampled_spearman(expected[known], similarity[known], self.n_resamples, rng)
            )
            yield Progress(message="Scoring random spaces")
            by_chance = self._random_spearman(lookup, places[known], expected[known], space.dim)
        rows = pd.DataFrame(
            {
                "word 1": [pair[0] for pair in self.pairs],
                "word 2": [pair[1] for pair in self.pairs],
                "expected": expected,
                "similarity": np.where(status == UNKNOWN, np.nan, similarity),
                "status": status,
            }
        )
        return WordVectorScores(
            kind=self.kind,
            name=self.name,
            metrics=metrics,
            primary_metric=self.primary_metric,
            coverage=lookup.coverage(status),
            interval=interval,
            random={"spearman": float(by_chance.mean()) if len(by_chance) else 0.0},
            random_interval=percentile_interval(by_chance),
            rows=rows,
        )

    def _random_spearman(self, lookup: WordLookup, places: np.ndarray, expected: np.ndarray, dim: int) -> np.ndarray:
        """Return what random spaces get on the pairs that are answered, (n_random,) float64."""
        rng = np.random.default_rng([self.seed, 1])
        used, codes = np.unique(places, return_inverse=True)
        codes = codes.reshape(places.shape)
        similarities = np.empty((self.n_random, len(places)), np.float32)
        for i in range(self.n_random):
            vectors = rng.standard_normal((len(used), dim), np.float32)
            similarities[i] = pair_closeness(vectors[codes[:, 0]], vectors[codes[:, 1]], "cosine")
        return spearman(expected[None], similarities)


def _metric(name: str, expected: np.ndarray, similarity: np.ndarray) -> dict[str, float]:
    """Return the score by its name; nothing where there are too few pairs, or all of a side are equal."""
    if len(expected) < MIN_PAIRS:
        return {}
    value = float(spearman(expected[None], similarity[None])[0])
    return {} if np.isnan(value) else {name: value}
