"""word2vec's binary format.

A line "words dimensions", then for each word its UTF-8 bytes, a space, its float32 numbers little endian, and mostly a
line break.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from embedviz.core.errors import VectorFormatError
from embedviz.core.formats import ByteSink, LabeledVectors
from embedviz.core.progress import Progress
from embedviz.formats import labels as label_text
from embedviz.formats.growing_rows import GrowingRows
from embedviz.formats.source import Source
from embedviz.formats.word2vec_text import header, is_whole_row
from embedviz.formats.word2vec_text import sniff as is_text
from embedviz.space import EmbeddingSpace

NAME, ENDINGS = "word2vec-binary", (".bin",)
BLOCK = 1 << 22  # bytes read at a time
MAX_LABEL_LENGTH = 10_000  # bytes; a longer one means that the file is not what its header says
MAX_DIM = 100_000


def sniff(head: bytes) -> bool:
    """Return whether the first line is two whole numbers and what follows is not text, or not as well as it is this."""
    first, _, rest = head.partition(b"\n")
    promised = header(first)
    if promised is None or is_whole_row(head):
        return False
    return not is_text(head) or _holds_exactly(rest, *promised)


def read(source: Source, *, limit: int | None, on_progress: Callable[[Progress], None]) -> EmbeddingSpace:
    """Read the space.

    Raises
    ------
    VectorFormatError
        When the file ends before the last vector that its header promises, or goes on after it.
    """
    promised = header(source.readline())
    if promised is None or not 1 <= promised[1] <= MAX_DIM:
        raise VectorFormatError(
            f"{source.name}: the first line has to name the number of words and of dimensions (1 to {MAX_DIM:,})."
        )
    count, dim = promised
    wanted = count if limit is None else min(count, limit)
    labels: list[bytes] = []
    rows = GrowingRows(dim)
    rest = b""
    while len(labels) < wanted:
        more = source.read(BLOCK)
        buffer = rest + more
        found = _split(buffer, dim, wanted - len(labels))
        block = rows.add(len(found.words))
        for row, start in zip(block, found.starts, strict=True):
            row[:] = np.frombuffer(buffer, "<f4", dim, start)
        labels += found.words
        rest = buffer[found.end :]
        endless_label = len(rest) > MAX_LABEL_LENGTH and b" " not in rest[:MAX_LABEL_LENGTH]
        if len(labels) < wanted and (not more or endless_label):
            raise VectorFormatError(
                f"{source.name} breaks off in vector {len(labels) + 1:,} of the {count:,} its first line promises. "
                f"Get the whole file; or it is not in word2vec's binary format."
            )
        on_progress(Progress(source.done, source.size, message=f"Read {len(labels):,} vectors"))
    if wanted == count and (rest + source.read(64)).strip():
        raise VectorFormatError(f"{source.name} goes on after the {count:,} vectors that its first line promises.")
    return label_text.space_of(labels, rows.finish(), source.name)


def write(space: LabeledVectors, stream: ByteSink) -> None:
    """Write labels and vectors, blanks inside a label as underscores; DataError when that makes two labels one."""
    words, dim = space.vectors.shape
    stream.write(f"{words} {dim}\n".encode())
    for label, vector in zip(label_text.without_blanks(space.labels), space.vectors, strict=True):
        stream.write(label.encode() + b" " + np.asarray(vector, "<f4").tobytes() + b"\n")


def _holds_exactly(content: bytes, count: int, dim: int) -> bool:
    """Return whether the bytes are that many whole vectors and nothing else. In few bytes a number can look like text."""
    found = _split(content, dim, count)
    return 1 <= dim <= MAX_DIM and len(found.words) == count and not content[found.end :].strip()


@dataclass(frozen=True)
class _Found:
    """The whole vectors in a buffer: their words, where their numbers start, and where the last one ends."""

    words: list[bytes]
    starts: list[int]
    end: int


def _split(buffer: bytes, dim: int, wanted: int) -> _Found:
    """Find the whole vectors in the buffer, at most `wanted` of them."""
    words: list[bytes] = []
    starts: list[int] = []
    at, width = 0, 4 * dim
    while len(words) < wanted:
        blank = buffer.find(b" ", at, at + MAX_LABEL_LENGTH + 2)
        if blank < 0 or blank + 1 + width > len(buffer):
            break
        words.append(buffer[at:blank].lstrip(b"\n"))
        starts.append(blank + 1)
        at = blank + 1 + width
    return _Found(words, starts, at)
