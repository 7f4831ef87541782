"""word2vec's binary format: a line "words dimensions", then for each word its UTF-8 bytes, a space, its float32
numbers little endian, and mostly a line break."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO

import numpy as np

from embedviz.core.errors import VectorFormatError
from embedviz.core.progress import Progress
from embedviz.formats import labels as label_text
from embedviz.formats.growing_rows import GrowingRows
from embedviz.formats.source import Source
from embedviz.formats.word2vec_text import header
from embedviz.formats.word2vec_text import sniff as is_text
from embedviz.space import EmbeddingSpace

BLOCK = 1 << 22
LONGEST_LABEL = 10_000  # bytes; a longer one means that the file is not what its header says
MAX_DIM = 100_000


def sniff(head: bytes) -> bool:
    """True when the first line is two whole numbers and what follows is not text."""
    return header(head.partition(b"\n")[0]) is not None and not is_text(head)


def read(
    source: Source, *, limit: int | None = None, on_progress: Callable[[Progress], None] = lambda progress: None
) -> EmbeddingSpace:
    """VectorFormatError when the file ends before the last vector that its header promises, or goes on after it."""
    found = header(source.readline())
    if found is None or not 1 <= found[1] <= MAX_DIM:
        raise VectorFormatError(
            f"{source.name}: the first line has to name the number of words and of dimensions (1 to {MAX_DIM:,})."
        )
    count, dim = found
    wanted = count if limit is None else min(count, limit)
    labels: list[bytes] = []
    rows = GrowingRows(dim)
    rest = b""
    while len(labels) < wanted:
        more = source.read(BLOCK)
        words, starts, rest_at = _split(rest + more, dim, wanted - len(labels))
        buffer = rest + more
        block = rows.add(len(words))
        for row, start in zip(block, starts, strict=True):
            row[:] = np.frombuffer(buffer, "<f4", dim, start)
        labels += words
        rest = buffer[rest_at:]
        endless_label = len(rest) > LONGEST_LABEL and b" " not in rest[:LONGEST_LABEL]
        if len(labels) < wanted and (not more or endless_label):
            raise VectorFormatError(
                f"{source.name} breaks off in vector {len(labels) + 1:,} of the {count:,} its first line promises. "
                f"Get the whole file; or it is not in word2vec's binary format."
            )
        on_progress(Progress(source.done, source.size, message=f"Read {len(labels):,} vectors"))
    if wanted == count and (rest + source.read(64)).strip():
        raise VectorFormatError(f"{source.name} goes on after the {count:,} vectors that its first line promises.")
    return label_text.space_of(labels, rows.finish(), source.name)


def write(space: EmbeddingSpace, stream: BinaryIO) -> None:
    """Blanks inside a label are written as underscores; DataError when that makes two labels one."""
    stream.write(f"{len(space)} {space.dim}\n".encode())
    for label, vector in zip(label_text.without_blanks(space.labels), space.vectors, strict=True):
        stream.write(label.encode() + b" " + np.asarray(vector, "<f4").tobytes() + b"\n")


def _split(buffer: bytes, dim: int, wanted: int) -> tuple[list[bytes], list[int], int]:
    """Of the whole vectors in the buffer, at most so many: their labels, where their numbers start, and the rest."""
    words: list[bytes] = []
    starts: list[int] = []
    at, width = 0, 4 * dim
    while len(words) < wanted:
        blank = buffer.find(b" ", at, at + LONGEST_LABEL + 2)
        if blank < 0 or blank + 1 + width > len(buffer):
            break
        words.append(buffer[at:blank].lstrip(b"\n"))
        starts.append(blank + 1)
        at = blank + 1 + width
    return words, starts, at
