"""The files that a training, baselines or repeats read, and where a node finds its copies.

A node that does not see the store has one of its own for each job. Files lie there under the paths that they have in the
store, with three exceptions: a run that lies outside the store is in `outside`, a sample in `samples`, and other files that
stay where they are in `in-place`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from embedviz.core.errors import RunError
from embedviz.core.home import home
from embedviz.core.jobs.events import FILE as EVENTS
from embedviz.core.jobs.folder import LOG, JobFolder
from embedviz.core.settings import TrainingSettings
from embedviz.data.samples import SAMPLES
from embedviz.jobs.opening import open_job
from embedviz.jobs.pretrained import pretrained_files
from embedviz.space.snapshots import FIRST_FOLDER, FOLDER
from embedviz.store.data_reference import DataReference
from embedviz.store.files_in_place import check_unchanged, files_in_place
from embedviz.store.reference_reading import file_of
from embedviz.store.run_folder import WEIGHTS, RunFolder

OUTSIDE, SAMPLES_FOLDER, IN_PLACE = "outside", "samples", "in-place"
APPENDED = (EVENTS, LOG)  # files that grow, and that no job reads


@dataclass(frozen=True)
class JobInput:
    """A file that a job reads.

    Attributes
    ----------
    path : Path
        Where it lies on the server.
    place : str
        Where its copy lies in the node's store; a path relative to that.
    is_data : bool
        True for one that does not change, of which a node keeps a copy for the next job.
    sha256 : str
        Of its content, where that is known already.
    """

    path: Path
    place: str
    is_data: bool = True
    sha256: str = ""


def place_of(path: Path) -> str:
    """Return where a job's folder, or a file in it, lies in a node's store."""
    if path.is_relative_to(home()):
        return path.relative_to(home()).as_posix()
    root = run_around(path)
    if root is None:
        raise RunError(f"{path} is neither in the store nor in a run's folder.")
    return (Path(OUTSIDE) / root.name / path.relative_to(root)).as_posix()


def path_of(place: str, job: JobFolder[Any]) -> Path:
    """Return where a file lies on the server that a node has in its store.

    Parameters
    ----------
    place : str
        A path relative to the node's store.
    job : JobFolder
        The job on the server.

    Raises
    ------
    RunError
        For a file that the job does not write.
    """
    wanted = Path(place)
    folder = written_folder(job)
    if ".." not in wanted.parts and wanted.is_relative_to(place_of(folder)):
        return folder / wanted.relative_to(place_of(folder))
    raise RunError(f"The job in {job.folder} does not write {place}.")


def written_folder(job: JobFolder[Any]) -> Path:
    """Return the folder that a job writes into, on the server: its own, as a rule."""
    return job.folder.parent if job.kind == "repeats" else job.folder  # each repeat is a file beside


def run_around(path: Path) -> Path | None:
    """Return the folder of the run that a path is, or lies in; None where there is none."""
    return next((folder for folder in (path, *path.parents) if RunFolder.exists(folder)), None)


def lacks_files(folder: Path) -> bool:
    """Return True on a machine where something lacks that the job in a folder names by its path."""
    return any(not Path(path).is_file() for data in _data(open_job(folder)) for path in files_in_place(data))


def job_inputs(job: JobFolder[Any]) -> list[JobInput]:
    """Return the files that a job reads.

    Raises
    ------
    DataError
        When some of its data went away or was changed.
    RunError, SettingsError
        When the vectors that it starts with are gone.
    """
    for reference in _data(job):
        check_unchanged(reference)
    found = [*_own(job.folder), *_of_run(job)]
    return [file for file in found if file.path.is_file()]


def _own(folder: Path) -> Iterator[JobInput]:
    """Yield what a job goes on with: its record, its checkpoint, its snapshots."""
    kept = [path for path in folder.iterdir() if path.name not in (*APPENDED, WEIGHTS) and path.name[0] != "."]
    for path in (*kept, *(folder / FOLDER).glob("*"), *(folder / FIRST_FOLDER).glob("*")):
        yield JobInput(path, place_of(path), is_data=False)


def _of_run(job: JobFolder[Any]) -> Iterator[JobInput]:
    """Yield the data of a run, the vectors that it starts with, and for a job within it what its folder says of the run."""
    around = run_around(job.folder)
    if around is None:
        return
    run, folder = RunFolder(around), job.folder
    while folder != run.folder:
        folder = folder.parent
        for path in folder.glob("[!.]*.json"):
            yield JobInput(path, place_of(path), is_data=False)
    yield from _of_reference(run.data, file_of(run.data, run.folder))
    for path in (run.folder / "data").glob("only-*.parquet"):
        yield JobInput(path, place_of(path))
    yield from _of_settings(run.training_settings())


def _of_reference(reference: DataReference, file: Path) -> Iterator[JobInput]:
    if reference["source"] == "upload":
        yield JobInput(file, place_of(file), sha256=reference["sha256"])
    elif reference["source"] == "sample":
        yield _elsewhere(file)
    for path in files_in_place(reference):
        yield _elsewhere(Path(path))


def _of_settings(settings: TrainingSettings) -> Iterator[JobInput]:
    for path in pretrained_files(settings):
        yield _elsewhere(path)


def _elsewhere(path: Path) -> JobInput:
    """Return a file outside the job's folder: of another run in the store, a sample, or one that stays where it is."""
    if path.is_relative_to(home()):
        return JobInput(path, place_of(path), is_data=path.suffix != ".json")
    is_sample = any(sample.file == path.name and sample.path == path for sample in SAMPLES.values())
    return JobInput(path, f"{SAMPLES_FOLDER}/{path.name}" if is_sample else f"{IN_PLACE}{path}")


def _data(job: JobFolder[Any]) -> list[DataReference]:
    """Return the data that a job reads; none for one that belongs to no run."""
    run = run_around(job.folder)
    return [RunFolder(run).data] if run else []
