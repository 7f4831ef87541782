"""open_space: a space by its path or address, whatever keeps it. What is larger than memory is read into the store once.

The store keeps a folder for each source, with the space as it was in one version of it.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from embedviz.core.errors import DataError, EmbedvizError, SettingsError
from embedviz.core.home import home
from embedviz.core.mode import is_shared
from embedviz.core.progress import Progress, ignore_progress
from embedviz.data.remote_files import address_of, local_file
from embedviz.formats import is_model_folder, lancedb_table, large_files, load_vectors, qdrant_collection
from embedviz.formats.row_batches import StoredTable, write_rows
from embedviz.space.storage import read_space, space_names
from embedviz.store.kept import OPENED
from embedviz.store.run_folder import RunFolder
from embedviz.store.table_folders import digest

if TYPE_CHECKING:
    from embedviz.space import EmbeddingSpace

DATABASES: dict[str, Callable[[str], AbstractContextManager[StoredTable]]] = {
    "lancedb": lancedb_table.opened,
    "qdrant": qdrant_collection.opened_folder,
    "qdrant+http": qdrant_collection.opened_server,
    "qdrant+https": qdrant_collection.opened_https_server,
}


def open_space(
    source: str | Path,
    *,
    space: str | None = None,
    label: str | None = None,
    tensor: str | None = None,
    metadata: str | Path | None = None,
    refresh: bool = False,
    on_progress: Callable[[Progress], None] = ignore_progress,
) -> EmbeddingSpace:
    """Open a space for reading, of any size.

    A table of a database, or a file of a gigabyte and more, is read into the store once, block by block, and mapped from
    there, so that neighbours are exact by any metric, and analogies, maps and comparisons work as with any space. The
    database is not asked again until its table has another version; it is never changed. The copy takes four bytes a number
    on disk.

    Parameters
    ----------
    source : str or Path
        A run's folder; a folder of spaces, or FOLDER/NAME; any file that `load_vectors` reads; "lancedb://FOLDER/TABLE";
        "qdrant://FOLDER/COLLECTION" for a folder of Qdrant's client; "qdrant+http://HOST:PORT/COLLECTION" or qdrant+https
        for a server, whose key is in QDRANT_API_KEY; the address of a file, https://… or hf://datasets/NAME/FILE.
    space : str, optional
        One of a run's or a folder's spaces, where there are several.
    label : str, optional
        The column of labels of a table; by default the one that names the rows best.
    tensor : str, optional
        The column or the named vector, where there are several.
    metadata : str or Path, optional
        A file with a row for each vector: its labels and further columns.
    refresh : bool
        Read a table again even if its version is the same. A server of Qdrant does not tell when points were
        overwritten.
    on_progress : callable, optional
        Called with a Progress while something is read.

    Returns
    -------
    EmbeddingSpace
        Its columns are the other columns of the table, its notes say what was left out.

    Raises
    ------
    SettingsError
        For an address that cannot be opened, or a package that is missing.
    DataError
        When there is nothing, or no vectors.

    Examples
    --------
    >>> import embedviz as ev
    >>> from pathlib import Path
    >>> _ = Path("vectors.txt").write_text("king 0.5 1\\nqueen 0.25 2\\ncar -1 3\\n")
    >>> ev.open_space("vectors.txt").neighbors("king", k=1)["label"].tolist()
    ['queen']
    """
    if is_shared():
        raise EmbedvizError("EMBEDVIZ_MODE is shared: opening from Python is for one's own machine.")
    if (url := address_of(source)) is not None:
        source = local_file(url, on_progress)
    address = str(source)
    scheme, mark, rest = address.partition("://")
    if mark:
        if scheme not in DATABASES:
            known = ", ".join(f"{each}://" for each in DATABASES)
            raise SettingsError(f"{address} cannot be opened. An address begins with one of {known}.")
        with DATABASES[scheme](rest) as table:
            return _copied(table, address, label, tensor, refresh, on_progress)
    path = Path(source).expanduser()
    if RunFolder.exists(path):
        run = RunFolder(path)
        return run.spaces[space] if space else run.space
    if path.is_dir() and (names := space_names(path)):
        if space is None and len(names) > 1:
            raise SettingsError(f"{path} holds several spaces; name one of them by space=: {', '.join(names)}.")
        return read_space(path, space or names[0])
    if not path.exists() and path.name in space_names(path.parent):
        return read_space(path.parent, path.name)
    if not path.exists() or (path.is_dir() and not is_model_folder(path)):
        raise DataError(f"There is no file, run or space at {path}.")
    if large_files.is_large(path):
        with _large_file(path, metadata) as table:
            return _copied(table, f"{path.resolve()} {metadata}", label, tensor, refresh, on_progress)
    return load_vectors(path, tensor=tensor, metadata=metadata, on_progress=on_progress)


@contextmanager
def _large_file(path: Path, metadata: str | Path | None) -> Generator[StoredTable]:
    yield large_files.table_of_file(path, None if metadata is None else Path(metadata))


def _copied(
    table: StoredTable,
    address: str,
    label: str | None,
    tensor: str | None,
    refresh: bool,
    on_progress: Callable[[Progress], object],
) -> EmbeddingSpace:
    """Open the copy of a table in the store, which is made first where it is not of the table's version."""
    folder = home() / OPENED / digest(f"{address}\0{label}\0{tensor}") / digest(table.version)
    name = table.name
    if refresh or name not in space_names(folder):
        write_rows(table.rows(tensor or ""), folder, name, label, on_progress)
    for other in folder.parent.iterdir():
        if other != folder:
            shutil.rmtree(other, ignore_errors=True)
    return read_space(folder, name)
