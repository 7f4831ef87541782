"""Progress events of trainings, readings and projections."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TypedDict, cast


class ProgressFields(TypedDict, total=False):
    """Fields of a Progress in a line of events.jsonl."""

    step: int
    total_steps: int
    epoch: float
    loss: float
    metrics: dict[str, float]
    examples_per_second: float
    seconds_left: float
    message: str
    best: bool
    stage: str
    pass_name: str


@dataclass(frozen=True)
class Progress:
    """One event.

    Attributes
    ----------
    step, total_steps
        In the job's own unit (words for word vectors, epochs for a layout); total_steps is 0 while it is not known.
    epoch
        Passes over the data, with their fraction.
    loss
        Training loss since the last event.
    metrics
        By part and name: "validation/loss", "validation/auc".
    examples_per_second
        Speed since the start.
    seconds_left
        Until the end of the schedule.
    message
        What the job is at.
    best
        Whether these metrics are the best so far.
    stage
        Part of a training that has learning curves of its own; empty where the training has only one.
    pass_name
        What the job calls a pass over the data; empty for an epoch.

    Examples
    --------
    >>> event = Progress(step=50, total_steps=200, message="Epoch 1")
    >>> event.fraction
    0.25
    >>> event.as_dict()
    {'step': 50, 'total_steps': 200, 'message': 'Epoch 1'}
    """

    step: int = 0
    total_steps: int = 0
    epoch: float = 0.0
    loss: float | None = None
    metrics: dict[str, float] = field(default_factory=dict)
    examples_per_second: float | None = None
    seconds_left: float | None = None
    message: str = ""
    best: bool = False
    stage: str = ""
    pass_name: str = ""

    @property
    def fraction(self) -> float:
        """Share of the work that is done, 0 to 1."""
        return min(1.0, self.step / self.total_steps) if self.total_steps else 0.0

    def as_dict(self) -> ProgressFields:
        """Return the fields that hold something, for a line of events.jsonl."""
        fields = {key: value for key, value in asdict(self).items() if value not in (None, "", {}, False)}
        return cast(ProgressFields, fields)


def ignore_progress(progress: Progress) -> None:
    """Do nothing with an event: the default where a caller may follow the progress."""
