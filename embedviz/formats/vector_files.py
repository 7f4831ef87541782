"""Reading vectors from a file of any known format, and writing them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol, cast

import pandas as pd

from embedviz.core.errors import SettingsError, VectorFormatError
from embedviz.core.formats import ByteSink, LabeledVectors, find_format, register_format
from embedviz.core.progress import Progress, ignore_progress
from embedviz.data.remote_files import address_of, local_file
from embedviz.data.table_like import TableLike, as_arrow, is_foreign_table, kind_of, parquet_bytes
from embedviz.formats import (
    arrow_file,
    delimited_vectors,
    fasttext_binary,
    glove_text,
    json_document,
    json_lines,
    numpy_arrays,
    parquet_file,
    projector_files,
    pytorch_state,
    safetensors_file,
    tsv_vectors,
    word2vec_binary,
    word2vec_text,
)
from embedviz.formats.labelled_rows import with_metadata
from embedviz.formats.source import Source, open_source
from embedviz.formats.text_layout import foreign_text
from embedviz.space import EmbeddingSpace


class VectorFormat(Protocol):
    """Interface of a format's module."""

    @property
    def NAME(self) -> str:
        """The format as people name it."""
        ...

    @property
    def ENDINGS(self) -> Sequence[str]:
        """File endings that stand for it."""
        ...

    def sniff(self, head: bytes) -> bool:
        """Return whether a file that starts with these bytes is in the format."""
        ...

    def read(self, source: Source, *, limit: int | None, on_progress: Callable[[Progress], None]) -> EmbeddingSpace:
        """Read the space, or its first `limit` vectors."""
        ...

    def write(self, space: LabeledVectors, stream: ByteSink) -> None:
        """Write labels and vectors."""
        ...


# In the order in which they are asked: GloVe text takes whatever looks like a word and numbers.
FORMATS: dict[str, VectorFormat] = {
    numpy_arrays.NAME: numpy_arrays,
    pytorch_state.NAME: pytorch_state,
    parquet_file.NAME: parquet_file,
    arrow_file.NAME: arrow_file,
    safetensors_file.NAME: safetensors_file,
    json_lines.NAME: json_lines,
    json_document.NAME: json_document,
    projector_files.NAME: projector_files,
    delimited_vectors.NAME: delimited_vectors,
    tsv_vectors.NAME: tsv_vectors,
    fasttext_binary.NAME: fasttext_binary,
    word2vec_binary.NAME: word2vec_binary,
    word2vec_text.NAME: word2vec_text,
    glove_text.NAME: glove_text,
}
# The columns that formats hold which do not hold all: those get a file of metadata beside them.
HELD_COLUMNS: dict[str, tuple[str, ...]] = {
    word2vec_text.NAME: (),
    word2vec_binary.NAME: (),
    glove_text.NAME: (),
    fasttext_binary.NAME: ("count",),
}
for _format in FORMATS.values():
    _held = HELD_COLUMNS.get(_format.NAME)
    _write_metadata = None if _held is None else projector_files.write_metadata
    register_format(_format.NAME, _format.ENDINGS, _format.write, _held, _write_metadata)

LINES_OF_WORDS = (word2vec_text.NAME, glove_text.NAME)  # a word and its numbers between blanks
# Those that are text or columns, so that a table may be meant.
TABULAR = (
    parquet_file.NAME,
    json_lines.NAME,
    json_document.NAME,
    projector_files.NAME,
    delimited_vectors.NAME,
    tsv_vectors.NAME,
    *LINES_OF_WORDS,
)

# Readers that put metadata and labels together; the others bring their own labels, and metadata are added to them.
TAKE_METADATA = tuple(
    each.NAME
    for each in (
        numpy_arrays, pytorch_state, parquet_file, arrow_file, safetensors_file, json_lines, json_document, projector_files,
        delimited_vectors, tsv_vectors,
    )
)  # fmt: skip

# What people take for a file of vectors, by its first bytes, and what to do instead.
FOREIGN_FORMATS = {
    b"\x80": "is a Python pickle, which can run anything when opened. In gensim, write it out with "
    "save_word2vec_format and open that; in Python, with np.savez(path, vectors=vectors, labels=labels).",
    b"FEA1": "is Feather of version 1. Write it again with pyarrow or pandas, which write version 2.",
    b"\x89HDF": "is HDF5, which is not read. Write the vectors with np.savez(path, vectors=vectors, labels=labels).",
    b"\xff\xfe": "is text in UTF-16. Save it as UTF-8.",
    b"\xfe\xff": "is text in UTF-16. Save it as UTF-8.",
}


