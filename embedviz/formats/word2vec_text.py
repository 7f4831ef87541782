"""word2vec's text format, fastText's .vec too: a line "words dimensions", then a word and its numbers a line."""

from __future__ import annotations

from collections.abc import Callable

from embedviz.core.errors import VectorFormatError
from embedviz.core.formats import ByteSink, LabeledVectors
from embedviz.core.progress import Progress
from embedviz.formats import text_rows
from embedviz.formats.source import Source
from embedviz.formats.text_layout import MAX_DIM, RowLayout, TextHead, is_number, trailing_numbers
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
    return not second.strip() or (not _has_control_bytes(second) and any(map(is_number, second.split()[1:])))


def is_whole_row(head: bytes) -> bool:
    """Return whether the second line ends in exactly as many numbers as the first one promises."""
    first, _, rest = head.partition(b"\n")
    promised = header(first)
    second = rest.partition(b"\n")[0]
    return promised is not None and not _has_control_bytes(second) and trailing_numbers(second.split()) == promised[1]


def read(source: Source, *, limit: int | None, on_progress: Callable[[Progress], None]) -> EmbeddingSpace:
    """Read the space; a first line that promises another number of words than there are is noted.

    Raises
    ------
    VectorFormatError
        When the lines have another number of numbers than the first one promises.
    """
    found = header(source.readline())
    if found is None or not 1 <= found[1] <= MAX_DIM:
        raise VectorFormatError(
            f"{source.name}, line 1: expected the number of words and of dimensions (1 to {MAX_DIM:,})."
        )
    count, dim = found
    text = TextHead(source.peek())
    _check_dim(text, dim, source.name)
    has_labels = not (text.is_all_numbers and text.dim + 1 == dim)
    layout = RowLayout(dim, has_labels, is_promised=True)
    return text_rows.read_space(source, layout, 2, limit, on_progress, promised=count)


def write(space: LabeledVectors, stream: ByteSink) -> None:
    """Write labels and vectors, blanks inside a label as underscores; DataError when that makes two labels one."""
    words, dim = space.vectors.shape
    stream.write(f"{words} {dim}\n".encode())
    for block in text_rows.lines_of(space):
        stream.write(block)


def _check_dim(text: TextHead, dim: int, name: str) -> None:
    """Refuse a file whose lines have fewer numbers than promised, or more.

    A label may end in a number, or each of them: "Toy Story 2". Where most of several lines have a decimal point there, it is
    the first line that is wrong.
    """
    if len(text.lines) > 1 and max(map(len, text.fields)) < dim:
        raise VectorFormatError(
            f"{name}: none of the first {len(text.lines):,} lines could be read; line 2: expected a word and {dim:,} "
            f"numbers, got {text.trailing[0]:,} numbers."
        )
    extra = [fields[-text.dim] for fields in text.fields if len(fields) > text.dim > dim]
    if len(extra) > 1 and 2 * sum(b"." in field for field in extra) > len(text.fields):
        raise VectorFormatError(
            f"{name}: its first line promises {dim:,} dimensions, but most lines have {text.dim:,} numbers. Correct the "
            f"first line, or take it out."
        )


def _has_control_bytes(line: bytes) -> bool:
    return any(byte < 32 and byte not in b"\t\r" for byte in line)
