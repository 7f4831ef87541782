"""Storage of a space: NAME.safetensors with the vectors, NAME.parquet with labels, columns and the name itself.

The vectors are mapped, not read, and written block by block, so that they may be larger than memory. The cosine bounds of
a large space, the lengths of its vectors and the vectors of its n-grams lie beside its vectors in the same file, so that they
are always of one writing. A million labels and more are kept once more in NAME.arrow, where they are found without being
read.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal, cast
from urllib.parse import quote, unquote

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from embedviz.core.errors import DataError
from embedviz.core.files import replacing
from embedviz.space.embedding_space import EmbeddingSpace
from embedviz.space.kinds import SPACE_KINDS, SpaceKind, kind_of_name
from embedviz.space.metrics import norms
from embedviz.space.search.cosine_bounds import CosineBounds, bound_blocks, find_axes
from embedviz.space.search.faiss_index import delete_indices
from embedviz.space.stored_labels import MIN_STORED, TOKEN, StoredLabels
from embedviz.space.subwords import Subwords
from embedviz.space.tensor_file import MappedTensors, TensorWriter, open_tensors

SUBWORDS, SUBWORD_SIZES, SUBWORD_BUCKETS = "subwords.vectors", "subwords.sizes", "subwords.buckets"
VECTORS, LENGTHS, ROTATION, ROWS = "vectors", "lengths", "cosine_bounds.rotation", "cosine_bounds.rows"
OLD_ROTATION, OLD_ROWS = "search_index.turn", "search_index.rows"  # as spaces written before have them
LABEL = "label"
NOTES, NAME, KIND = b"embedviz.notes", b"embedviz.name", b"embedviz.kind"
MAX_STEM_LENGTH = 150  # characters; past that a hash stands for the rest, and the file's metadata hold the name


@dataclass(frozen=True)
class Described:
    """What a space has beside its vectors.

    Attributes
    ----------
    labels : sequence of str or StoredLabels
        N labels, each once.
    columns : pd.DataFrame
        N rows.
    kind : {"word", "user", "item", "value", "text", "row"}
        What a label stands for.
    notes : sequence of str
        What was left out when the space was read.
    """

    labels: Sequence[str]
    columns: pd.DataFrame
    kind: SpaceKind = "word"
    notes: Sequence[str] = ()


def write_space(space: EmbeddingSpace, folder: Path, name: str | None = None) -> None:
    """Write the files, each in one step; the vectors last, so that a space that is seen is whole.

    Parameters
    ----------
    space : EmbeddingSpace
        What to keep.
    folder : Path
        Made where it is not there.
    name : str, optional
        Under which it is kept; by default the space's own.
    """
    described = Described(space.labels, space.columns, space.kind, space.notes)
    name = space.name if name is None else name
    bounds = space.cosine_bounds if isinstance(space.cosine_bounds, CosineBounds) else None  # others stay in memory
    write_blocks(folder, name, space.vectors, lambda: described, bounds, space.subwords)


def write_blocks(
    folder: Path,
    name: str,
    blocks: np.ndarray | Iterable[np.ndarray],
    describe: Callable[[], Described],
    bounds: CosineBounds | None = None,
    subwords: Subwords | None = None,
) -> None:
    """Write a space whose vectors arrive in blocks and are never in memory together.

    Parameters
    ----------
    folder, name : Path, str
        Where, and under which name.
    blocks : np.ndarray or iterable of np.ndarray
        (N, D) float32, or blocks of its rows; finite.
    describe : callable
        Returns labels and columns; called after the last block.
    bounds : CosineBounds, optional
        Of the vectors, where they are known.
    subwords : Subwords, optional
        Vectors of character n-grams.

    Raises
    ------
    DataError
        When there is not a vector for each label, or a label of a large space occurs twice.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with replacing(_path(folder, name, "safetensors")) as temporary:
        writer = TensorWriter(temporary)
        if subwords is not None:
            sizes = np.array([subwords.min_n, subwords.max_n, len(subwords)], np.int64)
            writer.write(SUBWORD_SIZES, sizes)
            if subwords.used is not None:
                writer.write(SUBWORD_BUCKETS, subwords.used)
        vectors = writer.write(VECTORS, blocks)
        if bounds is not None:
            writer.write(ROTATION, bounds.rotation)
            writer.write(ROWS, bounds.rows)
        elif (axes := find_axes(vectors)) is not None:
            rotation, columns = axes
            writer.write(ROTATION, rotation)
            writer.write(ROWS, bound_blocks(vectors, rotation, columns))
        if len(vectors) >= MIN_STORED:
            writer.write(LENGTHS, norms(vectors))
        if subwords is not None:
            writer.write(SUBWORDS, subwords.vectors)
        writer.finish()
        described = describe()
        if len(described.labels) != len(vectors):
            raise DataError(f"A space needs a label for each vector; got {len(described.labels)} and {len(vectors)}.")
        _write_labels(folder, name, described)
        delete_indices(temporary.with_name(_path(folder, name, "parquet").stem))


