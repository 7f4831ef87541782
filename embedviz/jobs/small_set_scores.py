"""The scores of a run's words on the small built-in sets, done within the job that asks for them."""

from __future__ import annotations

from dataclasses import dataclass

from embedviz.core.jobs.reporter import Reporter
from embedviz.evaluation.evaluating import SMALL_ANALOGIES, SMALL_PAIRS
from embedviz.evaluation.small_word_sets import vocabulary_language
from embedviz.jobs.perform import perform_within
from embedviz.jobs.word_scores import word_scores_of
from embedviz.store.run_folder import RunFolder

SETS = (SMALL_PAIRS, SMALL_ANALOGIES)


@dataclass(frozen=True)
class SetScore:
    """The score on a set of words.

    Attributes
    ----------
    name, metric
        The set, and its primary metric.
    score
        None where too few words of the set are in the vocabulary.
    coverage
        Share of its questions that were answered.
    """

    name: str
    metric: str
    score: float | None
    coverage: float


def small_set_scores(run: RunFolder, reporter: Reporter) -> list[SetScore]:
    """Score the run's words on the small sets; none for words that are not English."""
    if vocabulary_language(run.space) is None:
        return []
    found: list[SetScore] = []
    for name in SETS:
        scoring = word_scores_of(run, run.main_space, name)
        if scoring.status != "done":
            perform_within(scoring, reporter)
        if scoring.status == "done":
            scores = scoring.scores
            found.append(SetScore(name, scores.primary_metric, scores.score, scores.coverage.share))
    return found
