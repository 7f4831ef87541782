"""GloVe's text format: a word and its numbers a line, no header (Pennington, Socher and Manning 2014)."""

from __future__ import annotations

from collections.abc import Callable

from embedviz.core.errors import VectorFormatError
from embedviz.core.formats import ByteSink, LabeledVectors
from embedviz.core.progress import Progress
from embedviz.formats import text_rows
from embedviz.formats.source import Source
from embedviz.formats.text_layout import MAX_DIM, TextHead
from embedviz.formats.word2vec_text import header
from embedviz.space import EmbeddingSpace

NAME, ENDINGS = "glove", (".txt", ".glove")


def sniff(head: bytes) -> bool:
    """Return whether most of the first lines are a word and at least two numbers, as vectors have them, and it is no table."""
    if b"\0" in head:
        return False
    text = TextHead(head)
    return text.dim >= 2 and not text.table and not text.is_sparse


def read(source: Source, *, limit: int | None, on_progress: Callable[[Progress], None]) -> EmbeddingSpace:
    """Read the space, of the dimension that most of the first lines have.

    Words may hold spaces, as some in the 840B file do. Where the lines hold numbers alone, their rows are numbered.
    """
    if _starts_with_header(source.peek()):
        source.readline()
        first_line = 2
    else:
        first_line = 1
    layout = TextHead(source.peek()).layout
    if layout is None or layout.dim > MAX_DIM:
        raise VectorFormatError(f"{source.name}, line 1: expected a word and its numbers.")
    return text_rows.read_space(source, layout, first_line, limit, on_progress)


def write(space: LabeledVectors, stream: ByteSink) -> None:
    """Write labels and vectors, blanks inside a label as underscores; DataError when that makes two labels one.

    Vectors of one dimension get word2vec's first line: a word and a number a line is otherwise taken for a list of counts.
    """
    words, dim = space.vectors.shape
    if dim == 1:
        stream.write(f"{words} {dim}\n".encode())
    for block in text_rows.lines_of(space):
        stream.write(block)


def _starts_with_header(head: bytes) -> bool:
    """Return whether the first line is that of vectors of one dimension, as they are written here."""
    first, _, rest = head.partition(b"\n")
    return (header(first) or (0, 0))[1] == 1 and TextHead(rest).dim == 1
