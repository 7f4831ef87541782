"""The cache of a node that does not see the store: data by its content, parsed tables, and a store for each job at work."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Generator, Iterable
from pathlib import Path

from filelock import FileLock, Timeout

from embedviz.core.errors import DataError
from embedviz.core.files import replacing
from embedviz.core.torn_files import remove_torn_file
from embedviz.store.table_folders import sweep_tables

DEFAULT_MEGABYTES = 20_000  # of data, and of parsed tables each; EMBEDVIZ_NODE_CACHE_MB sets another
HELD = ".held"  # in the store of a job: locked as long as its process lives


class NodeCache:
    """A folder of this machine: EMBEDVIZ_NODE_CACHE, or .cache/embedviz-node in the home of the user.

    Data is kept once, whatever its name, and shared by jobs through hard links; what no job has linked is deleted when there
    is too much, the least recently used first.

    Parameters
    ----------
    folder : Path, optional
        Another folder.
    max_bytes : int, optional
        Of data, and of parsed tables each.
    """

    def __init__(self, folder: Path | None = None, max_bytes: int | None = None) -> None:
        chosen = os.environ.get("EMBEDVIZ_NODE_CACHE") or Path.home() / ".cache" / "embedviz-node"
        megabytes = float(os.environ.get("EMBEDVIZ_NODE_CACHE_MB") or DEFAULT_MEGABYTES)
        self.folder = Path(folder or chosen)
        self._max_bytes = int(megabytes * 1e6) if max_bytes is None else max_bytes
        self._files, self._jobs, self._tables = (self.folder / name for name in ("files", "jobs", "tables"))
        self._locks = self.folder / "locks"
        for part in (self._files, self._jobs, self._tables, self._locks):
            part.mkdir(mode=0o700, parents=True, exist_ok=True)

    @contextlib.contextmanager
    def store(self) -> Generator[Path]:
        """Give a job an empty store that shares the parsed tables of the node. It is deleted at the end."""
        self.sweep()
        with FileLock(self._locks / "jobs"):
            folder = Path(tempfile.mkdtemp(dir=self._jobs))
            held = FileLock(folder / HELD)
            held.acquire()
        with held:
            (folder / "tables").symlink_to(self._tables)
            try:
                yield folder
            finally:
                shutil.rmtree(folder, ignore_errors=True)

    def link(self, sha256: str, target: Path, read: Callable[[], Iterable[bytes]]) -> None:
        """Link a file of data into the store of a job. Where several jobs want it at once, one reads it.

        Parameters
        ----------
        sha256 : str
            Of its content.
        target : Path
            Where the job finds it.
        read : callable
            Returns its parts; called unless the file is here.

        Raises
        ------
        DataError
            When the parts are not that content.
        """
        target.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(self._locks / sha256):
            kept = self._files / sha256
            if not kept.exists():
                digest = hashlib.sha256()
                with replacing(kept) as temporary, open(temporary, "wb") as file:
                    for part in read():
                        digest.update(part)
                        file.write(part)
                    if digest.hexdigest() != sha256:
                        raise DataError(f"{target.name} was changed while it was sent to a node. Start a new run.")
            os.utime(kept, (time.time(), 0))  # when it was used, and no time of its own
            os.link(kept, target)

    def sweep(self) -> None:
        """Delete the stores of jobs whose process has gone, what arrived in part, and the data and tables that are too much."""
        with FileLock(self._locks / "jobs"):
            for folder in self._jobs.iterdir():
                with contextlib.suppress(Timeout), FileLock(folder / HELD, timeout=0):
                    shutil.rmtree(folder, ignore_errors=True)
        for path in self._files.glob(".*"):
            remove_torn_file(path, time.time())
        files = [(path, path.stat()) for path in self._files.glob("[!.]*")]
        total = sum(entry.st_size for _, entry in files)
        for path, entry in sorted(files, key=lambda pair: pair[1].st_atime):
            if total > self._max_bytes and entry.st_nlink == 1:
                with contextlib.suppress(Timeout), FileLock(self._locks / path.name, timeout=0):
                    path.unlink(missing_ok=True)
                    total -= entry.st_size
        sweep_tables(self._tables, self._max_bytes)
