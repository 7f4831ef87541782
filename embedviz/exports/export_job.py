"""The job that exports a run for the app to offer: its vectors in a file, its model or the script that reproduces it in a zip.

Pages and graphs are made from the model's own answers, which needs torch, and large vectors take seconds to write, so that the
process that serves visitors leaves it to a worker.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from embedviz.core.errors import RunError
from embedviz.core.files import replacing
from embedviz.core.jobs.declaration import job
from embedviz.core.jobs.folder import JobFolder
from embedviz.core.jobs.reporter import Reporter
from embedviz.core.jobs.spec import JobSpec
from embedviz.exports.formats import write_archive, writer_of
from embedviz.exports.vector_exports import find_vector_export
from embedviz.store.run_folder import RunFolder
from embedviz.store.work import job_on, path_from

FOLDER = "exports"
FILE = "export"  # without an ending: `name` is what a person's browser calls it


@dataclass(frozen=True)
class ExportSpec(JobSpec):
    """Export a run.

    Attributes
    ----------
    format : str
        Of a space a name of `embedviz.exports.vector_exports`, else a key of `embedviz.exports.formats.FORMATS`.
    ended : float
        When the run ended: one that was trained further is exported again.
    name : str
        What the file is called when it is downloaded.
    space : str
        The space whose vectors are written; empty for an export of the model.
    run : str
        The run's folder, relative to the job's.
    """

    kind: ClassVar[str] = "export"

    format: str
    ended: float
    name: str
    space: str = ""
    run: str = "../.."


class Export(JobFolder[ExportSpec]):
    """An export by its folder; the file is there when the job is done."""

    spec_class = ExportSpec

    @property
    def file(self) -> Path:
        """Path of the file. RunError before the end."""
        path = self.folder / FILE
        if not path.exists():
            raise RunError("This export is not ready yet.")
        return path


def export_of(run: RunFolder, format: str) -> Export:
    """Return the export of a run's model, or of the script that reproduces it. It is a job to submit, unless it is done.

    Raises
    ------
    SettingsError
        When there is no such format.
    """
    writer_of(format)
    return _export(run, format, f"{format}.zip")


def vectors_export_of(run: RunFolder, space: str, format: str) -> Export:
    """Return the export of a run's space in a format of vectors; as `export_of`.

    Raises
    ------
    SettingsError
        When there is no such format.
    UnknownSpaceError
        When the run has no such space.
    """
    name = find_vector_export(format).download_name(run.spaces[space], space)
    return _export(run, format, name, space)


def _export(run: RunFolder, format: str, name: str, space: str = "") -> Export:
    ended = run.state.ended
    return job_on(
        run, Export, FOLDER, lambda exports: ExportSpec(format, ended, name, space, path_from(exports, run.folder))
    )


@job("export", lane="interactive")
def write_export(spec: ExportSpec, folder: Path, reporter: Reporter) -> None:
    """Write the file."""
    run = RunFolder(folder / spec.run)
    reporter.report(f"Writing {spec.name}")
    if not spec.space:
        write_archive(run, folder / FILE, writer_of(spec.format), reporter.check)
        return
    with replacing(folder / FILE) as temporary, open(temporary, "wb") as stream:
        find_vector_export(spec.format).write_download(run.spaces[spec.space], stream, run)
