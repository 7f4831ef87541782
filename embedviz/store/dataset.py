"""Data sets: an uploaded file, a pasted text, files at their paths, or a sample."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Literal, cast

from embedviz.core.errors import DataError, RunError
from embedviz.core.files import replacing, write_json
from embedviz.core.mode import is_shared
from embedviz.core.plurals import listed
from embedviz.core.typed_json import read_typed
from embedviz.data.corpus_reading import files_in, is_large_text, read_corpus
from embedviz.data.part_names import PartName
from embedviz.data.reading import Table, read_parts, read_table
from embedviz.data.samples import SAMPLES
from embedviz.data.split_names import split_files
from embedviz.data.text_units import Unit
from embedviz.store.data_reference import About, Content, CorpusFile, DataReference, PartFile, ReadOptions, fingerprint
from embedviz.store.home import LOCAL_OWNER, new_id
from embedviz.store.table_folders import tables_folder
from embedviz.store.tables import keep_table, load_table, table_key

PREVIEW_BYTES = 2_000_000
MAX_PREVIEW_TABLE_BYTES = 20_000_000  # of a kept table that a page shows instead of the beginning
FILE = "dataset.json"
TOGETHER = "together.zip"  # several uploads of one data set
MAX_NAMED = 3  # of its files in the title
CORPUS_OPTIONS = ("encoding", "unit")  # of read_table that a corpus has
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
    def upload(cls, uploads: Path, name: str, parts: Iterable[bytes], owner: str = LOCAL_OWNER) -> Dataset:
        """Write the parts of an upload to disk as they arrive, and fingerprint them."""
        folder, safe = _new_folder(uploads), _safe_name(name)
        digest = hashlib.sha256()
        size = 0
        with replacing(folder / safe) as temporary, open(temporary, "wb") as file:
            for part in parts:
                digest.update(part)
                size += len(part)
                file.write(part)
        about = _about(folder, name, owner, size)
        return cls._create(folder, {**about, "source": "upload", "file": safe, "sha256": digest.hexdigest()})

    @classmethod
    def upload_together(
        cls, uploads: Path, files: Iterable[tuple[str, Iterable[bytes]]], owner: str = LOCAL_OWNER
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
        """
        folder, names = _new_folder(uploads), list[str]()
        with replacing(folder / TOGETHER) as temporary, zipfile.ZipFile(temporary, "w") as archive:
            for name, parts in files:
                names.append(_unlike(Path(name.replace("\\", "/")).name or "file", names))
                with archive.open(zipfile.ZipInfo(names[-1]), "w", force_zip64=True) as member:
                    for part in parts:
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
        return _file_path(self._reference, self.folder)

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
        _check_unchanged(self._reference)

    def preview(self) -> Table:
        """Read the beginning of the file, at most 2 MB of it, the way the whole will be read.

        The whole table where it is kept already and small, or where the beginning is all there is.
        """
        if self._reference["source"] == "corpus":
            return _read_corpus(self._reference)
        key = _table_key(self._reference)
        kept = load_table(tables_folder() / key, MAX_PREVIEW_TABLE_BYTES)
        if kept is not None:
            return kept
        table = _read(self._reference, self.folder, PREVIEW_BYTES)
        return table if table.report.truncated else keep_table(key, lambda: table)

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


def read_reference(reference: DataReference, folder: Path, *, as_corpus: bool = False) -> Table:
    """Return the whole table that a reference names, parsed once.

    Parameters
    ----------
    reference : DataReference
        Of `Dataset.reference`.
    folder : Path
        Where an upload's file lies.
    as_corpus : bool
        Read plain text from disk as it is needed, where it is in several files or in a large one at its path: the table has
        a `source` then.

    Raises
    ------
    DataError
        If the data was deleted or changed since; or if it is a corpus and wanted otherwise.
    """
    _check_unchanged(reference)
    if reference["source"] == "upload" and not _file_path(reference, folder).is_file():
        raise DataError(f"The upload {reference['title']!r} was deleted to save space. Upload it again for a new run.")

    if reference["source"] == "corpus" and not as_corpus:
        raise DataError(f"{reference['title']} is a corpus of several files, which only models of words read.")
    if as_corpus and _is_corpus(reference):
        return _read_corpus(reference)

    def read() -> Table:
        table = _read(reference, folder)
        _check_unchanged(reference)  # what was read is kept under the files' old time
        return table

    return keep_table(_table_key(reference), read)


