"""word2vec's text format, fastText's .vec too: a line "words dimensions", then a word and its numbers a line."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from embedviz.errors import VectorFormatError
from embedviz.formats import text_rows
from embedviz.formats.source import Source
from embedviz.space import EmbeddingSpace
from embedviz.training.progress import Progress


def header(line: bytes) -> tuple[int, int] | None:
    """(words, dimensions) of a first line, or None when it is not one."""
    fields = line.split()
    if len(fields) == 2 and all(field.isdigit() for field in fields):
        return int(fields[0]), int(fields[1])
    return None


def sniff(head: bytes) -> bool:
    """True when the first line is two whole numbers and what follows is text."""
    return b"\0" not in head and header(head.split(b"\n", 1)[0]) is not None and _is_text(head)


def read(source: Source, *, limit: int | None, on_progress: Callable[[Progress], None]) -> EmbeddingSpace:
    """VectorFormatError when the file holds another number of words than its header says."""
    found = header(source.readline())
    if found is None or found[1] < 1:
        raise VectorFormatError(f"{source.name}, line 1: expected the number of words and of dimensions.")
    count, dim = found
    labels, vectors = text_rows.read_rows(source, dim, 2, limit, on_progress)
    if limit is None and len(labels) != count:
        raise VectorFormatError(
            f"{source.name}: its first line promises {count:,} vectors, but it holds {len(labels):,}. It may be cut off."
        )
    return text_rows.space_of(labels, vectors, source)


def chunks(space: EmbeddingSpace) -> Iterator[bytes]:
    """The file's bytes, in parts."""
    yield f"{len(space)} {space.dim}\n".encode()
    yield from text_rows.chunks_of(space)


def _is_text(head: bytes) -> bool:
    """The second line is a word and numbers; in the binary format it is a word and raw floats."""
    lines = head.split(b"\n", 2)
    if len(lines) < 2 or not lines[1].strip():
        return True
    try:
        [float(field) for field in lines[1].split()[-2:][1:]]
    except ValueError:
        return False
    return True
