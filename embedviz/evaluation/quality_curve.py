"""Similarity and analogies of a small word set, asked again and again while vectors of the same vocabulary are trained.

The scores are those of the evaluators, without their tables: the words are looked up once, and a measurement takes milliseconds.
Letters: N words that may answer, W words of the set, P pairs, Q questions, D dimensions.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from embedviz.core.compiled import compiled
from embedviz.evaluation.rank_correlation import MIN_PAIRS, spearman
from embedviz.evaluation.small_word_sets import SmallWordSet
from embedviz.space.analogy import unit_vectors
from embedviz.space.metrics import norms

MAX_WORDS = 20_000  # most frequent words that are asked and may answer
SIMILARITY, ANALOGIES = "words/similarity", "words/analogies"  # names of the scores in events


@dataclass(frozen=True)
class QualityCurve:
    """A small word set on a vocabulary.

    Attributes
    ----------
    n_words
        N.
    pairs, expected
        (P, 2) rows of the vocabulary, and (P,) judgements.
    words, questions
        (W,) rows of the words that analogies are made of, and (Q, 4) places among them.
    """

    n_words: int
    pairs: np.ndarray
    expected: np.ndarray
    words: np.ndarray
    questions: np.ndarray

    @classmethod
    def of(cls, labels: list[str], small: SmallWordSet) -> QualityCurve:
        """Look the set's words up among the labels, the most frequent first; what has an unknown word is left out."""
        n = min(len(labels), MAX_WORDS)
        row_of = {label: row for row, label in enumerate(labels[:n])}
        judged = list(zip(small.similarity.pairs, small.similarity.expected, strict=True))
        known = [(row_of[a], row_of[b], level) for (a, b), level in judged if a in row_of and b in row_of]
        asked = [question for section in small.analogies.sections for question in section.questions]
        asked = [question for question in asked if all(word in row_of for word in question)]
        rows = np.array([[row_of[word] for word in question] for question in asked], np.int64).reshape(-1, 4)
        words, places = np.unique(rows, return_inverse=True)
        pairs = np.array([(a, b) for a, b, _ in known], np.int64).reshape(-1, 2)
        return cls(n, pairs, np.array([level for *_, level in known]), words, places.reshape(-1, 4))

    def measure(self, vectors: np.ndarray) -> dict[str, float]:
        """Return Spearman's correlation and the mean reciprocal rank by 3CosAdd of vectors (V, D); what cannot be asked is left out."""
        units = np.ascontiguousarray(vectors[: self.n_words])
        units = unit_vectors(units, norms(units))
        scores: dict[str, float] = {}
        if len(self.pairs) >= MIN_PAIRS:
            cosines = np.einsum("pd,pd->p", units[self.pairs[:, 0]], units[self.pairs[:, 1]])
            value = float(spearman(self.expected[None], cosines[None])[0])
            scores |= {} if np.isnan(value) else {SIMILARITY: value}
        if len(self.questions):
            ranks = np.empty(len(self.questions), np.int64)
            rank_expected(units[self.words] @ units.T, self.words, self.questions, ranks)
            scores[ANALOGIES] = float((1 / ranks).mean())
        return scores


@compiled
def rank_expected(cosines: np.ndarray, words: np.ndarray, questions: np.ndarray, ranks: np.ndarray) -> None:
    """Write the rank of each question's expected word, 1 the best, to ranks (Q,) int64; the inputs do not answer.

    cosines: (W, N) of the words with all that may answer; words: (W,) their columns; questions: (Q, 4) places among the words.
    """
    n = cosines.shape[1]
    for i in range(len(questions)):
        a, b, c, expected = questions[i]
        first, second, third = cosines[a], cosines[b], cosines[c]
        out_a, out_b, out_c, right = words[a], words[b], words[c], words[expected]
        level = second[right] - first[right] + third[right]
        ahead = 0
        for x in range(n):
            score = second[x] - first[x] + third[x]
            is_ahead = (score > level) | ((score == level) & (x < right))
            ahead += np.int64(is_ahead & (x != out_a) & (x != out_b) & (x != out_c))
        is_input = right in (out_a, out_b, out_c)
        ranks[i] = n if is_input else ahead + 1
