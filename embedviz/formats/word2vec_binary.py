"""word2vec's binary format.

A line "words dimensions", then for each word its UTF-8 bytes, a space, its float32 numbers little endian, and mostly a
line break.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from embedviz.core.errors import VectorFormatError
from embedviz.core.formats import ByteSink, LabeledVectors
from embedviz.core.progress import Progress
from embedviz.formats import labels as label_text
from embedviz.formats.growing_rows import GrowingRows
from embedviz.formats.source import Source
from embedviz.formats.text_layout import MAX_DIM
from embedviz.formats.word2vec_text import header, is_whole_row
from embedviz.formats.word2vec_text import sniff as is_text
from embedviz.space import EmbeddingSpace

NAME, ENDINGS = "word2vec-binary", (".bin",)
BLOCK = 1 << 22  # bytes read at a time
WRITTEN = 1 << 20  # bytes of vectors written at a time
MAX_LABEL_LENGTH = 10_000  # bytes; a longer one means that the file is not what its header says
LOOKED_AT = 1 << 14  # bytes behind the first line
LINE_BREAK = ord("\n")
MAX_PRINTABLE = 64  # bytes; a longer content that is all printable is text, whatever its lines' lengths


def sniff(head: bytes) -> bool:
    """Return whether the first line is two whole numbers and what follows is not text, or not as well as it is this."""
    first, _, rest = head.partition(b"\n")
    promised = header(first)
    if promised is None or is_whole_row(head):
        return False
    if _is_binary(rest):
        return not is_text(head) or _holds_exactly(rest, *promised)
    return len(rest) <= MAX_PRINTABLE and _holds_exactly(rest, *promised)


def read(source: Source, *, limit: int | None, on_progress: Callable[[Progress], None]) -> EmbeddingSpace:
    """Read the space; a first line that promises another number of words than there are is noted.

    Raises
    ------
    VectorFormatError
        When the file holds no more than half of the vectors that its first line promises, or something else behind them.
    """
    promised = header(source.readline())
    if promised is None or not 1 <= promised[1] <= MAX_DIM:
        raise VectorFormatError(
            f"{source.name}: the first line has to name the number of words and of dimensions (1 to {MAX_DIM:,})."
        )
    count, dim = promised
    labels: list[bytes] = []
    rows = GrowingRows(dim)
    rest = b""
    while limit is None or len(labels) < limit:
        more = source.read(BLOCK)
        buffer = rest + more
        found = _split(buffer, dim, None if limit is None else limit - len(labels))
        _copy(buffer, found.starts, rows.add(len(found.words)))
        labels += found.words
        rest = buffer[found.end :]
        endless_label = len(rest) > MAX_LABEL_LENGTH and b" " not in rest[:MAX_LABEL_LENGTH]
        if endless_label:
            break
        on_progress(Progress(source.done, source.size, message=f"Read {len(labels):,} vectors"))
        if not more:
            break
    notes = (
        []
        if limit is not None and len(labels) >= limit
        else _notes(source.name, count, len(labels), bool(rest.strip()))
    )
    return label_text.space_of(labels, rows.finish(), source.name, notes=notes)


def write(space: LabeledVectors, stream: ByteSink) -> None:
    """Write labels and vectors, blanks inside a label as underscores; DataError when that makes two labels one."""
    words, dim = space.vectors.shape
    stream.write(f"{words} {dim}\n".encode())
    labels = [label.encode() for label in label_text.without_blanks(space.labels)]
    width = 4 * dim
    gap = b" " + bytes(width) + b"\n"  # the place of a vector
    step = max(1, WRITTEN // (width + 1))
    for start in range(0, words, step):
        some = labels[start : start + step]
        data = bytearray(gap.join([*some, b""]))
        ends = np.cumsum(np.fromiter(map(len, some), np.int64, len(some)) + len(gap)) - 1  # of the vectors
        block = np.ascontiguousarray(space.vectors[start : start + step], "<f4")
        places = np.lib.stride_tricks.sliding_window_view(np.frombuffer(data, np.uint8), width, writeable=True)
        places[ends - width] = block.view(np.uint8)
        stream.write(bytes(data))


def _notes(name: str, promised: int, read: int, goes_on: bool) -> list[str]:
    """Return what to say about a file that does not hold what its first line promises; refuse it where it cannot be meant."""
    if read < promised:
        problem = f"{name} breaks off in vector {read + 1:,} of the {promised:,} its first line promises."
        if 2 * read <= promised:
            raise VectorFormatError(f"{problem} Get the whole file; or it is not in word2vec's binary format.")
        return [f"{problem} The {read:,} whole vectors before were read."]
    if goes_on:
        raise VectorFormatError(f"{name} goes on after the {promised:,} vectors that its first line promises.")
    return [] if read == promised else [f"The first line promises {promised:,} vectors; the file holds {read:,}."]


def _holds_exactly(content: bytes, count: int, dim: int) -> bool:
    """Return whether the bytes are that many whole vectors and nothing else. In few bytes a number can look like text."""
    if not 1 <= dim <= MAX_DIM:
        return False
    found = _split(content, dim, count)
    return len(found.words) == count and not content[found.end :].strip()


def _is_binary(content: bytes) -> bool:
    """Return whether there are bytes beside those of printable ASCII: numbers hold them sooner or later."""
    return any((byte < 32 and byte not in b"\t\n\r\f") or byte > 126 for byte in content[:LOOKED_AT])


@dataclass(frozen=True)
class _Found:
    """The whole vectors in a buffer: their words, where their numbers start, and where the last one ends."""

    words: list[bytes]
    starts: list[int]
    end: int


def _split(buffer: bytes, dim: int, wanted: int | None) -> _Found:
    """Find the whole vectors in the buffer, at most `wanted` of them."""
    words: list[bytes] = []
    starts: list[int] = []
    at, width, end = 0, 4 * dim, len(buffer)
    last = end - width  # where the last vector can start
    find = buffer.find
    for _ in itertools.repeat(None) if wanted is None else range(wanted):
        start = find(b" ", at, at + MAX_LABEL_LENGTH + 2) + 1
        if not 0 < start <= last:
            break
        words.append(buffer[at : start - 1])
        starts.append(start)
        at = start + width
        if at < end and buffer[at] == LINE_BREAK:
            at += 1
    return _Found([word.lstrip(b"\n") if word[:1] == b"\n" else word for word in words], starts, at)


def _copy(buffer: bytes, starts: list[int], rows: np.ndarray) -> None:
    """Copy the numbers that begin at these places of the buffer into rows (N, D) float32."""
    if starts:
        width = rows.shape[1] * 4
        windows = np.lib.stride_tricks.sliding_window_view(np.frombuffer(buffer, np.uint8), width)
        rows[:] = windows[starts].view("<f4")