def _write_labels(folder: Path, name: str, described: Described) -> None:
    labels = described.labels
    own = {NOTES: json.dumps(list(described.notes)).encode(), NAME: name.encode(), KIND: described.kind.encode()}
    if len(labels) >= MIN_STORED:
        stored = labels if isinstance(labels, StoredLabels) else StoredLabels.build(pa.array(labels, pa.large_string()))
        own[TOKEN] = secrets.token_hex(16).encode()
        stored.save(_path(folder, name, "arrow"), own[TOKEN].decode())
        texts = stored.texts
    else:
        texts = pa.array(labels, pa.large_string())
        _path(folder, name, "arrow").unlink(missing_ok=True)
    frame = pa.Table.from_pandas(described.columns, preserve_index=False)
    table = pa.table([texts, *frame.columns], names=[LABEL, *frame.column_names])
    table = table.replace_schema_metadata((frame.schema.metadata or {}) | own)
    with replacing(_path(folder, name, "parquet")) as temporary:
        pq.write_table(table, temporary)


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
        with pq.ParquetFile(path) as file:
            names, metadata = file.schema_arrow.names, file.schema_arrow.metadata or {}
            if LABEL not in names:
                raise DataError(f"{path.name} has no column {LABEL!r}, so it is not a space's.")
            token = metadata.get(TOKEN, b"").decode()
            stored = StoredLabels.open(_path(folder, name, "arrow"), token) if token else None
            table = file.read([column for column in names if stored is None or column != LABEL])
    except FileNotFoundError:
        known = ", ".join(space_names(folder)) or "none"
        raise DataError(f"There is no space {name!r} in {folder}. It holds: {known}.") from None
    except pa.ArrowInvalid as error:
        raise DataError(f"{path.name} is not a Parquet file, or was cut off.") from error
    labels = _labels_of(table.column(LABEL)) if stored is None else stored
    table = table if stored is not None else table.drop_columns([LABEL])
    columns = table.to_pandas() if table.num_columns else pd.DataFrame(index=range(len(labels)))
    with open_tensors(_path(folder, name, "safetensors")) as file:  # once, for it may be replaced meanwhile
        tensors = MappedTensors(file)
        vectors = tensors.map(VECTORS)
        lengths = tensors.map(LENGTHS) if LENGTHS in tensors else None
        bounds, subwords = _cosine_bounds(tensors), _subwords(tensors)
    return EmbeddingSpace(
        labels,
        vectors,
        columns,
        name,
        notes=json.loads(metadata.get(NOTES, b"[]")),
        cosine_bounds=bounds,
        kind=_kind(metadata, name),
        subwords=subwords,
        lengths=lengths,
        stored_at=path.with_name(path.stem),
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


def _labels_of(column: pa.ChunkedArray) -> Sequence[str]:
    if len(column) < MIN_STORED:
        return column.to_pandas().tolist()
    return StoredLabels.build(cast(pa.LargeStringArray, pc.cast(column, pa.large_string()).combine_chunks()))


def _cosine_bounds(tensors: MappedTensors) -> CosineBounds | None:
    """Map the cosine bounds; None where the space was too small for them or is older than they are."""
    for rotation, rows in ((ROTATION, ROWS), (OLD_ROTATION, OLD_ROWS)):
        if rows in tensors:
            return CosineBounds(tensors.map(rotation), tensors.map(rows))
    return None


def _subwords(tensors: MappedTensors) -> Subwords | None:
    """Map the vectors of character n-grams; None where the space came without."""
    if SUBWORDS not in tensors:
        return None
    min_n, max_n, *n_buckets = tensors.map(SUBWORD_SIZES).tolist()  # earlier versions wrote no number of buckets
    used = np.array(tensors.map(SUBWORD_BUCKETS)) if SUBWORD_BUCKETS in tensors else None
    return Subwords(tensors.map(SUBWORDS), min_n, max_n, used, *n_buckets)


def _path(folder: Path, name: str, ending: Literal["parquet", "safetensors", "arrow"]) -> Path:
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
