"""The `@job` decorator: a function that does a job, the kind it has, and the lane it waits in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Literal, TypeVar, cast, get_type_hints

from embedviz.core.jobs.reporter import Reporter
from embedviz.core.jobs.spec import JobSpec

S = TypeVar("S", bound=JobSpec)

Lane = Literal["training", "interactive"]


@dataclass(frozen=True)
class Declaration(Generic[S]):
    """A kind of job. Calling it does the job in this process.

    Attributes
    ----------
    kind : str
        Name under which the registry holds it.
    lane : {"training", "interactive"}
        The queue it waits in. Nothing that a person looks at waits behind a training.
    spec_class : type
        Class of its specs.
    function : callable
        Does the work: `function(spec, folder, reporter)`. It returns when the job is done, and raises otherwise.
    """

    kind: str
    lane: Lane
    spec_class: type[S]
    function: Callable[[S, Path, Reporter], None]

    def __call__(self, spec: S, folder: Path, reporter: Reporter) -> None:
        """Do the job that `spec` describes, with results written to `folder`."""
        self.function(spec, folder, reporter)


def job(kind: str, *, lane: Lane) -> Callable[[Callable[[S, Path, Reporter], None]], Declaration[S]]:
    """Declare a function as a kind of job.

    Parameters
    ----------
    kind : str
        The kind; the spec class in the function's annotation has to name the same.
    lane : {"training", "interactive"}
        The queue it waits in.

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
        return Declaration(kind, lane, cast("type[S]", spec_class), function)

    return declare
