"""Ranks of the expected words of many analogies at once, among a whole vocabulary, by 3CosAdd and 3CosMul.

The cosines of every candidate with every word of the set are one matrix product; a question then needs three of its rows,
by either formula. Both are worked out in blocks that stay in the processor's cache. Letters: N candidates, W words of the
set, D dimensions, Q questions.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np

from embedviz.core.progress import Progress
from embedviz.space.analogy import divided, multiplied, unit_vectors
from embedviz.space.metrics import norms

MAX_COSINES = 16_000_000  # of words with candidates, held at a time
MAX_CANDIDATES, MIN_CANDIDATES, QUESTIONS = 4096, 256, 64  # of a block


@dataclass(frozen=True, eq=False)
class AnalogyRanks:
    """Ranks and answers of Q questions by one formula.

    Attributes
    ----------
    ranks : np.ndarray
        (Q,) int64, the rank of the expected word, 1 the best. The inputs do not answer; an expected word that is an input
        itself comes last. A tie goes to the candidate that comes first.
    answers : np.ndarray
        (Q,) int64, the candidate that the formula gives.
    """

    ranks: np.ndarray
    answers: np.ndarray


@dataclass(frozen=True, eq=False)
class BothRanks:
    """Ranks by both formulas."""

    add: AnalogyRanks
    mul: AnalogyRanks


class _Tally:
    """The best candidate so far and how many are ahead of the expected word, by one formula."""

    def __init__(self, expected_scores: np.ndarray, expected: np.ndarray) -> None:
        self.expected_scores, self.expected = expected_scores, expected
        self.just_below = np.nextafter(expected_scores, np.float32(-np.inf))
        self.ahead = np.zeros(len(expected), np.int64)
        self.best = np.full(len(expected), -np.inf, np.float32)
        self.answers = np.full(len(expected), -1, np.int64)

    def add(self, scores: np.ndarray, part: slice, start: int) -> None:
        """Take the scores (q, n) of the questions in `part` for the candidates from `start` on; -inf may not answer."""
        expected, level = self.expected[part], self.expected_scores[part]
        # ties: a candidate before the expected word is ahead of it
        limit = np.where(expected >= start + scores.shape[1], self.just_below[part], level)
        self.ahead[part] += np.count_nonzero(scores > limit[:, None], axis=1)
        inside = np.flatnonzero((expected >= start) & (expected < start + scores.shape[1]))
        ties = scores[inside] == level[inside, None]
        is_before = np.arange(start, start + scores.shape[1]) < expected[inside, None]
        self.ahead[part][inside] += np.count_nonzero(ties & is_before, axis=1)
        place = scores.argmax(axis=1)
        value = scores[np.arange(len(scores)), place]
        better = value > self.best[part]
        self.best[part][better] = value[better]
        self.answers[part][better] = place[better] + start

    def result(self, is_input: np.ndarray, n: int) -> AnalogyRanks:
        """Return the ranks. is_input: (Q,) bool, where the expected word is an input itself."""
        ranks = np.where(is_input, n, self.ahead + 1)
        return AnalogyRanks(ranks, np.where(ranks == 1, self.expected, self.answers))


def analogy_ranks(
    vectors: np.ndarray, candidates: np.ndarray | None, words: np.ndarray, places: np.ndarray, questions: np.ndarray
) -> Generator[Progress, None, BothRanks]:
    """Rank the expected words.

    Parameters
    ----------
    vectors : np.ndarray
        (M, D) float32, of the space, in memory or mapped.
    candidates : np.ndarray, optional
        (N,) int64, rows of the vectors that may answer, in the order in which ties go; by default all.
    words : np.ndarray
        (W, D) float32, unit vectors of the words of the set.
    places : np.ndarray
        (W,) int64, where the words are among the candidates; -1 for one that is not.
    questions : np.ndarray
        (Q, 4) int64, places among the words: a is to b as c is to the expected word, which has to be a candidate.

    Returns
    -------
    BothRanks
        3CosAdd takes cos(x, b) - cos(x, a) + cos(x, c), which orders candidates x as the cosine with b - a + c does; 3CosMul
        as in `embedviz.space.analogy`.
    """
    n = len(vectors) if candidates is None else len(candidates)
    expected = places[questions[:, 3]]
    inputs = places[questions[:, :3]]
    tallies = [_Tally(scores, expected) for scores in _expected_scores(words, questions)]
    width = int(np.clip(MAX_COSINES // max(1, len(words)), MIN_CANDIDATES, MAX_CANDIDATES))
    for start in range(0, n, width):
        stop = min(n, start + width)
        part = np.asarray(vectors[start:stop] if candidates is None else vectors[candidates[start:stop]])
        cosines = words @ unit_vectors(part, norms(part)).T  # (W, n)
        np.clip(cosines, -1, 1, out=cosines)
        positive, negative = multiplied(cosines), divided(cosines)
        for low in range(0, len(questions), QUESTIONS):
            some = slice(low, low + QUESTIONS)
            a, b, c, _ = questions[some].T
            added = cosines[b]
            added -= cosines[a]
            added += cosines[c]
            product = positive[b]
            product *= positive[c]
            product *= negative[a]
            banned = np.concatenate([inputs[some], expected[some, None]], axis=1)
            question, column = np.nonzero((banned >= start) & (banned < stop))
            for tally, scores in zip(tallies, (added, product), strict=True):
                scores[question, banned[question, column] - start] = -np.inf
                tally.add(scores, some, start)
            if low % (QUESTIONS * QUESTIONS) == 0:
                done = start * len(questions) + (stop - start) * low
                yield Progress(
                    step=done, total_steps=n * len(questions), message=f"Solving {len(questions):,} analogies"
                )
    is_input = (inputs == expected[:, None]).any(axis=1)
    add, mul = (tally.result(is_input, n) for tally in tallies)
    return BothRanks(add, mul)


def _expected_scores(words: np.ndarray, questions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the scores of the expected words by both formulas, (Q,) float32 each."""
    cosines = np.empty((3, len(questions)), np.float32)
    for low in range(0, len(questions), MAX_CANDIDATES):
        some = questions[low : low + MAX_CANDIDATES]
        targets = words[some[:, 3]]
        for row, places in zip(cosines, some[:, :3].T, strict=True):
            np.einsum("qd,qd->q", words[places], targets, out=row[low : low + MAX_CANDIDATES])
    np.clip(cosines, -1, 1, out=cosines)
    a, b, c = cosines
    return b - a + c, multiplied(b) * multiplied(c) * divided(a)
