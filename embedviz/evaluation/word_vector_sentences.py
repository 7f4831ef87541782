"""The scores of word vectors in words and tables, as the app and the command line show them."""

from __future__ import annotations

import pandas as pd

from embedviz.core.plurals import counted
from embedviz.evaluation.word_vector_scores import WITH_COMPOSED, Coverage, WordVectorScores

_QUESTIONS = {
    "similarity": ("pair", "pairs"),
    "analogies": ("question", "questions"),
    "outliers": ("outlier", "outliers"),
}
_TITLES = {
    "spearman": "Spearman",
    "accuracy": "accuracy",
    "accuracy_3cosmul": "accuracy, 3CosMul",
    "mrr": "MRR",
    "mrr_3cosmul": "MRR, 3CosMul",
    "semantic_accuracy": "semantic accuracy",
    "syntactic_accuracy": "syntactic accuracy",
    "opp": "OPP",
}
GLOSSES = {
    "similarity": "Spearman's rank correlation of the cosines with people's judgements: 1 is the same order, 0 is chance.",
    "analogies": "Accuracy is the share of questions whose expected word comes first, by 3CosAdd unless it says 3CosMul. MRR is "
    "the mean reciprocal rank of the expected word.",
    "outliers": "Accuracy is the share of outliers that fit their group worst. OPP, the outlier position percentage, is how close "
    "they come to that on average.",
}


def scores_frame(scores: WordVectorScores) -> pd.DataFrame:
    """Return a row for each metric: score, value, interval (low, high; of the primary one), random."""
    rows = [
        {
            "score": _title(name),
            "value": value,
            "95% from": scores.interval[0] if scores.interval and name == scores.primary_metric else None,
            "95% to": scores.interval[1] if scores.interval and name == scores.primary_metric else None,
            "random vectors": scores.random.get(name.removesuffix(WITH_COMPOSED)),
        }
        for name, value in scores.metrics.items()
    ]
    columns = ["score", "value", "95% from", "95% to", "random vectors"]
    return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns[1:], float))


def coverage_sentence(scores: WordVectorScores) -> str:
    """Return how many questions were asked and answered, and which words are unknown."""
    coverage, (one, many) = scores.coverage, _QUESTIONS[scores.kind]
    parts = [f"{coverage.answered:,} of {counted(coverage.asked, one, many)} answered ({coverage.share:.0%})"]
    if coverage.composed:
        parts.append(f"{coverage.composed:,} more with vectors composed from character n-grams, which are scored apart")
    if coverage.unanswered:
        parts.append(f"{coverage.unanswered:,} left out of the score")
    return f"{', '.join(parts)}.{_unknown(coverage)}"


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


def _unknown(coverage: Coverage) -> str:
    if not coverage.unknown_words:
        return ""
    end = "." if coverage.unknown_words <= len(coverage.examples) else ", …"
    words = counted(coverage.unknown_words, "word is", "words are")
    return f" {words} not in the vocabulary: {', '.join(coverage.examples)}{end}"


def _title(name: str) -> str:
    stem = name.removesuffix(WITH_COMPOSED)
    return _TITLES[stem] + (", composed words too" if stem != name else "")
