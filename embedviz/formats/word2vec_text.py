"""word2vec's text format, fastText's .vec too: a line "words dimensions", then a word and its numbers a line."""

from __future__ import annotations

from collections.abc import Callable

from embedviz.core.errors import VectorFormatError
from embedviz.core.formats import ByteSink, LabeledVectors
from embedviz.core.progress import Progress
from embedviz.formats import labels as label_text
from embedviz.formats import text_rows
from embedviz.formats.source import Source
from embedviz.space import EmbeddingSpace

NAME, ENDINGS = "word2vec", (".vec", ".w2v")
MAX_DIGITS = 12  # of a number in the first line


def header(line: bytes) -> tuple[int, int] | None:
    """Return the numbers of words and dimensions that a first line holds, or None when it is no such line."""
    fields = line.split()
    if len(fields) == 2 and all(field.isdigit() and len(field) <= MAX_DIGITS for field in fields):
        return int(fields[0]), int(fields[1])
    return None


def sniff(head: bytes) -> bool:
    """Return whether the first line is two whole numbers and the second, if there is one, has a number in digits."""
    first, _, rest = head.partition(b"\n")
    if header(first) is None:
        return False
    second = rest.partition(b"\n")[0]
    return not second.strip() or (not _has_control_bytes(second) and any(map(_is_number, second.split()[1:])))


def is_whole_row(head: bytes) -> bool:
    """Return whether the second line ends in exactly as many numbers as the first one promises."""
    first, _, rest = head.partition(b"\n")
    promised = header(first)
    second = rest.partition(b"\n")[0]
    return (
        promised is not None
        and not _has_control_bytes(second)
        and text_rows.trailing_numbers(second.split()) == promised[1]
    )


def read(source: Source, *, limit: int | None, on_progress: Callable[[Progress], None]) -> EmbeddingSpace:
    """Read the space; VectorFormatError when the file holds another number of words than its header says."""
    found = header(source.readline())
    if found is None or found[1] < 1:
        raise VectorFormatError(f"{source.name}, line 1: expected the number of words and of dimensions.")
    count, dim = found
    labels, vectors = text_rows.read_rows(source, dim, 2, limit, on_progress)
    if len(labels) != count and (limit is None or len(labels) < min(limit, count)):
        raise VectorFormatError(
            f"{source.name}: its first line promises {count:,} vectors, but it holds {len(labels):,}. Get the whole "
            f"file, or if this is all, correct the first line to '{len(labels)} {dim}'."
        )
    return label_text.space_of(labels, vectors, source.name)


def write(space: LabeledVectors, stream: ByteSink) -> None:
    """Write labels and vectors, blanks inside a label as underscores; DataError when that makes two labels one."""
    words, dim = space.vectors.shape
    stream.write(f"{words} {dim}\n".encode())
    for block in text_rows.lines_of(space):
        stream.write(block)


def _has_control_bytes(line: bytes) -> bool:
    return any(byte < 32 and byte not in b"\t\r" for byte in line)


def _is_number(field: bytes) -> bool:
    try:
        text_rows.number(field)
    except ValueError:
        return False
    return True
