"""GloVe's text format: a word and its numbers a line, no header (Pennington, Socher and Manning 2014)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from embedviz.core.errors import VectorFormatError
from embedviz.core.formats import ByteSink, LabeledVectors
from embedviz.core.progress import Progress
from embedviz.formats import labels as label_text
from embedviz.formats import text_rows
from embedviz.formats.source import Source
from embedviz.space import EmbeddingSpace

NAME, ENDINGS = "glove", (".txt", ".glove")
HEAD_LINES = 20  # looked at to tell the dimension


def sniff(head: bytes) -> bool:
    """Return whether most of the first lines are a word and at least two numbers, and nothing is binary."""
    return b"\0" not in head and _dim(head) >= 2


def read(source: Source, *, limit: int | None, on_progress: Callable[[Progress], None]) -> EmbeddingSpace:
    """Read the space, of the dimension that most of the first lines have.

    Words may hold spaces, as some in the 840B file do.
    """
    dim = _dim(source.peek())
    if dim < 1:
        raise VectorFormatError(f"{source.name}, line 1: expected a word and its numbers.")
    labels, vectors = text_rows.read_rows(source, dim, 1, limit, on_progress)
    return label_text.space_of(labels, vectors, source.name)


def write(space: LabeledVectors, stream: ByteSink) -> None:
    """Write labels and vectors, blanks inside a label as underscores; DataError when that makes two labels one."""
    for block in text_rows.lines_of(space):
        stream.write(block)


def _dim(head: bytes) -> int:
    lines = head.split(b"\n", HEAD_LINES)[:HEAD_LINES]
    counts = Counter(text_rows.trailing_numbers(line.split()) for line in lines if line.strip())
    return counts.most_common(1)[0][0] if counts else 0
