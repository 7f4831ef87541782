"""The job that exports a run's model: a zip of the format's files in the run's folder, for the app to offer.

Pages and graphs are made from the model's own answers, which needs torch, so that the process that serves visitors leaves it to
a worker.
"""

from __future__ import annotations

import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from embedviz.core.errors import RunError
from embedviz.core.files import replacing
from embedviz.core.jobs.declaration import job
from embedviz.core.jobs.folder import JobFolder
from embedviz.core.jobs.reporter import Reporter
from embedviz.core.jobs.spec import JobSpec
from embedviz.exports.formats import writer_of
from embedviz.store.run_folder import WEIGHTS, RunFolder

FOLDER = "exports"
ARCHIVE = "export.zip"


@dataclass(frozen=True)
class ExportSpec(JobSpec):
    """Export the model of the run two folders above.

    Attributes
    ----------
    format : str
        A key of `embedviz.exports.formats.FORMATS`.
    ended : float
        When the run ended: one that was trained further is exported again.
    """

    kind: ClassVar[str] = "export"

    format: str
    ended: float


class Export(JobFolder[ExportSpec]):
    """An export by its folder; `archive` is there when the job is done."""

    spec_class = ExportSpec

    @property
    def archive(self) -> Path:
        """Path of the zip. RunError before the end."""
        path = self.folder / ARCHIVE
        if not path.exists():
            raise RunError("This export is not ready yet.")
        return path


def export_of(run: RunFolder, format: str) -> Export:
    """Return the run's export in a format; written when it is asked for first, and then still to be submitted.

    Raises
    ------
    SettingsError
        When there is no such format.
    RunError
        When the run has no model.
    """
    writer_of(format)
    if run.kind != "training" or not (run.folder / WEIGHTS).exists():
        raise RunError(f"The run {run.name!r} has no model to export: it is {run.status} and of {run.model!r}.")
    return Export.keyed(run.folder / FOLDER, ExportSpec(format, run.state.ended))


@job("export", lane="interactive")
def write_export(spec: ExportSpec, folder: Path, reporter: Reporter) -> None:
    """Write the files of the format, and put them into a zip."""
    run = RunFolder(folder.parent.parent)
    reporter.report(f"Exporting the model as {spec.format}")
    with tempfile.TemporaryDirectory() as written:
        writer_of(spec.format)(run, Path(written))
        reporter.check()
        reporter.report("Packing the files")
        with replacing(folder / ARCHIVE) as temporary, zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(Path(written).iterdir()):
                archive.write(path, path.name)
                reporter.check()
