"""How a space is kept: NAME.safetensors with the vectors, NAME.parquet with labels, columns and the name itself.

The vectors are mapped, not read: safetensors' NumPy reader copies the file into private memory (191 MB for 200). The
search index of a large space lies beside its vectors in the same file, so that the two are always of one writing.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote, unquote

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from safetensors.numpy import save_file

from embedviz.core.errors import DataError
from embedviz.core.files import replacing
from embedviz.space.embedding_space import EmbeddingSpace
from embedviz.space.search_index import SearchIndex

KEY, TURN, ROWS = "vectors", "search_index.turn", "search_index.rows"
LABEL = "label"
NOTES, NAME = b"embedviz.notes", b"embedviz.name"
LONGEST = 150  # characters of a name in a file's; past that a sum stands for the rest, and the file says the name
TYPES = {"F32": np.dtype("<f4"), "I64": np.dtype("<i8")}


def write_space(space: EmbeddingSpace, folder: Path, name: str | None = None) -> None:
    """Writes both files, each in one step; the vectors last, so that a space that is seen is whole."""
    name = space.name if name is None else name
    folder.mkdir(parents=True, exist_ok=True)
    columns = space.columns.copy()
    columns.insert(0, LABEL, pd.array(space.labels, dtype="str"))
    table = pa.Table.from_pandas(columns, preserve_index=False)
    own = {NOTES: json.dumps(space.notes).encode(), NAME: name.encode()}
    table = table.replace_schema_metadata((table.schema.metadata or {}) | own)
    with replacing(_path(folder, name, "parquet")) as temporary:
        pq.write_table(table, temporary)
    tensors = {KEY: np.ascontiguousarray(space.vectors)}
    index = space.search_index or SearchIndex.build(space.vectors)
    if index is not None:
        tensors |= {TURN: np.ascontiguousarray(index.turn), ROWS: np.ascontiguousarray(index.rows)}
    with replacing(_path(folder, name, "safetensors")) as temporary:
        save_file(tensors, temporary)


def read_space(folder: Path, name: str) -> EmbeddingSpace:
    """The space by its name; its vectors are mapped from disk, and so is its search index, which a small space and an
    older file do not have. DataError when the files do not hold a space."""
    path = _path(folder, name, "parquet")
    try:
        table = pq.read_table(path)
    except FileNotFoundError:
        names = ", ".join(space_names(folder)) or "none"
        raise DataError(f"There is no space {name!r} in {folder}. It holds: {names}.") from None
    except pa.ArrowInvalid as error:
        raise DataError(f"{path.name} is not a Parquet file, or was cut off.") from error
    columns = table.to_pandas()
    if LABEL not in columns:
        raise DataError(f"{path.name} has no column {LABEL!r}, so it is not a space's.")
    labels = columns.pop(LABEL).tolist()
    notes = json.loads((table.schema.metadata or {}).get(NOTES, b"[]"))
    with _open(_path(folder, name, "safetensors")) as file:  # once, for it may be replaced meanwhile
        header, start = _header(file)
        vectors, index = _mapped(file, header, start, KEY), None
        if ROWS in header:
            index = SearchIndex(_mapped(file, header, start, TURN), _mapped(file, header, start, ROWS))
    return EmbeddingSpace(labels, vectors, columns, name, notes, index)


def space_names(folder: Path) -> list[str]:
    """The spaces that are whole in the folder, in alphabetical order; none when there is no folder."""
    found = (path.with_suffix(".parquet") for path in folder.glob("*.safetensors") if not path.name.startswith("."))
    return sorted(_name_of(path) for path in found if path.is_file())


def written(folder: Path, name: str) -> int:
    """When the space's vectors were written, in nanoseconds since 1970: another number when they are others. 0 when there
    are none."""
    path = _path(folder, name, "safetensors")
    return path.stat().st_mtime_ns if path.is_file() else 0


def map_tensor(path: Path, key: str) -> np.ndarray:
    """One float32 or int64 tensor of a safetensors file, mapped read-only. DataError when the file is missing, cut off,
    or holds no such tensor."""
    with _open(path) as file:
        return _mapped(file, *_header(file), key)


def _open(path: Path) -> BinaryIO:
    try:
        return open(path, "rb")
    except FileNotFoundError:
        raise DataError(f"There is no file {path}.") from None


def _header(file: BinaryIO) -> tuple[Any, int]:
    """What a safetensors file says of its tensors, and where their bytes begin.

    The format: 8 bytes with the header's length, little endian; the header in JSON; the tensors' bytes
    (https://huggingface.co/docs/safetensors).
    """
    name, size = Path(file.name).name, os.fstat(file.fileno()).st_size
    length = int.from_bytes(file.read(8), "little")
    if not 2 <= length <= min(size - 8, 100_000_000):
        raise DataError(f"{name} is not a safetensors file, or was cut off: its header does not fit.")
    try:
        return json.loads(file.read(length)), 8 + length
    except ValueError as error:
        raise DataError(f"{name} is not a safetensors file: its header is not JSON.") from error


def _mapped(file: BinaryIO, header: Any, start: int, key: str) -> np.ndarray:
    name, size = Path(file.name).name, os.fstat(file.fileno()).st_size
    try:
        tensor = header[key]
        begin, end = tensor["data_offsets"]
        dtype, shape = TYPES[tensor["dtype"]], tuple(int(n) for n in tensor["shape"])
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(f"{name} does not hold a float32 or int64 tensor {key!r}.") from error
    if min(shape, default=0) < 0 or begin < 0 or end - begin != dtype.itemsize * int(np.prod(shape)):
        raise DataError(f"{name} contradicts itself: shape {shape}, but bytes {begin:,} to {end:,}.")
    if start + end > size:
        raise DataError(f"{name} was cut off: its header promises {start + end:,} bytes, it has {size:,}.")
    if end == begin:
        return np.empty(shape, dtype)
    return np.memmap(file, dtype, "r", offset=start + begin, shape=shape)


def _path(folder: Path, name: str, ending: str) -> Path:
    # A space may be named after a column of a table, and those hold slashes; a dot in front would hide the file.
    stem = quote(name, safe=" ")
    if stem.startswith("."):
        stem = "%2E" + stem[1:]
    if len(stem) > LONGEST:
        stem = f"{stem[:LONGEST]}~{hashlib.sha256(name.encode()).hexdigest()[:16]}"
    return folder / f"{stem}.{ending}"


def _name_of(path: Path) -> str:
    """The name of the space whose labels and columns are in the file."""
    if len(path.stem) <= LONGEST:
        return unquote(path.stem)
    return pq.read_schema(path).metadata[NAME].decode()
