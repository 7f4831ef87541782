"""Lines of "word number number …", as GloVe and word2vec write them: bytes to labels and vectors, and back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import numpy as np

from embedviz.errors import VectorFormatError
from embedviz.formats.source import Source
from embedviz.space import EmbeddingSpace
from embedviz.training.progress import Progress

CHUNK = 1 << 22  # bytes of lines parsed at a time
_BLANK = re.compile(r"\s")


def read_rows(
    source: Source, dim: int, first_line: int, limit: int | None, on_progress: Callable[[Progress], None]
) -> tuple[list[str], np.ndarray]:
    """labels and vectors (N, dim) float32 of all lines. A word may hold spaces: the last dim fields are its numbers."""
    labels: list[str] = []
    parts: list[np.ndarray] = []
    line = first_line
    while (limit is None or len(labels) < limit) and (lines := source.readlines(CHUNK)):
        if limit is not None:
            lines = lines[: limit - len(labels)]
        words, block = _parse(lines, dim, source.name, line)
        labels += words
        parts.append(block)
        line += len(lines)
        on_progress(Progress(source.done, source.size, message=f"Read {len(labels):,} vectors"))
    return labels, np.concatenate(parts) if parts else np.empty((0, dim), np.float32)


def space_of(labels: list[str], vectors: np.ndarray, source: Source) -> EmbeddingSpace:
    """The space, a repeated label's first vector kept; VectorFormatError when nothing is left or a number is not finite."""
    if not labels:
        raise VectorFormatError(f"{source.name} holds no vectors.")
    finite = np.isfinite(vectors).all(axis=1)
    if not finite.all():
        i = int(np.argmin(finite))
        raise VectorFormatError(f"{source.name}: the vector of {labels[i]!r} (number {i + 1:,}) holds NaN or infinity.")
    first: dict[str, int] = {}
    for i, label in enumerate(labels):
        first.setdefault(label, i)
    if len(first) < len(labels):
        vectors = vectors[list(first.values())]
    return EmbeddingSpace(list(first), vectors)


def chunks_of(space: EmbeddingSpace, block: int = 4096) -> Iterator[bytes]:
    """The space's lines, numbers in the fewest digits that give the same float32 back. A blank inside a label would
    be read as the end of the word, so it is written as an underscore."""
    for start in range(0, len(space), block):
        rows = []
        for i in range(start, min(start + block, len(space))):
            numbers = " ".join([np.format_float_positional(x, trim="-") for x in space.vectors[i]])
            rows.append(f"{written(space.labels[i])} {numbers}\n")
        yield "".join(rows).encode()


def written(label: str) -> str:
    """The label as these formats can hold it."""
    return _BLANK.sub("_", label)


def _parse(lines: list[bytes], dim: int, name: str, first_line: int) -> tuple[list[str], np.ndarray]:
    words: list[str] = []
    numbers: list[bytes] = []
    for offset, line in enumerate(lines):
        fields = line.rstrip().rsplit(b" ", dim)
        if len(fields) != dim + 1:
            fields = line.split()
            if not fields:
                continue
            if len(fields) != dim + 1:
                raise VectorFormatError(
                    f"{name}, line {first_line + offset:,}: expected a word and {dim} numbers, "
                    f"got {len(fields) - 1} {'number' if len(fields) == 2 else 'numbers'}."
                )
        words.append(fields[0].decode("utf-8", "replace"))
        numbers.append(b" ".join(fields[1:]))
    try:
        flat = np.array(b" ".join(numbers).split(), dtype=np.float32)
    except ValueError:
        raise _not_a_number(lines, dim, name, first_line) from None
    return words, flat.reshape(len(words), dim)


def _not_a_number(lines: list[bytes], dim: int, name: str, first_line: int) -> VectorFormatError:
    for offset, line in enumerate(lines):
        for field in line.split()[-dim:]:
            try:
                float(field)
            except ValueError:
                text = field.decode("utf-8", "replace")[:40]
                return VectorFormatError(f"{name}, line {first_line + offset:,}: {text!r} is not a number.")
    return VectorFormatError(f"{name}, around line {first_line:,}: a number cannot be read.")
