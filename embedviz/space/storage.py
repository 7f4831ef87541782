"""Storage of a space: NAME.safetensors with the vectors, NAME.parquet with labels, columns and the name itself.

The vectors are mapped, not read: safetensors' NumPy reader copies the file into private memory (191 MB for 200). The
cosine bounds of a large space and the vectors of its n-grams lie beside its vectors in the same file, so that they are
always of one writing.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO, Literal, cast
from urllib.parse import quote, unquote

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from safetensors.numpy import save_file

from embedviz.core.errors import DataError
from embedviz.core.files import replacing
from embedviz.space.embedding_space import EmbeddingSpace
from embedviz.space.kinds import SPACE_KINDS, SpaceKind, kind_of_name
from embedviz.space.search.cosine_bounds import CosineBounds
from embedviz.space.subwords import Subwords

SUBWORDS, SUBWORD_SIZES, SUBWORD_BUCKETS = "subwords.vectors", "subwords.sizes", "subwords.buckets"
VECTORS, ROTATION, ROWS = "vectors", "cosine_bounds.rotation", "cosine_bounds.rows"
OLD_ROTATION, OLD_ROWS = "search_index.turn", "search_index.rows"  # as spaces written before have them
LABEL = "label"
NOTES, NAME, KIND = b"embedviz.notes", b"embedviz.name", b"embedviz.kind"
MAX_STEM_LENGTH = 150  # characters; past that a hash stands for the rest, and the file's metadata hold the name
DTYPES = {"F32": np.dtype("<f4"), "I64": np.dtype("<i8")}


def write_space(space: EmbeddingSpace, folder: Path, name: str | None = None) -> None:
    """Write both files, each in one step; the vectors last, so that a space that is seen is whole.

    Parameters
    ----------
    space : EmbeddingSpace
        What to keep.
    folder : Path
        Made where it is not there.
    name : str, optional
        Under which it is kept; by default the space's own.
    """
    name = space.name if name is None else name
    folder.mkdir(parents=True, exist_ok=True)
    columns = space.columns.copy()
    columns.insert(0, LABEL, pd.array(space.labels, dtype="str"))
    table = pa.Table.from_pandas(columns, preserve_index=False)
    own = {NOTES: json.dumps(space.notes).encode(), NAME: name.encode(), KIND: space.kind.encode()}
    table = table.replace_schema_metadata((table.schema.metadata or {}) | own)
    with replacing(_path(folder, name, "parquet")) as temporary:
        pq.write_table(table, temporary)
    tensors = {VECTORS: np.ascontiguousarray(space.vectors)}
    bounds = space.cosine_bounds or CosineBounds.build(space.vectors)
    if bounds is not None:
        tensors |= {ROTATION: np.ascontiguousarray(bounds.rotation), ROWS: np.ascontiguousarray(bounds.rows)}
    if space.subwords is not None:
        sizes = np.array([space.subwords.min_n, space.subwords.max_n, len(space.subwords)], np.int64)
        tensors |= {SUBWORDS: np.ascontiguousarray(space.subwords.vectors), SUBWORD_SIZES: sizes}
        if space.subwords.used is not None:
            tensors[SUBWORD_BUCKETS] = space.subwords.used
    with replacing(_path(folder, name, "safetensors")) as temporary:
        save_file(tensors, temporary)


def read_space(folder: Path, name: str) -> EmbeddingSpace:
    """Open a space, its vectors and its cosine bounds mapped from disk.

    Parameters
    ----------
    folder : Path
        Where it was written.
    name : str
        Under which it was written.

    Returns
    -------
    EmbeddingSpace
        A space that was written without its kind has the one that its name stands for.

    Raises
    ------
    DataError
        When the files are missing or do not hold a space.
    """
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
    metadata = table.schema.metadata or {}
    with _open(_path(folder, name, "safetensors")) as file:  # once, for it may be replaced meanwhile
        tensors = _Tensors(file)
        vectors = tensors.map(VECTORS)
        bounds, subwords = tensors.cosine_bounds(), tensors.subwords()
    return EmbeddingSpace(
        labels,
        vectors,
        columns,
        name,
        notes=json.loads(metadata.get(NOTES, b"[]")),
        cosine_bounds=bounds,
        kind=_kind(metadata, name),
        subwords=subwords,
    )


def read_kind(folder: Path, name: str) -> SpaceKind:
    """Return the kind of a space without opening it. The errors are those of `read_space`."""
    path = _path(folder, name, "parquet")
    try:
        return _kind_of(path, name, path.stat().st_mtime_ns)
    except (FileNotFoundError, pa.ArrowInvalid):
        return read_space(folder, name).kind  # raises with a sentence


@lru_cache(maxsize=4096)
def _kind_of(path: Path, name: str, changed: int) -> SpaceKind:
    return _kind(pq.read_schema(path).metadata or {}, name)


def _kind(metadata: Mapping[bytes, bytes], name: str) -> SpaceKind:
    kind = metadata.get(KIND, b"").decode()
    for known in SPACE_KINDS:
        if known == kind:
            return known
    return kind_of_name(name)


def space_names(folder: Path) -> list[str]:
    """Return the names of the spaces that are whole in the folder, sorted; none when there is no folder."""
    found = (path.with_suffix(".parquet") for path in folder.glob("*.safetensors") if not path.name.startswith("."))
    return sorted(_name_of(path) for path in found if path.is_file())


def space_files(folder: Path, name: str) -> list[Path]:
    """Return the paths of a space's two files, whether or not they are there."""
    return [_path(folder, name, "parquet"), _path(folder, name, "safetensors")]


