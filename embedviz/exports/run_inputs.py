"""The files that a run was made from, as they are named in the zip that reproduces it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from embedviz.core.errors import RunError
from embedviz.data.samples import SAMPLES
from embedviz.jobs.pretrained import NONE
from embedviz.store.data_reference import DataReference
from embedviz.store.files_in_place import check_unchanged, located
from embedviz.store.reference_reading import file_of
from embedviz.store.run_folder import RunFolder

DATA, VECTORS = "data", "vectors"  # folders of the copies


@dataclass(frozen=True)
class InputFile:
    """A file that the run read.

    Attributes
    ----------
    place : str
        Its path in the export, such as "data/reviews.tsv".
    path : Path
        Where it is now.
    sha256 : str
        Of its content.
    size : int
        Bytes.
    """

    place: str
    path: Path
    sha256: str
    size: int


@dataclass(frozen=True)
class RunInputs:
    """The files that a run read.

    Attributes
    ----------
    sample : str
        The sample it was trained on, which comes with embedviz; empty for other data.
    data : list of InputFile
        The files of its data, those of the other parts of its split left out; empty for a sample.
    parts : dict of str to InputFile
        "validation" and "test" to the files of those parts.
    vectors : InputFile or None
        The file of pretrained vectors that it started from.
    """

    sample: str
    data: list[InputFile]
    parts: dict[str, InputFile]
    vectors: InputFile | None

    @property
    def files(self) -> list[InputFile]:
        """All of them."""
        return [*self.data, *self.parts.values(), *([self.vectors] if self.vectors else [])]


def inputs_of(run: RunFolder) -> RunInputs:
    """Return the files of a training's data and of the vectors it started from.

    Raises
    ------
    RunError
        When an upload was deleted.
    DataError
        When a file that stays where it is has gone or was changed.
    """
    check_unchanged(run.data)
    taken: list[str] = []
    data = [] if run.data["source"] == "sample" else [_input(DATA, path, taken) for path in _data_paths(run)]
    parts = {part["part"]: _input(DATA, located(part["path"]), taken) for part in run.data.get("parts", [])}
    name = getattr(run.training_settings(), "vectors", "")
    vectors = _input(VECTORS, located(name), taken) if _is_file(name) else None
    sample = run.data["sample"] if run.data["source"] == "sample" else ""
    return RunInputs(sample, data, {str(part): file for part, file in parts.items()}, vectors)


def _data_paths(run: RunFolder) -> list[Path]:
    reference: DataReference = run.data
    if reference["source"] == "corpus":
        return [located(file["path"]) for file in reference["files"]]
    path = file_of(reference, run.folder)
    if not path.is_file():
        raise RunError(f"The data of {run.name!r} was deleted, so it cannot be trained again.")
    return [path]


def _is_file(vectors: str) -> bool:
    return vectors not in ("", NONE, *SAMPLES) and located(vectors).is_file()


def _input(folder: str, path: Path, taken: list[str]) -> InputFile:
    place, number = f"{folder}/{path.name}", 1
    while place in taken:
        number += 1
        place = f"{folder}/{path.stem} ({number}){path.suffix}"
    taken.append(place)
    with open(path, "rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return InputFile(place, path, digest, path.stat().st_size)
