"""Data sets: an uploaded file, a pasted text, files at their paths, or a sample."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import time
import zipfile
from collections import Counter
from collections.abc import Generator, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, cast

from embedviz.core.errors import DataError, RunError
from embedviz.core.files import replacing, write_json
from embedviz.core.jobs.status import FILE as STATUS
from embedviz.core.mode import is_shared
from embedviz.core.plurals import listed
from embedviz.core.typed_json import read_typed
from embedviz.data.corpus_reading import files_in
from embedviz.data.part_names import PartName
from embedviz.data.reading import Table
from embedviz.data.samples import SAMPLES
from embedviz.data.split_names import split_files
from embedviz.store.data_reference import About, Content, CorpusFile, DataReference, PartFile, ReadOptions
from embedviz.store.disk_room import Arriving
from embedviz.store.files_in_place import check_unchanged
from embedviz.store.ids import LOCAL_OWNER, new_id
from embedviz.store.reference_reading import file_path, read_preview

FILE = "dataset.json"
TOGETHER = "together.zip"  # several uploads of one data set
MAX_NAMED = 3  # of its files in the title
OPTIONS = tuple(ReadOptions.__annotations__)  # of read_table that a person may set


class Dataset:
    """A folder with dataset.json and, for an upload, the file itself."""

    def __init__(self, folder: Path, reference: DataReference):
        self.folder, self._reference = folder, reference

    @classmethod
    def open(cls, folder: Path) -> Dataset:
        """Open the data set of a folder; RunError if it was deleted, DataError if its record is damaged."""
        reference = read_typed(folder / FILE, cast("type[DataReference]", DataReference))
        if reference is None:
            raise RunError("This data no longer exists. Upload it again, or take a sample.")
        return cls(folder, reference)

    @classmethod
    def upload(
        cls, uploads: Path, name: str, parts: Iterable[bytes], owner: str = LOCAL_OWNER, size: int = 0
    ) -> Dataset:
        """Write the parts of an upload to disk as they arrive, and fingerprint them. One that is refused leaves nothing behind.

        Parameters
        ----------
        uploads : Path
            Where data sets lie.
        name : str
            Of the file, as the owner calls it.
        parts : iterable of bytes
            Its content.
        owner : str
            Id of the visitor.
        size : int
            Bytes of all parts, where they are known: what does not fit is refused before anything is deleted to make room.

        Raises
        ------
        QuotaError
            When it is larger than an upload may be or than the disk that the owner may take, or is one too many.
        """
        arriving = Arriving(uploads.parent, owner, name, size)
        safe, digest = _safe_name(name), hashlib.sha256()
        with _whole_or_nothing(uploads) as folder:
            with replacing(folder / safe) as temporary, open(temporary, "wb") as file:
                for part in parts:
                    arriving.add(part)
                    digest.update(part)
                    file.write(part)
            about = _about(folder, name, owner, arriving.size)
            return cls._create(folder, {**about, "source": "upload", "file": safe, "sha256": digest.hexdigest()})

    @classmethod
    def upload_once(cls, uploads: Path, dataset_id: str, title: str, file: str, content: bytes) -> Dataset:
        """Return the data set of an id that follows from its content, written where it is not here yet, without options.

        Parameters
        ----------
        uploads : Path
            Where data sets lie.
        dataset_id : str
            32 hexadecimal characters.
        title, file : str
            How it is shown, and the name of its file.
        content : bytes
            Of the file.
        """
        folder = uploads / dataset_id
        if (folder / FILE).is_file() and (folder / file).is_file():
            dataset = cls.open(folder)
            dataset.set_options(**dict.fromkeys(OPTIONS))
            dataset.set_roles(None)
            dataset.clear_parts()
            return dataset
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with replacing(folder / file) as temporary:
            temporary.write_bytes(content)
        about = _about(folder, title, LOCAL_OWNER, len(content))
        sha256 = hashlib.sha256(content).hexdigest()
        return cls._create(folder, {**about, "source": "upload", "file": file, "sha256": sha256})

    @classmethod
    def upload_together(
        cls, uploads: Path, files: Iterable[tuple[str, Iterable[bytes]]], owner: str = LOCAL_OWNER, size: int = 0
    ) -> Dataset:
        """Write several uploads into one zip; where they are the parts of a split by their names, they are read as such.

        Parameters
        ----------
        uploads : Path
            Where data sets lie.
        files : iterable of (str, iterable of bytes)
            Name and parts of each upload.
        owner : str
            Id of the visitor.
        size : int
            As for `upload`.

        Raises
        ------
        QuotaError
            As `upload`.
        """
        arriving, names = Arriving(uploads.parent, owner, "What you upload", size), list[str]()
        with _whole_or_nothing(uploads) as folder:
            with replacing(folder / TOGETHER) as temporary, zipfile.ZipFile(temporary, "w") as archive:
                for name, parts in files:
                    names.append(_unlike(Path(name.replace("\\", "/")).name or "file", names))
                    with archive.open(zipfile.ZipInfo(names[-1]), "w", force_zip64=True) as member:
                        for part in parts:
                            arriving.add(part)
                            member.write(part)
            path = folder / TOGETHER
            with open(path, "rb") as file:
                sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            about = _about(folder, listed(names[:MAX_NAMED], len(names) - MAX_NAMED), owner, path.stat().st_size)
            dataset = cls._create(folder, {**about, "source": "upload", "file": TOGETHER, "sha256": sha256})
        splits = split_files(names)
        if len(splits) == 1 and set(splits[0].values()) == set(names):
            dataset.set_options(member=splits[0])
        return dataset

    @classmethod
    def at_path(cls, uploads: Path, path: Path, owner: str = LOCAL_OWNER) -> Dataset:
        """Refer to a file that stays where it is. Only in local mode: a visitor must not read the server's files."""
        path = _checked_path(path)
        entry = path.stat()
        folder = _new_folder(uploads)
        about = _about(folder, path.name, owner, entry.st_size)
        return cls._create(folder, {**about, "source": "path", "path": str(path), "modified": entry.st_mtime})

    @classmethod
    def corpus(cls, uploads: Path, paths: Sequence[Path], owner: str = LOCAL_OWNER) -> Dataset:
        """Refer to plain text in several files, or in all files of a folder, which stay where they are.

        Raises
        ------
        DataError
            If a file is missing or given twice, a folder is empty, or on a shared server.
        """
        _check_not_shared()
        resolved = [path.expanduser().resolve() for path in paths]
        found = [_checked_path(file) for path in resolved for file in (files_in(path) if path.is_dir() else [path])]
        if twice := [path.name for path, n in Counter(found).items() if n > 1]:
            raise DataError(f"{twice[0]} is given twice. Name each file once.")
        entries = [(path, path.stat()) for path in found]
        files: list[CorpusFile] = [
            {"path": str(path), "size": entry.st_size, "modified": entry.st_mtime} for path, entry in entries
        ]
        names = [path.name for path in resolved]
        folder = _new_folder(uploads)
        title = listed(names[:MAX_NAMED], len(names) - MAX_NAMED)
        about = _about(folder, title, owner, sum(file["size"] for file in files))
        return cls._create(folder, {**about, "source": "corpus", "files": files})

    def add_parts(self, paths: Mapping[PartName, Path]) -> None:
        """Bring files for validation and testing together with this one, which becomes the training set.

        They stay where they are, as those of `at_path`; what is read has a column that says which file a row is from.

        Raises
        ------
        DataError
            If a file is missing or given twice, or on a shared server.
        """
        parts: list[PartFile] = []
        for part, path in paths.items():
            path = _checked_path(path)
            if path in (self.path.resolve(), *(Path(other["path"]) for other in parts)):
                raise DataError(f"{path.name} is given for two parts of the split. Each part needs a file of its own.")
            entry = path.stat()
            parts.append({"part": part, "path": str(path), "size": entry.st_size, "modified": entry.st_mtime})
        self._reference["parts"] = parts
        write_json(self.folder / FILE, self._reference)

    def clear_parts(self) -> None:
        """Forget the files that were brought together with this one."""
        self._follow_record()
        self._reference.pop("parts", None)
        write_json(self.folder / FILE, self._reference)

    @classmethod
    def sample(cls, uploads: Path, sample_name: str, owner: str = LOCAL_OWNER) -> Dataset:
        """Refer to one of the samples."""
        sample = SAMPLES[sample_name]
        folder = _new_folder(uploads)
        about = _about(folder, sample.title, owner, sample.path.stat().st_size)
        return cls._create(folder, {**about, "source": "sample", "sample": sample_name, "sha256": sample.sha256})

    @classmethod
    def _create(cls, folder: Path, reference: DataReference) -> Dataset:
        write_json(folder / FILE, reference)
        return cls(folder, reference)

    @property
    def id(self) -> str:
        """The dataset's 32 hexadecimal characters; its folder is named after them."""
        return self._reference["id"]

    @property
    def title(self) -> str:
        """Name of the file or sample, as it is shown."""
        return self._reference["title"]

    @property
    def owner(self) -> str:
        """Id of the visitor whose dataset it is; LOCAL_OWNER outside a shared server."""
        return self._reference["owner"]

    @property
    def created(self) -> float:
        """Time at which the dataset was made, in seconds since the epoch."""
        return self._reference["created"]

    @property
    def size(self) -> int:
        """Bytes of the file as it came."""
        return self._reference["size"]

    @property
    def source(self) -> Literal["upload", "path", "corpus", "sample"]:
        """Kind of data: "upload", "path", "corpus" or "sample"."""
        return self._reference["source"]

    @property
    def sample_name(self) -> str:
        """The sample's name; empty for other data."""
        return self._reference["sample"] if self._reference["source"] == "sample" else ""

    @property
    def columns(self) -> dict[str, str]:
        """role -> column where the sample states it; empty for other data."""
        return SAMPLES[self.sample_name].columns if self.source == "sample" else {}

    @property
    def options(self) -> ReadOptions:
        """Options of `read_table` that were set."""
        return self._reference["options"]

    @property
    def path(self) -> Path:
        """Path of the file; of a corpus, its first."""
        return file_path(self._reference, self.folder)

    def set_options(self, **options: Any) -> None:
        """Set options of `read_table`; None goes back to the guess."""
        unknown = set(options) - set(OPTIONS)
        if unknown:
            raise DataError(f"Reading has no option {', '.join(sorted(unknown))}. It has: {', '.join(OPTIONS)}.")
        self._follow_record()
        merged = {**self.options, **options}
        given = {key: value for key, value in merged.items() if value is not None}
        self._reference["options"] = cast("ReadOptions", given)
        write_json(self.folder / FILE, self._reference)

    @property
    def content(self) -> Content | None:
        """What the owner wants the file read as; None where the file tells."""
        return self._reference.get("content")

    def set_content(self, content: Content) -> None:
        """Read the file as a table or as vectors, whatever it looks like."""
        self._follow_record()
        self._reference["content"] = content
        write_json(self.folder / FILE, self._reference)

    @property
    def roles(self) -> dict[str, str | list[str]] | None:
        """role -> column(s) as the owner chose them; None while they are guessed."""
        return self._reference.get("roles")

    def set_roles(self, roles: Mapping[str, str | list[str]] | None) -> None:
        """Keep the roles that the owner chose; None goes back to the guess."""
        self._follow_record()
        self._reference.pop("roles", None)
        if roles is not None:
            self._reference["roles"] = dict(roles)
        write_json(self.folder / FILE, self._reference)

    def _follow_record(self) -> None:
        """Take over what another page has written since."""
        self._reference = Dataset.open(self.folder)._reference

    def check_unchanged(self) -> None:
        """Raise DataError for a file at its path that is gone or was changed since it was opened."""
        check_unchanged(self._reference)

    def preview(self) -> Table:
        """Read the beginning of the file: see `read_preview`."""
        return read_preview(self._reference, self.folder)

    def reference(self) -> DataReference:
        """Return what a run keeps to read the same data again."""
        reference = self._reference.copy()
        reference.pop("roles", None)
        return reference

    def link_into(self, folder: Path) -> None:
        """Link the upload into a run's data folder, or copy it where the disk has no links."""
        folder.mkdir(mode=0o700, exist_ok=True)
        if self._reference["source"] == "upload":
            try:
                os.link(self.path, folder / self._reference["file"])
            except OSError:
                shutil.copyfile(self.path, folder / self._reference["file"])