def written(folder: Path, name: str) -> int:
    """Return when the space's vectors were written, in nanoseconds since 1970; 0 when there are none.

    Other vectors have another number.
    """
    path = _path(folder, name, "safetensors")
    return path.stat().st_mtime_ns if path.is_file() else 0


def map_tensor(path: Path, key: str) -> np.ndarray:
    """Map one float32 or int64 tensor of a safetensors file, read-only.

    Raises
    ------
    DataError
        When the file is missing, cut off, or holds no such tensor.
    """
    with _open(path) as file:
        return _Tensors(file).map(key)


def _open(path: Path) -> BinaryIO:
    try:
        return open(path, "rb")
    except FileNotFoundError:
        raise DataError(f"There is no file {path}.") from None


class _Tensors:
    """The tensors of an open safetensors file.

    The format: 8 bytes with the header's length, little endian; the header in JSON; the tensors' bytes
    (https://huggingface.co/docs/safetensors).
    """

    def __init__(self, file: BinaryIO):
        self._file, self._name, self._size = file, Path(file.name).name, os.fstat(file.fileno()).st_size
        length = int.from_bytes(file.read(8), "little")
        if not 2 <= length <= min(self._size - 8, 100_000_000):
            raise DataError(f"{self._name} is not a safetensors file, or was cut off: its header does not fit.")
        try:
            header: object = json.loads(file.read(length))
        except ValueError as error:
            raise DataError(f"{self._name} is not a safetensors file: its header is not JSON.") from error
        self._header = cast(dict[str, object], header) if isinstance(header, dict) else {}
        self._start = 8 + length

    def map(self, key: str) -> np.ndarray:
        """Map a tensor; DataError when it is not there, or its header lies."""
        try:
            begin, end, dtype, shape = _described(self._header[key])
        except (ValueError, KeyError, TypeError) as error:
            raise DataError(f"{self._name} does not hold a float32 or int64 tensor {key!r}.") from error
        if min(shape, default=0) < 0 or begin < 0 or end - begin != dtype.itemsize * int(np.prod(shape)):
            raise DataError(f"{self._name} contradicts itself: shape {shape}, but bytes {begin:,} to {end:,}.")
        if self._start + end > self._size:
            promised = self._start + end
            raise DataError(f"{self._name} was cut off: its header promises {promised:,} bytes, it has {self._size:,}.")
        if end == begin:
            return np.empty(shape, dtype)
        return np.memmap(self._file, dtype, "r", offset=self._start + begin, shape=shape)

    def cosine_bounds(self) -> CosineBounds | None:
        """Map the cosine bounds; None where the space was too small for them or is older than they are."""
        for rotation, rows in ((ROTATION, ROWS), (OLD_ROTATION, OLD_ROWS)):
            if rows in self._header:
                return CosineBounds(self.map(rotation), self.map(rows))
        return None

    def subwords(self) -> Subwords | None:
        """Map the vectors of character n-grams; None where the space came without."""
        if SUBWORDS not in self._header:
            return None
        min_n, max_n, *n_buckets = self.map(SUBWORD_SIZES).tolist()  # earlier versions wrote no number of buckets
        used = np.array(self.map(SUBWORD_BUCKETS)) if SUBWORD_BUCKETS in self._header else None
        return Subwords(self.map(SUBWORDS), min_n, max_n, used, *n_buckets)


def _described(tensor: object) -> tuple[int, int, np.dtype, tuple[int, ...]]:
    """Return the first and last byte, the type and the shape of a tensor from its entry in the header."""
    entry = cast(dict[str, object], tensor)
    begin, end = cast(list[int], entry["data_offsets"])
    return begin, end, DTYPES[cast(str, entry["dtype"])], tuple(int(n) for n in cast(list[int], entry["shape"]))


def _path(folder: Path, name: str, ending: Literal["parquet", "safetensors"]) -> Path:
    # A space may be named after a column of a table, and those hold slashes; a dot in front would hide the file.
    stem = quote(name, safe=" ")
    if stem.startswith("."):
        stem = "%2E" + stem[1:]
    if len(stem) > MAX_STEM_LENGTH:
        stem = f"{stem[:MAX_STEM_LENGTH]}~{hashlib.sha256(name.encode()).hexdigest()[:16]}"
    return folder / f"{stem}.{ending}"


def _name_of(path: Path) -> str:
    """Return the name of the space whose labels and columns are in the file."""
    if len(path.stem) <= MAX_STEM_LENGTH:
        return unquote(path.stem)
    return pq.read_schema(path).metadata[NAME].decode()
