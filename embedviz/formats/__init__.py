"""Files of ready vectors, a format a file: read, write and sniff. The content decides, not the file's ending."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from embedviz.errors import SettingsError, VectorFormatError
from embedviz.files import replacing
from embedviz.formats import glove_text, word2vec_binary, word2vec_text
from embedviz.formats.source import open_source

if TYPE_CHECKING:
    from embedviz.space import EmbeddingSpace
    from embedviz.training.progress import Progress

# In the order in which they are asked: GloVe text takes whatever looks like a word and numbers.
FORMATS: dict[str, Any] = {
    "word2vec-binary": word2vec_binary,
    "word2vec": word2vec_text,
    "glove": glove_text,
}
ENDINGS = {".bin": "word2vec-binary", ".vec": "word2vec", ".w2v": "word2vec", ".txt": "glove", ".glove": "glove"}


def load_vectors(
    source: str | Path | bytes,
    *,
    name: str | None = None,
    format: str | None = None,
    member: str | None = None,
    limit: int | None = None,
    on_progress: Callable[[Progress], None] | None = None,
) -> EmbeddingSpace:
    """The space in a file of vectors: GloVe text, word2vec text or binary, each also gzipped or in a zip.

    name: what to call the file in messages when it comes as bytes; member: which file of a zip; limit: read the
    first so many vectors only. VectorFormatError says in which line or at which byte the file is not what it seems.
    """
    with open_source(source, name, member) as stream:
        reader = FORMATS[format] if format else _found(stream.peek(), stream.name)
        return reader.read(stream, limit=limit, on_progress=on_progress or (lambda progress: None))


def save_vectors(space: EmbeddingSpace, path: str | Path, format: str | None = None) -> None:
    """Writes the space in the format named, or in the one its ending says (.txt GloVe, .vec word2vec, .bin binary)."""
    path = Path(path)
    writer = FORMATS.get(format or ENDINGS.get(path.suffix.lower(), ""))
    if writer is None:
        known = ", ".join(FORMATS)
        raise SettingsError(f"{path.name}: no format for this ending. Name one: format= {known}.")
    with replacing(path) as temporary, open(temporary, "wb") as file:
        for chunk in writer.chunks(space):
            file.write(chunk)


def _found(head: bytes, name: str) -> Any:
    if not head.strip():
        raise VectorFormatError(f"{name} is empty. A file of vectors has a word and its numbers on each line.")
    for module in FORMATS.values():
        if module.sniff(head):
            return module
    raise VectorFormatError(
        f"{name} does not look like vectors. Expected GloVe text (a word and its numbers on each line) or "
        f"word2vec text or binary (a first line with two whole numbers: words and dimensions)."
    )
