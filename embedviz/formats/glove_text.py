"""GloVe's text format: a word and its numbers a line, no header (Pennington, Socher and Manning 2014)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from embedviz.errors import VectorFormatError
from embedviz.formats import text_rows
from embedviz.formats.source import Source
from embedviz.space import EmbeddingSpace
from embedviz.training.progress import Progress


def sniff(head: bytes) -> bool:
    """True when the first line is a word and at least two numbers, and nothing is binary."""
    return b"\0" not in head and _dim(head.split(b"\n", 1)[0]) >= 2


def read(source: Source, *, limit: int | None, on_progress: Callable[[Progress], None]) -> EmbeddingSpace:
    """The dimension is found on the first line. Words may hold spaces, as some in the 840B file do."""
    dim = _dim(source.peek().split(b"\n", 1)[0])
    if dim < 1:
        raise VectorFormatError(f"{source.name}, line 1: expected a word and its numbers.")
    labels, vectors = text_rows.read_rows(source, dim, 1, limit, on_progress)
    return text_rows.space_of(labels, vectors, source)


def chunks(space: EmbeddingSpace) -> Iterator[bytes]:
    """The file's bytes, in parts."""
    return text_rows.chunks_of(space)


def _dim(line: bytes) -> int:
    """How many numbers end the line; the first field is the word, whatever it looks like."""
    count = 0
    for field in reversed(line.split()[1:]):
        try:
            float(field)
        except ValueError:
            break
        count += 1
    return count
