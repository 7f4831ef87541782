"""The scores of a run with those of its baselines and repeats."""

from __future__ import annotations

from embedviz.core.errors import RunError
from embedviz.evaluation.score_sentences import protocol_sentences
from embedviz.evaluation.score_table import ScoreTable, score_table
from embedviz.jobs.baselines import Baselines
from embedviz.jobs.repeats import kept_repeats
from embedviz.store.run_folder import RunFolder


def scores_of(run: RunFolder) -> ScoreTable:
    """Return a run's table of scores.

    Raises
    ------
    RunError
        While the run has none.
    """
    if not run.metrics:
        reason = "it holds opened vectors" if run.kind != "training" else f"its training is {run.status}"
        raise RunError(f"The run {run.name!r} has no scores: {reason}.")
    trained = Baselines.at(run)
    return score_table(
        run.metrics,
        run.primary_metric,
        seconds=run.record.get("seconds"),
        memory_bytes=run.record.get("memory_bytes"),
        baselines=trained.rows if trained else (),
        repeats=[repeats.scores for repeats in kept_repeats(run)],
    )


def protocol_of(run: RunFolder) -> list[str]:
    """Return how a run's scores were made, in sentences."""
    if run.protocol is None and run.metrics:
        return ["An earlier version of embedviz made these scores and kept no protocol that can be shown."]
    return protocol_sentences(run.protocol, run.record.get("device", ""))
