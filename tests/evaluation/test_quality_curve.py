"""The curve of similarity and analogies: the scores of the evaluators."""

import numpy as np
import pytest

from embedviz.evaluation.quality_curve import ANALOGIES, SIMILARITY, QualityCurve, rank_expected
from embedviz.evaluation.small_word_sets import small_word_set
from embedviz.space import EmbeddingSpace

SMALL = small_word_set("en")
WORDS = [
    *dict.fromkeys(
        word
        for questions in [SMALL.similarity.pairs, *(section.questions for section in SMALL.analogies.sections)]
        for question in questions
        for word in question
    )
]


@pytest.mark.parametrize("known", [len(WORDS), 120])
def test_the_scores_are_those_of_the_evaluators(known):
    rng = np.random.default_rng(0)
    labels = rng.permutation(WORDS).tolist()[:known]
    vectors = rng.normal(size=(known, 30)).astype(np.float32)
    vectors[:4] = vectors[4]  # ties
    space = EmbeddingSpace(labels, vectors)
    scores = QualityCurve.of(labels, SMALL).measure(vectors)
    similarity, analogies = (evaluate(space, intervals=False) for evaluate in (SMALL.similarity, SMALL.analogies))
    assert scores[SIMILARITY] == pytest.approx(similarity.metrics["spearman"], abs=1e-6)
    assert scores[ANALOGIES] == pytest.approx(analogies.metrics["mrr"], abs=1e-3)


def test_what_a_vocabulary_cannot_answer_is_left_out():
    assert QualityCurve.of(["the", "and"], SMALL).measure(np.eye(2, dtype=np.float32)) == {}


def test_a_rank_by_hand():
    # 3CosAdd of the candidates: -1 is left out for what are inputs (columns 0, 1, 2)
    cosines = np.array([[0, 0, 0, 0, 0, 0], [9, 9, 9, 0.5, 0.7, 0.5], [9, 9, 9, 0.1, 0.1, 0.1], [0] * 6], np.float32)
    words = np.array([0, 1, 2, 5])
    ranks = np.zeros(2, np.int64)
    rank_expected(cosines, words, np.array([[0, 1, 2, 3], [0, 1, 2, 1]]), ranks)
    assert ranks.tolist() == [3, 6]  # behind 4, and behind 3, which is as near and comes first; an input never answers