def _read(reference: DataReference, folder: Path, limit_bytes: int | None = None) -> Table:
    """Read the reference's file, with those of the other parts of its split where there are any."""
    options, parts = reference["options"], reference.get("parts", [])
    own = partial(read_table, _file_path(reference, folder), name=_name(reference), limit_bytes=limit_bytes, **options)
    if not parts:
        return own()
    if isinstance(options.get("member"), dict):
        raise DataError("The parts of the split are named twice: in the zip, and as files. Leave one out.")
    further = cast("dict[str, Any]", {name: value for name, value in options.items() if name != "member"})
    reads: dict[PartName, Callable[..., Table]] = {"train": own}
    for file in parts:
        reads[file["part"]] = partial(read_table, Path(file["path"]), limit_bytes=limit_bytes, **further)
    return read_parts(reads)


def _is_corpus(reference: DataReference) -> bool:
    """Return True for several files, and for a large one of plain text that nothing but encoding and unit are set of."""
    if reference["source"] != "path":
        return reference["source"] == "corpus"
    options = reference["options"]
    if "parts" in reference or set(options) - set(CORPUS_OPTIONS):
        return False
    return is_large_text(Path(reference["path"]), options.get("encoding"))


def _read_corpus(reference: DataReference) -> Table:
    """The text of a reference's files, to be read from disk; what is derived from it is kept as that of a table is."""
    options = reference["options"]
    if unknown := set(options) - set(CORPUS_OPTIONS):
        raise DataError(
            f"A corpus is plain text: of its files {listed(CORPUS_OPTIONS)} can be set, not {min(unknown)}."
        )
    paths = [Path(file["path"]) for file in reference["files"]] if reference["source"] == "corpus" else []
    unit = cast("Unit | None", options.get("unit"))
    table = read_corpus(paths or [_file_path(reference, Path())], options.get("encoding"), unit)
    cache = tables_folder() / table_key(fingerprint(reference), "corpus", options)
    cache.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.utime(cache)  # it was used: see sweep_tables
    return table.cached_in(cache)


def _table_key(reference: DataReference) -> str:
    name = SAMPLES[reference["sample"]].file if reference["source"] == "sample" else reference["title"]
    return table_key(fingerprint(reference), name, reference["options"])


def _check_unchanged(reference: DataReference) -> None:
    """Raise DataError when a file that stays where it is went away or was changed."""
    files = [(file["path"], file["modified"]) for file in reference.get("parts", [])]
    if reference["source"] == "corpus":
        files += [(file["path"], file["modified"]) for file in reference["files"]]
    if reference["source"] == "path":
        files.append((reference["path"], reference["modified"]))
    for path, modified in files:
        if not Path(path).is_file():
            raise DataError(f"{path} no longer exists. Put it back, or start a new run.")
        if Path(path).stat().st_mtime != modified:
            raise DataError(f"{path} was changed since it was opened. Open it again, and start a new run.")


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


def file_of(reference: DataReference, run_folder: Path) -> Path:
    """Return the path of the file that a run's reference names."""
    return _file_path(reference, run_folder / "data")


def _file_path(reference: DataReference, folder: Path) -> Path:
    """The path of a reference's file; folder: where an upload lies."""
    if reference["source"] == "sample":
        return SAMPLES[reference["sample"]].path
    if reference["source"] == "corpus":
        return Path(reference["files"][0]["path"])
    return Path(reference["path"]) if reference["source"] == "path" else folder / reference["file"]


def _name(reference: DataReference) -> str | None:
    """The name of the file where its path does not tell it."""
    return reference["title"] if reference["source"] == "upload" else None


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


def _safe_name(name: str) -> str:
    """A file name that is safe on every system, with its ending."""
    safe = re.sub(r"[^\w.-]+", "_", Path(name.replace("\\", "/")).name).lstrip(".")[-100:]
    return safe if safe and safe != FILE else f"data_{safe}"


def _unlike(name: str, names: Iterable[str]) -> str:
    """The name, with a number before its ending where it is taken."""
    path, other, number = Path(name), name, 1
    while other in names:
        number += 1
        other = f"{path.stem} ({number}){path.suffix}"
    return other
