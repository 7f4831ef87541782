"""Opens a file of ready vectors and keeps it as a space."""

from __future__ import annotations

from collections.abc import Callable

from embedviz.files import write_json
from embedviz.formats import load_vectors
from embedviz.runs.control import Control
from embedviz.runs.dataset import file_of
from embedviz.runs.run import METRICS, SPACES, Run
from embedviz.runs.status import State
from embedviz.space.storage import write_space
from embedviz.training.progress import Progress


class _Asked(Exception):
    """Ends the reading from inside, when a person asked for that."""


def work(run: Run, control: Control, say: Callable[..., None]) -> State:
    """Reads the vectors, whatever their format, and writes the space "word"."""

    def on_progress(progress: Progress) -> None:
        say(progress)
        if control.any:
            raise _Asked

    reference = run.spec["data"]
    name = reference["title"] if reference["source"] == "upload" else None
    try:
        space = load_vectors(
            file_of(reference, run.folder),
            name=name,
            member=reference["options"].get("member"),
            on_progress=on_progress,
        )
    except _Asked:
        return "interrupted" if control.interrupt else "stopped"
    write_space(space, run.folder / SPACES, "word")
    write_json(run.folder / METRICS, {"metrics": {}, "record": {"vectors": len(space), "dim": space.dim}})
    return "done"
