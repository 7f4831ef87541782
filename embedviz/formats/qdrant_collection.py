"""Collections of Qdrant (https://qdrant.tech), in a folder that its client keeps in this process, or on a server."""

from __future__ import annotations

import importlib
import importlib.util
import os
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import pyarrow as pa

from embedviz.core.errors import DataError, SettingsError
from embedviz.formats.arrow_columns import as_text
from embedviz.formats.row_batches import RowBatches, StoredTable
from embedviz.formats.tensors import choose

PAGE = 4_096  # points asked for at a time
API_KEY = "QDRANT_API_KEY"


@contextmanager
def opened_folder(address: str) -> Generator[StoredTable]:
    """Open the collection at FOLDER/COLLECTION. Qdrant's client holds all its points in memory meanwhile.

    Raises
    ------
    SettingsError
        When the client is not installed.
    DataError
        When there is no such folder or collection, or another process has it open.
    """
    client_class = _client_class()
    place, name = _parts("qdrant", address, "FOLDER")
    folder = Path(place).expanduser()
    if not (folder / "meta.json").is_file():
        raise DataError(f"There is no folder {place} with collections of Qdrant.")  # opening would make it
    try:
        client = client_class(path=str(folder))
    except RuntimeError as error:
        raise DataError(f"The collections in {place} are open in another process. Close them there first.") from error
    try:
        file = folder / "collection" / name / "storage.sqlite"
        changed = file.stat() if file.is_file() else None
        version = f"{changed.st_mtime_ns} {changed.st_size}" if changed else ""
        yield _collection(client, place, name, version)
    finally:
        client.close()


@contextmanager
def opened_server(address: str, scheme: str = "http") -> Generator[StoredTable]:
    """Open the collection at HOST:PORT/COLLECTION; the variable QDRANT_API_KEY may hold the server's key.

    A server does not tell when a collection was last changed: another number of points counts as a change. It keeps the
    vectors of collections that it compares by cosine at length 1.

    Raises
    ------
    SettingsError
        When the client is not installed.
    DataError
        When the server does not answer, or has no such collection.
    """
    client_class = _client_class()
    place, name = _parts(f"qdrant+{scheme}", address, "HOST:PORT")
    failures: Any = importlib.import_module("qdrant_client.http.exceptions")
    client = client_class(url=f"{scheme}://{place}", api_key=os.environ.get(API_KEY), check_compatibility=False)
    try:
        yield _collection(client, place, name, "")
    except (failures.ResponseHandlingException, failures.UnexpectedResponse) as error:
        reason = (str(error).splitlines() or ["no answer"])[0][:160]
        raise DataError(f"Qdrant at {scheme}://{place} cannot be read ({reason}).") from error
    finally:
        client.close()


@contextmanager
def opened_https_server(address: str) -> Generator[StoredTable]:
    """Open the collection at HOST:PORT/COLLECTION by https; see `opened_server`."""
    with opened_server(address, "https") as table:
        yield table


def _client_class() -> Any:
    if importlib.util.find_spec("qdrant_client") is None:
        raise SettingsError("Opening a collection of Qdrant needs its client: pip install qdrant-client")
    return importlib.import_module("qdrant_client").QdrantClient


def _parts(scheme: str, address: str, what: str) -> tuple[str, str]:
    place, _, name = address.rpartition("/")
    if not place or not name:
        raise SettingsError(f"{scheme}://{address} names no collection. Give {scheme}://{what}/COLLECTION.")
    return place, name


def _collection(client: Any, place: str, name: str, version: str) -> StoredTable:
    known = sorted(each.name for each in client.get_collections().collections)
    if name not in known:
        raise DataError(f"Qdrant at {place} has no collection {name!r}. It has: {', '.join(known) or 'none'}.")
    info = client.get_collection(name)
    given = info.config.params.vectors
    kinds: dict[str, Any] = dict(cast("Mapping[str, Any]", given)) if isinstance(given, Mapping) else {"": given}

    def rows(tensor: str) -> RowBatches:
        found = RowBatches(f"The collection {name!r}", info.points_count, iter(()), tensor)
        chosen = (
            "" if list(kinds) == [""] else choose(found, {kind: (1, each.size) for kind, each in kinds.items()}).name
        )
        found.tensor, found.batches = chosen or "vector", _batches(client, name, chosen)
        return found

    return StoredTable(name, f"{version} {info.points_count} {sorted(kinds)}", rows)


def _batches(client: Any, name: str, vector: str) -> Iterator[pa.RecordBatch]:
    offset: Any = None
    while True:
        points, offset = client.scroll(
            name, limit=PAGE, offset=offset, with_payload=True, with_vectors=[vector] if vector else True
        )
        if points:
            yield _batch(points, vector)
        if offset is None:
            return


def _batch(points: Sequence[Any], vector: str) -> pa.RecordBatch:
    """Return points as rows: vector, id, and a column for each key of their payloads."""
    payloads = [cast("dict[str, object]", point.payload or {}) for point in points]
    own = vector or "vector"
    vectors = [point.vector.get(vector) if isinstance(point.vector, dict) else point.vector for point in points]
    columns: dict[str, pa.Array] = {own: pa.array(vectors, pa.list_(pa.float32()))}
    for key in dict.fromkeys(key for payload in payloads for key in payload):
        columns[f"{key} (payload)" if key == own else key] = _column([payload.get(key) for payload in payloads])
    columns["id (point)" if "id" in columns else "id"] = pa.array([str(point.id) for point in points])
    return pa.RecordBatch.from_pydict(columns)


def _column(values: list[object]) -> pa.Array:
    """Return values of a payload: numbers, booleans or texts as they are, anything else as text."""
    kinds = {type(value) for value in values if value is not None}
    if kinds <= {int} or kinds <= {float} or kinds <= {bool} or kinds <= {str}:
        return pa.array(values)
    if kinds <= {int, float}:
        return pa.array(values, pa.float64())
    return pa.array([None if value is None else as_text(value) for value in values], pa.string())
