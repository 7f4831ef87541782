"""Reading vectors from a file of any known format, and writing them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from embedviz.core.errors import SettingsError, VectorFormatError
from embedviz.core.formats import ByteSink, LabeledVectors, find_writer, register_format
from embedviz.core.progress import Progress
from embedviz.formats import (
    fasttext_binary,
    glove_text,
    numpy_arrays,
    parquet_arrow,
    safetensors_file,
    word2vec_binary,
    word2vec_text,
)
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
    parquet_arrow.NAME: parquet_arrow,
    fasttext_binary.NAME: fasttext_binary,
    word2vec_binary.NAME: word2vec_binary,
    word2vec_text.NAME: word2vec_text,
    glove_text.NAME: glove_text,
    safetensors_file.NAME: safetensors_file,
}
# Formats of tables too: their beginning does not tell whether they hold vectors.
MAY_BE_TABLES = (parquet_arrow.NAME,)
for _format in FORMATS.values():
    register_format(_format.NAME, _format.ENDINGS, _format.write)

# What people take for a file of vectors, by its first bytes, and what to do instead.
FOREIGN_FORMATS = {
    b"\x80": "is a Python pickle, which can run anything when opened. In gensim, write it out with "
    "save_word2vec_format and open that.",
    b"\xff\xfe": "is text in UTF-16. Save it as UTF-8.",
    b"\xfe\xff": "is text in UTF-16. Save it as UTF-8.",
}


def _ignore(progress: Progress) -> None:
    """Do nothing with the progress of a reading."""


def load_vectors(
    source: str | Path | bytes,
    *,
    name: str | None = None,
    format: str | None = None,
    member: str | None = None,
    limit: int | None = None,
    on_progress: Callable[[Progress], None] = _ignore,
) -> EmbeddingSpace:
    """Open a file of vectors: text, word2vec, fastText, NumPy, Parquet, Arrow or safetensors, also gzipped or in a zip.

    Parameters
    ----------
    source : str, Path or bytes
        The file or its content.
    name : str, optional
        What to call the file in messages when it comes as bytes.
    format : str, optional
        "glove", "word2vec", "word2vec-binary", "fasttext", "numpy", "parquet" (Arrow too) or "safetensors"; by default
        what the content looks like.
    member : str, optional
        Which file of a zip.
    limit : int, optional
        Read only that many vectors, the first ones.
    on_progress : callable, optional
        Called with a Progress in bytes of the file.

    Returns
    -------
    EmbeddingSpace
        Of the kind "word"; its notes say what was left out.

    Raises
    ------
    VectorFormatError
        With the line or vector where the file is not what it seems.
    SeveralFilesError
        With the names of a zip's files, when there are several and none is named.

    Examples
    --------
    >>> space = load_vectors(b"king 0.5 1\\nqueen 0.25 2\\n")
    >>> space.labels, space.dim
    (['king', 'queen'], 2)
    """
    if limit is not None and limit < 1:
        raise SettingsError(f"limit has to be 1 or more, got {limit}.")
    if format is not None and format not in FORMATS:
        raise SettingsError(f"A format is one of {', '.join(FORMATS)}, not {format!r}.")
    with open_source(source, name, member) as stream:
        reader = FORMATS[format] if format else _detected(stream.peek(), stream.name)
        return reader.read(stream, limit=limit, on_progress=on_progress)


def write_vectors(space: LabeledVectors, stream: ByteSink, format: str) -> None:
    """Write a space to a stream of bytes, such as a download's.

    Raises
    ------
    SettingsError
        For a format that is not known.
    """
    find_writer(format)(space, stream)


def _detected(head: bytes, name: str) -> VectorFormat:
    if not head.strip():
        raise VectorFormatError(f"{name} is empty. A file of vectors has a word and its numbers on each line.")
    if safetensors_file.sniff(head):  # the length of its header can begin as a pickle does
        return safetensors_file
    for start, sentence in FOREIGN_FORMATS.items():
        if head.startswith(start):
            raise VectorFormatError(f"{name} {sentence}")
    for each in FORMATS.values():
        if each.sniff(head):
            return each
    if problem := foreign_text(head):
        raise VectorFormatError(f"{name} {problem}")
    raise VectorFormatError(
        f"{name} does not look like vectors. Expected GloVe text (a word and its numbers on each line) or "
        f"word2vec text or binary (a first line with two whole numbers: words and dimensions)."
    )