def _checked_path(path: Path) -> Path:
    """The path of a file to be read where it lies. Only in local mode: a visitor must not read the server's files."""
    _check_not_shared()
    path = path.expanduser().resolve()
    if not path.is_file():
        raise DataError(f"There is no file {path}. Check the path, or upload the file.")
    return path


def _check_not_shared() -> None:
    if is_shared():
        raise DataError("Files can be opened by their path only where embedviz runs on your own machine.")


def _about(folder: Path, title: str, owner: str, size: int) -> About:
    return {
        "id": folder.name,
        "title": title,
        "owner": owner,
        "created": time.time(),
        "size": size,
        "options": {},
    }


def _new_folder(uploads: Path) -> Path:
    folder = uploads / new_id()
    folder.mkdir(mode=0o700, parents=True)
    return folder


@contextlib.contextmanager
def _whole_or_nothing(uploads: Path) -> Generator[Path]:
    """Yield a new folder, which goes again when the block ends in an error."""
    folder = _new_folder(uploads)
    try:
        yield folder
    except BaseException:  # Streamlit ends a script by other exceptions than errors
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _safe_name(name: str) -> str:
    """A file name that is safe on every system, with its ending."""
    safe = re.sub(r"[^\w.-]+", "_", Path(name.replace("\\", "/")).name).lstrip(".")[-100:]
    return safe if safe and safe not in (FILE, STATUS) else f"data_{safe}"


def _unlike(name: str, names: Iterable[str]) -> str:
    """The name, with a number before its ending where it is taken."""
    path, other, number = Path(name), name, 1
    while other in names:
        number += 1
        other = f"{path.stem} ({number}){path.suffix}"
    return other
