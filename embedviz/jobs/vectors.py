"""The job that opens a file of pretrained vectors and keeps it as a space."""

from __future__ import annotations

from pathlib import Path

from embedviz.core.errors import SeveralTensorsError
from embedviz.core.jobs.declaration import job
from embedviz.core.jobs.reporter import Reporter
from embedviz.core.progress import Progress
from embedviz.core.typed_json import write_typed
from embedviz.formats import open_source, read_source
from embedviz.space.storage import write_space
from embedviz.store.reference_reading import file_of
from embedviz.store.run_folder import MATRICES, METRICS, SPACES, Matrices, Metrics
from embedviz.store.run_specs import VectorsSpec


@job("vectors", lane="interactive")
def open_vectors(spec: VectorsSpec, folder: Path, reporter: Reporter) -> None:
    """Read the vectors, whatever their format, and write the space "word".

    Where the file holds several matrices, they are written down for the one who chooses.
    """

    def on_progress(progress: Progress) -> None:
        reporter(progress)
        reporter.check()

    name = spec.data["title"] if spec.data["source"] == "upload" else None
    member = spec.data["options"].get("member")
    path = file_of(spec.data, folder)
    try:
        with open_source(path, name, None if member is None else str(member), tensor=spec.tensor) as source:
            space = read_source(source, as_vectors=spec.data.get("content") == "vectors", on_progress=on_progress)
            if len(source.matrices) > 1:
                write_typed(folder / MATRICES, Matrices(source.matrices, source.tensor))
    except SeveralTensorsError as error:
        write_typed(folder / MATRICES, Matrices(error.shapes))
        raise
    write_space(space, folder / SPACES, "word")
    write_typed(folder / METRICS, Metrics(record={"vectors": len(space), "dim": space.dim}))
