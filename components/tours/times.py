"""How long a tour trains on this machine."""

from __future__ import annotations

from collections.abc import Sequence

from components import formatting
from components.tours.content import Tour
from embedviz.jobs.shared_executor import measured_speed
from embedviz.store.run_folder import RunFolder

WORDS_PER_SECOND = 1e6  # of the machine that Tour.work is given for


def time_of(tour: Tour, runs: Sequence[RunFolder]) -> str:
    """Return how long the tour's training took here last time, or an estimate by the machine's measured speed.

    runs: the visitor's, the latest first.
    """
    for run in runs:
        seconds = run.record.get("seconds") if run.name == tour.run_name and run.status == "done" else None
        if seconds:
            return f"Took {formatting.duration(seconds)} here last time."
    speed = measured_speed()
    if speed is None:
        return "Trains in under a minute."
    return f"Trains in about {max(1, round(tour.work * WORDS_PER_SECOND / speed))} s."
