"""word2vec's binary format: a line "words dimensions", then for each word its UTF-8 bytes, a space, its float32
numbers little endian, and mostly a line break."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from embedviz.errors import VectorFormatError
from embedviz.formats import text_rows
from embedviz.formats.source import Source
from embedviz.formats.word2vec_text import header
from embedviz.formats.word2vec_text import sniff as is_text
from embedviz.space import EmbeddingSpace
from embedviz.training.progress import Progress

CHUNK = 1 << 22
LONGEST_WORD = 10_000  # bytes; a longer one means that the file is not what its header says


def sniff(head: bytes) -> bool:
    """True when the first line is two whole numbers and what follows is not text."""
    return header(head.split(b"\n", 1)[0]) is not None and not is_text(head)


def read(source: Source, *, limit: int | None, on_progress: Callable[[Progress], None]) -> EmbeddingSpace:
    """VectorFormatError when the file ends before the last vector that its header promises."""
    found = header(source.readline())
    if found is None or not 1 <= found[1] <= 100_000:
        raise VectorFormatError(f"{source.name}: the first line has to name the number of words and of dimensions.")
    count, dim = found
    wanted = min(count, limit or count)
    width = 4 * dim
    labels: list[str] = []
    rows: list[np.ndarray] = []
    buffer, at = b"", 0
    while len(labels) < wanted:
        space = buffer.find(b" ", at)
        if space < 0 or len(buffer) < space + 1 + width:
            more = source.read(CHUNK)
            if not more or (space < 0 and len(buffer) - at > LONGEST_WORD):
                raise VectorFormatError(
                    f"{source.name} ends in vector {len(labels) + 1:,} of the {count:,} its first line promises. "
                    f"It was cut off, or it is not in word2vec's binary format."
                )
            buffer, at = buffer[at:] + more, 0
            on_progress(Progress(source.done, source.size, message=f"Read {len(labels):,} vectors"))
            continue
        labels.append(buffer[at:space].lstrip(b"\n").decode("utf-8", "replace"))
        rows.append(np.frombuffer(buffer, "<f4", dim, space + 1))
        at = space + 1 + width
    vectors = np.array(rows, np.float32).reshape(len(rows), dim)
    return text_rows.space_of(labels, vectors, source)


def chunks(space: EmbeddingSpace) -> Iterator[bytes]:
    """The file's bytes, in parts. A blank inside a label is written as an underscore."""
    yield f"{len(space)} {space.dim}\n".encode()
    for label, vector in zip(space.labels, space.vectors, strict=True):
        yield text_rows.written(label).encode() + b" " + np.asarray(vector, "<f4").tobytes() + b"\n"
