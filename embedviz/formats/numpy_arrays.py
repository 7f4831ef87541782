"""NumPy's .npy, an array of vectors without labels, and .npz, with an array of labels beside it. Never unpickled."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable

import numpy as np
import pandas as pd

from embedviz.core.errors import VectorFormatError
from embedviz.core.formats import ByteSink, LabeledVectors
from embedviz.core.progress import Progress
from embedviz.formats.source import Source
from embedviz.formats.tables_of_vectors import labelled_space
from embedviz.space import EmbeddingSpace

NAME, ENDINGS = "numpy", (".npz",)
MAGIC = b"\x93NUMPY"
_ZIP = b"PK\x03\x04"
PICKLED = (
    "holds Python objects, which are never opened because they could run a program. Save the labels as text: "
    "np.savez(path, vectors=vectors, labels=np.array(labels, dtype=str))."
)


def sniff(head: bytes) -> bool:
    """Return whether a file begins as .npy, or as a zip whose first member is one."""
    return head.startswith(MAGIC) or (head.startswith(_ZIP) and b".npy" in head[:300])


def read(source: Source, *, limit: int | None, on_progress: Callable[[Progress], None]) -> EmbeddingSpace:
    """Read the space: the two-dimensional array of numbers, and the array of as many texts."""
    data = source.read_all()
    arrays = {"": _array(data, source.name)} if data.startswith(MAGIC) else _arrays(data, source.name)
    matrices = {name: array for name, array in arrays.items() if array.ndim == 2 and array.dtype.kind in "fiu"}
    if not matrices:
        shapes = ", ".join(f"{name or 'array'} {array.shape}" for name, array in arrays.items())
        raise VectorFormatError(
            f"{source.name} holds no array of numbers with two dimensions, rows and columns: {shapes}."
        )
    chosen = max(matrices, key=lambda name: matrices[name].size)
    vectors = matrices[chosen][:limit]
    columns: dict[str, np.ndarray] = {}
    for name, array in arrays.items():
        if name != chosen and array.ndim == 1 and len(array) == len(matrices[chosen]):
            columns[name] = array[:limit]
    on_progress(Progress(source.done, source.size, message=f"Read {len(vectors):,} vectors"))
    frame = pd.DataFrame(
        {
            name: pd.array(array.astype(str), dtype="str") if array.dtype.kind in "US" else array
            for name, array in columns.items()
        },
        index=range(len(vectors)),
    )
    frame = frame.rename(columns={"labels": "label", "words": "word", "names": "name", "ids": "id"})
    return labelled_space(vectors, frame, source.name)


def write(space: LabeledVectors, stream: ByteSink) -> None:
    """Write the arrays "labels" and "vectors", and one for each further column of numbers or texts."""
    arrays: dict[str, np.ndarray] = {
        "labels": np.array(list(space.labels), dtype=str),
        "vectors": np.asarray(space.vectors, np.float32),
    }
    columns: pd.DataFrame = getattr(space, "columns", pd.DataFrame())
    for name, cells in columns.items():
        arrays[str(name)] = cells.to_numpy() if cells.dtype.kind in "fiub" else np.array(cells.astype(str), dtype=str)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in arrays.items():
            stored = io.BytesIO()
            np.save(stored, array, allow_pickle=False)
            archive.writestr(f"{name}.npy", stored.getvalue())
    stream.write(buffer.getvalue())


def _arrays(data: bytes, name: str) -> dict[str, np.ndarray]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [info for info in archive.infolist() if info.filename.endswith(".npy")]
            return {info.filename[:-4]: _array(archive.read(info), name) for info in members}
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError, RuntimeError) as error:
        raise VectorFormatError(f"{name} is damaged ({error}). Was it saved, and uploaded to the end?") from error


def _array(data: bytes, name: str) -> np.ndarray:
    """The array of a .npy file; its header must not promise more than the file holds."""
    stream = io.BytesIO(data)
    try:
        version = np.lib.format.read_magic(stream)
        reader = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, _, kind = reader(stream)
    except (ValueError, OSError, EOFError, SyntaxError, TypeError) as error:
        raise VectorFormatError(f"{name} is no whole .npy file ({str(error).splitlines()[0][:80]}).") from error
    if kind.hasobject:
        raise VectorFormatError(f"{name} {PICKLED}")
    promised = int(np.prod([int(n) for n in shape], dtype=object)) * kind.itemsize
    if promised > len(data):
        raise VectorFormatError(
            f"{name} promises an array of shape {shape}, which takes {promised:,} bytes, and holds {len(data):,}. Was it "
            f"uploaded to the end?"
        )
    return np.load(io.BytesIO(data), allow_pickle=False)