def load_vectors(
    source: str | Path | bytes | TableLike,
    *,
    name: str | None = None,
    format: str | None = None,
    member: str | None = None,
    tensor: str | None = None,
    metadata: str | Path | bytes | None = None,
    limit: int | None = None,
    on_progress: Callable[[Progress], None] = ignore_progress,
) -> EmbeddingSpace:
    """Open a file of vectors of any known format, also gzipped or in a zip.

    Word2vec, GloVe and fastText, NumPy (.npy, .npz), safetensors, Parquet, Arrow, JSON, JSON lines, CSV, the TensorFlow
    Projector's TSV, a PyTorch state_dict, and the folder of a Hugging Face model. The content tells which.

    Parameters
    ----------
    source : str, Path, bytes or table
        The file or its content, its address (https://…, hf://datasets/NAME/FILE), or the folder of a Hugging Face model or of the
        Projector's files. A table is a frame of pandas or polars, an Arrow table or a data set of `datasets`, with the vectors in a
        column of lists or in columns of numbers, as in a Parquet file.
    name : str, optional
        What to call the file in messages when it comes as bytes.
    format : str, optional
        A name of `embedviz.formats.FORMATS`, such as "csv" for a table that does not clearly hold vectors; by default what
        the content looks like.
    member : str, optional
        Which file of a zip.
    tensor : str, optional
        Which matrix, where there are several (NumPy, safetensors, PyTorch), or which column of lists.
    metadata : str, Path or bytes, optional
        A file with a row for each vector: the Projector's metadata.tsv, a word a line, CSV, JSON, or a tokenizer's vocabulary.
    limit : int, optional
        Read only that many vectors, the first ones.
    on_progress : callable, optional
        Called with a Progress in bytes of the file.

    Returns
    -------
    EmbeddingSpace
        Its columns are what else the file and the metadata say of each label; its notes say what was left out.

    Raises
    ------
    VectorFormatError
        With the line or vector where the file is not what it seems.
    SeveralFilesError
        With the names of a zip's files, when there are several and none is named.
    SeveralTensorsError
        With the names of the matrices, when there are several and none is named.

    Examples
    --------
    >>> space = load_vectors(b"king 0.5 1\\nqueen 0.25 2\\n")
    >>> space.labels, space.dim
    (['king', 'queen'], 2)
    >>> space = load_vectors(b"0.5\\t1.5\\n0.25\\t2.5\\n", metadata=b"word\\tyear\\nking\\t1611\\nqueen\\t1953\\n")
    >>> space.labels, space.columns["year"].tolist()
    (['king', 'queen'], [1611, 1953])
    """
    if limit is not None and limit < 1:
        raise SettingsError(f"limit has to be 1 or more, got {limit}.")
    if format is not None and format not in FORMATS:
        raise SettingsError(f"A format is one of {', '.join(FORMATS)}, not {format!r}.")
    if (address := address_of(source)) is not None:
        source = local_file(address, on_progress)
    elif isinstance(source, pd.DataFrame) or is_foreign_table(source):
        source, name = parquet_bytes(as_arrow(source)), name or kind_of(source)
    with open_source(cast("str | Path | bytes", source), name, member, tensor=tensor, metadata=metadata) as stream:
        return read_source(stream, format=format, limit=limit, on_progress=on_progress)


def read_source(
    source: Source,
    *,
    format: str | None = None,
    as_vectors: bool = False,
    limit: int | None = None,
    on_progress: Callable[[Progress], None] = ignore_progress,
) -> EmbeddingSpace:
    """Read the vectors of an open source; its `matrices` say afterwards which others it holds.

    Parameters
    ----------
    as_vectors : bool
        Read a file in no known format as a table of vectors. The other parameters are those of `load_vectors`.
    """
    if format is None and as_vectors and _found(source) is None:
        format = delimited_vectors.NAME
    reader = FORMATS[format] if format else _detected(source)
    space = reader.read(source, limit=limit, on_progress=on_progress)
    return space if reader.NAME in TAKE_METADATA else with_metadata(space, source, limit)


def vectors_format(source: str | Path | bytes, name: str | None = None, member: str | None = None) -> str:
    """Return the name of the format if a file is clearly one of vectors, else "".

    Its beginning is looked at, and the columns of Parquet and Arrow.

    Raises
    ------
    SeveralFilesError
        When a zip holds several files that do not belong together, and none is named.
    DataError
        When the file is missing or cannot be unpacked.
    """
    with open_source(source, name, member) as stream:
        found = _found(stream)
        if found is None:
            return ""
        tells_by_columns = {each.NAME: each.holds_vectors for each in (parquet_file, arrow_file)}
        holds_vectors = tells_by_columns.get(found.NAME)
        return found.NAME if holds_vectors is None or holds_vectors(stream.seekable()) else ""


def is_vectors(source: str | Path | bytes, name: str | None = None, member: str | None = None) -> bool:
    """Return whether a file is clearly one of vectors. Raises as `vectors_format` does."""
    return bool(vectors_format(source, name, member))


def write_vectors(space: LabeledVectors, stream: ByteSink, format: str) -> None:
    """Write a space to a stream of bytes, such as a download's.

    Raises
    ------
    SettingsError
        For a format that is not known.
    """
    find_format(format).write(space, stream)


def _found(source: Source) -> VectorFormat | None:
    """Return the format that a file's beginning is in; None when it is in none."""
    head = source.peek()
    if source.has_metadata and projector_files.holds_numbers(head):  # each row is said to be a vector
        return projector_files
    return next((each for each in FORMATS.values() if each.sniff(head)), None)


def _detected(source: Source) -> VectorFormat:
    head, name = source.peek(), source.name
    if not head.strip():
        raise VectorFormatError(f"{name} is empty. A file of vectors has a word and its numbers on each line.")
    if (found := _found(source)) is not None:
        return found
    for start, sentence in FOREIGN_FORMATS.items():
        if head.startswith(start):
            raise VectorFormatError(f"{name} {sentence}")
    if problem := foreign_text(head):
        raise VectorFormatError(f"{name} {problem}")
    raise VectorFormatError(
        f"{name} does not look like vectors. Expected GloVe text (a word and its numbers on each line) or "
        f"word2vec text or binary (a first line with two whole numbers: words and dimensions), or one of: {', '.join(FORMATS)}. "
        f'A table of vectors is read as one when asked: load_vectors(…, format="csv").'
    )
