"""How a space is kept: NAME.safetensors with the vectors, NAME.parquet with labels and columns.

The vectors are mapped, not read: safetensors' NumPy reader copies the file into private memory (191 MB for 200).
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from safetensors.numpy import save_file

from embedviz.errors import DataError
from embedviz.files import replacing
from embedviz.space.embedding_space import EmbeddingSpace

KEY = "vectors"
LABEL = "label"


def write_space(space: EmbeddingSpace, folder: Path, name: str | None = None) -> None:
    """Writes both files, each in one step; the vectors last, so that a space that is seen is whole."""
    name = name or space.name
    folder.mkdir(parents=True, exist_ok=True)
    columns = space.columns.copy()
    columns.insert(0, LABEL, pd.array(space.labels, dtype="str"))
    with replacing(folder / f"{name}.parquet") as temporary:
        pq.write_table(pa.Table.from_pandas(columns, preserve_index=False), temporary)
    with replacing(folder / f"{name}.safetensors") as temporary:
        save_file({KEY: np.ascontiguousarray(space.vectors)}, temporary)


def read_space(folder: Path, name: str) -> EmbeddingSpace:
    """The space by its name; its vectors are mapped from disk. DataError when the files do not hold one."""
    columns = pq.read_table(folder / f"{name}.parquet").to_pandas()
    labels = columns.pop(LABEL).tolist()
    return EmbeddingSpace(labels, map_tensor(folder / f"{name}.safetensors", KEY), columns, name)


def map_tensor(path: Path, key: str) -> np.ndarray:
    """One float32 or int64 tensor of a safetensors file, mapped read-only.

    The format: 8 bytes with the header's length, little endian; the header in JSON; the tensors' bytes.
    """
    types = {"F32": np.dtype("<f4"), "I64": np.dtype("<i8")}
    with open(path, "rb") as file:
        length = int.from_bytes(file.read(8), "little")
        size = path.stat().st_size
        if not 2 <= length <= min(size - 8, 100_000_000):
            raise DataError(f"{path.name} is not a safetensors file, or was cut off: its header does not fit.")
        tensor = json.loads(file.read(length))[key]
    begin, end = tensor["data_offsets"]
    dtype, shape = types[tensor["dtype"]], tuple(tensor["shape"])
    if end - begin != dtype.itemsize * int(np.prod(shape)) or 8 + length + end > size:
        raise DataError(f"{path.name} was cut off: its header promises {end:,} bytes.")
    if end == begin:
        return np.empty(shape, dtype)
    return np.memmap(path, dtype, "r", offset=8 + length + begin, shape=shape)
