"""What has to be known to read scores of word vectors, in words."""

from __future__ import annotations

from embedviz.evaluation.word_vector_scores import WordVectorScores

GLOSSES = {
    "similarity": "Spearman's rank correlation of the cosines with people's judgements: 1 is the same order, 0 is chance.",
    "analogies": "Accuracy is the share of questions whose expected word comes first, by 3CosAdd unless it says 3CosMul. MRR is "
    "the mean reciprocal rank of the expected word.",
    "outliers": "Accuracy is the share of outliers that fit their group worst. OPP, the outlier position percentage, is how close "
    "they come to that on average.",
}


def protocol_sentences(scores: WordVectorScores) -> list[str]:
    """Return what else has to be known to read the scores."""
    found: list[str] = []
    if scores.score is None:
        found.append("Too few words of this set are in the vocabulary for a score.")
    if scores.most_frequent is not None:
        found.append(f"Only the {scores.most_frequent:,} most frequent words are known, ask and answer.")
    if scores.random_interval is not None:
        low, high = scores.random_interval
        found.append(f"95% of spaces of random vectors score between {low:.3f} and {high:.3f}.")
    return found
