"""The `@job` decorator: a function that does a job, the kind it has, and the lane it waits in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Literal, TypeVar, cast, get_type_hints

from embedviz.core.jobs.reporter import Reporter
from embedviz.core.jobs.spec import JobSpec

S = TypeVar("S", bound=JobSpec)

Lane = Literal["training", "interactive", "coordination"]


@dataclass(frozen=True)
class Limits:
    """Limits of a job. The executor ends the process of a job that reaches one, and the job has failed; or it asks the job to stop.

    Attributes
    ----------
    what : str
        What the job does, as the first word of the reason: "Reading".
    seconds : float
        Of work, the time in the queue left out.
    memory_bytes : int
        That the process may hold more than when the job began.
    advice : str
        What to do, in a sentence.
    keeps_best : bool
        True for a job that is asked to stop, so that it keeps the best so far, and is killed only where it does not, or takes
        half as much memory again.
    """

    what: str
    seconds: float
    memory_bytes: float
    advice: str
    keeps_best: bool = False

    def reason(self, seconds: float, memory_bytes: float) -> str:
        """Return why a job that has taken so much is ended, in a sentence or two; empty while it is within the limits."""
        if memory_bytes > self.memory_bytes:
            limit = f"at {self.memory_bytes / 1e9:.2g} GB of memory"
        elif seconds > self.seconds:
            limit = f"after {self.seconds:.0f} s"
        else:
            return ""
        return f"{self.what} was stopped {limit}, the limit here. {self.advice}"

    @property
    def out_of_memory(self) -> str:
        """Why a job ended that took more memory than the machine has, in two sentences."""
        return f"{self.what} took more memory than this machine has. {self.advice}"


@dataclass(frozen=True)
class Declaration(Generic[S]):
    """A kind of job. Calling it does the job in this process.

    Attributes
    ----------
    kind : str
        Name under which the registry holds it.
    lane : {"training", "interactive", "coordination"}
        The queue it waits in. Nothing that a person looks at waits behind a training, and what has others trained takes the
        place of none.
    spec_class : type
        Class of its specs.
    function : callable
        Does the work: `function(spec, folder, reporter)`. It returns when the job is done, and raises otherwise.
    limits : Limits, optional
        Time and memory that it may take in a worker.
    """

    kind: str
    lane: Lane
    spec_class: type[S]
    function: Callable[[S, Path, Reporter], None]
    limits: Limits | None = None

    def __call__(self, spec: S, folder: Path, reporter: Reporter) -> None:
        """Do the job that `spec` describes, with results written to `folder`."""
        self.function(spec, folder, reporter)


def job(
    kind: str, *, lane: Lane, limits: Limits | None = None
) -> Callable[[Callable[[S, Path, Reporter], None]], Declaration[S]]:
    """Declare a function as a kind of job.

    Parameters
    ----------
    kind : str
        The kind; the spec class in the function's annotation has to name the same.
    lane : {"training", "interactive", "coordination"}
        The queue it waits in.
    limits : Limits, optional
        Time and memory that it may take in a worker; a Stop then ends it at once.

    Returns
    -------
    callable
        Decorator for a function `(spec, folder, reporter) -> None`.

    Raises
    ------
    TypeError
        When the annotation of `spec` is not a spec class of this kind.
    """

    def declare(function: Callable[[S, Path, Reporter], None]) -> Declaration[S]:
        spec_class = get_type_hints(function).get("spec")
        if not (isinstance(spec_class, type) and issubclass(spec_class, JobSpec) and spec_class.kind == kind):
            raise TypeError(f"{function.__module__}: the job {kind!r} needs a parameter spec of that kind.")
        return Declaration(kind, lane, cast("type[S]", spec_class), function, limits)

    return declare
