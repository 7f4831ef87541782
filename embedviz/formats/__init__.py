"""Files of ready vectors, a format a file: read, write and sniff. The content decides, not the file's ending."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from embedviz.core.errors import SettingsError, VectorFormatError
from embedviz.core.files import replacing
from embedviz.formats import glove_text, word2vec_binary, word2vec_text
from embedviz.formats.source import open_source

if TYPE_CHECKING:
    from embedviz.core.progress import Progress
    from embedviz.space import EmbeddingSpace

# In the order in which they are asked: GloVe text takes whatever looks like a word and numbers.
FORMATS: dict[str, Any] = {
    "word2vec-binary": word2vec_binary,
    "word2vec": word2vec_text,
    "glove": glove_text,
}
ENDINGS = {".bin": "word2vec-binary", ".vec": "word2vec", ".w2v": "word2vec", ".txt": "glove", ".glove": "glove"}
# What people take for a file of vectors, by its first bytes, and what to do instead.
NEIGHBORING_KINDS = {
    b"\x80": "is a Python pickle, which can run anything when opened. In gensim, write it out with "
    "save_word2vec_format and open that.",
    b"\xba\x16\x4f\x2f": "is a fastText model. Open its .vec file instead.",
    b"\x93NUMPY": "is a NumPy array, which has no words. Write it as text: a word and its numbers on each line.",
    b"\xff\xfe": "is text in UTF-16. Save it as UTF-8.",
    b"\xfe\xff": "is text in UTF-16. Save it as UTF-8.",
}


def load_vectors(
    source: str | Path | bytes,
    *,
    name: str | None = None,
    format: str | None = None,
    member: str | None = None,
    limit: int | None = None,
    on_progress: Callable[[Progress], None] = lambda progress: None,
) -> EmbeddingSpace:
    """The space in a file of vectors: GloVe text, word2vec text or binary, each also gzipped or in a zip.

    name: what to call the file in messages when it comes as bytes; member: which file of a zip; limit: read the
    first so many vectors only; on_progress: told how far the reading is, in bytes. space.notes say what was left out.
    VectorFormatError says in which line or vector the file is not what it seems; SeveralFilesError names a zip's files.
    """
    if limit is not None and limit < 1:
        raise SettingsError(f"limit has to be 1 or more, got {limit}.")
    with open_source(source, name, member) as stream:
        reader = _by_name(format) if format else _found(stream.peek(), stream.name)
        return reader.read(stream, limit=limit, on_progress=on_progress)


def write_vectors(space: EmbeddingSpace, stream: BinaryIO, format: str) -> None:
    """Writes the space to a stream of bytes, such as a download's, in the format named."""
    _by_name(format).write(space, stream)


def save_vectors(space: EmbeddingSpace, path: str | Path, format: str | None = None) -> None:
    """Writes the space in the format named, or in the one its ending says (.txt GloVe, .vec word2vec, .bin binary);
    gzipped when it ends in .gz."""
    path = Path(path)
    packed = path.suffix.lower() == ".gz"
    ending = Path(path.stem).suffix.lower() if packed else path.suffix.lower()
    if format is None and ending not in ENDINGS:
        raise SettingsError(
            f"{path.name}: the ending names no format. Use {', '.join(ENDINGS)}, or name one: {', '.join(FORMATS)}."
        )
    if not path.parent.is_dir():
        raise SettingsError(f"There is no folder {path.parent} to write {path.name} into.")
    with replacing(path) as temporary, open(temporary, "wb") as file:
        if packed:
            with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as stream:
                write_vectors(space, stream, format or ENDINGS[ending])
        else:
            write_vectors(space, file, format or ENDINGS[ending])


def _by_name(format: str) -> Any:
    if format not in FORMATS:
        raise SettingsError(f"A format is one of {', '.join(FORMATS)}, not {format!r}.")
    return FORMATS[format]


def _found(head: bytes, name: str) -> Any:
    if not head.strip():
        raise VectorFormatError(f"{name} is empty. A file of vectors has a word and its numbers on each line.")
    for start, sentence in NEIGHBORING_KINDS.items():
        if head.startswith(start):
            raise VectorFormatError(f"{name} {sentence}")
    for module in FORMATS.values():
        if module.sniff(head):
            return module
    raise VectorFormatError(
        f"{name} does not look like vectors. Expected GloVe text (a word and its numbers on each line) or "
        f"word2vec text or binary (a first line with two whole numbers: words and dimensions)."
    )
