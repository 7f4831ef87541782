"""Opens a file of ready vectors and keeps it as a space."""

from __future__ import annotations

from collections.abc import Callable

from embedviz.core.files import write_json
from embedviz.core.progress import Progress
from embedviz.formats import load_vectors
from embedviz.jobs.control import Control
from embedviz.space.storage import write_space
from embedviz.store.dataset import file_of
from embedviz.store.run import METRICS, SPACES, Run
from embedviz.store.status import State


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
