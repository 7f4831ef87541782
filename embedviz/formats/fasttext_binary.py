"""fastText's model file (.bin), versions 11 and 12: words, and vectors of character n-grams for words that are not there.

The file: magic number and version; the training's arguments; the dictionary, each entry as UTF-8 bytes, a zero byte, its
count and its type; whether the matrix is quantised; the input matrix, a row a word, then a row a bucket of n-grams; the
output matrix, which only training needs. All little endian. A word's vector is the mean of its own row and those of its
n-grams (Bojanowski, Grave, Joulin and Mikolov 2017, TACL 5, p. 135; `FastText::getWordVector`).
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from embedviz.core.errors import VectorFormatError
from embedviz.core.formats import ByteSink, LabeledVectors
from embedviz.core.progress import Progress
from embedviz.formats import labels as label_text
from embedviz.formats.growing_rows import GrowingRows
from embedviz.formats.source import Source
from embedviz.formats.text_layout import MAX_DIM
from embedviz.space import EmbeddingSpace
from embedviz.space.checks import first_unusable, usable_rows
from embedviz.space.subwords import END_OF_SENTENCE, Subwords

NAME, ENDINGS = "fasttext", ()
MAGIC = struct.pack("<i", 793712314)
VERSIONS = (11, 12)
_ARGUMENTS = struct.Struct("<12id")  # dim, ws, epoch, minCount, neg, wordNgrams, loss, model, bucket, minn, maxn, …, t
_DICTIONARY = struct.Struct(
    "<iiiqq"
)  # entries, words, labels, tokens, n-grams that were kept when the model was pruned
_ENTRY = struct.Struct("<qb")  # count, type
_SHAPE = struct.Struct("<qq")
_SKIPGRAM, _SUPERVISED = 2, 3  # kinds of model
_NEGATIVE_SAMPLING = 2  # a loss
MAX_LABEL_LENGTH = 1_000  # bytes
MAX_NGRAM = 30  # characters
BLOCK = 1 << 22  # bytes read at a time
WORDS = 1024  # whose n-grams are added up at a time,
ENTRIES = 1 << 22  # at most so many numbers of them


def sniff(head: bytes) -> bool:
    """Return whether the file starts with fastText's magic number."""
    return head.startswith(MAGIC)


def read(source: Source, *, limit: int | None, on_progress: Callable[[Progress], None]) -> EmbeddingSpace:
    """Read the words with their counts, and the n-grams; of a classifier the words alone.

    Raises
    ------
    VectorFormatError
        When the model is quantised, of another version, contradicts itself or breaks off.
    """
    reader = _Reader(source, on_progress)
    arguments = reader.arguments()
    words, counts = reader.dictionary(arguments)
    vectors, ngrams = reader.input_matrix(arguments, len(words), limit)
    words, counts = words[: len(vectors)], counts[: len(vectors)]
    notes: list[str] = []
    if arguments.classifies:
        notes.append("This is a fastText classifier: its words were read, its labels were left out.")
    if first_unusable(ngrams) is not None:
        usable = usable_rows(ngrams)
        ngrams[~usable] = 0
        notes.append(
            f"Vectors of n-grams that {label_text.UNUSABLE} were set to 0: {np.sum(~usable):,} of {len(ngrams):,}."
        )
    subwords = Subwords(ngrams, arguments.min_n, arguments.max_n) if len(ngrams) else None
    if subwords:
        _add_ngrams(vectors, words, subwords, on_progress)
    columns = pd.DataFrame({"count": counts}) if (counts > 1).any() else None
    return label_text.space_of(words, vectors, source.name, notes=notes, columns=columns, subwords=subwords)


def write(space: LabeledVectors, stream: ByteSink) -> None:
    """Write a model that fastText opens to look words up; DataError when two labels become one.

    Blanks inside a label become underscores. The n-grams of a space that has them are kept, and the words' rows chosen so that
    their vectors are those of the space, but for rounding.
    """
    labels = [label.encode() for label in label_text.without_blanks(space.labels)]
    count, dim = space.vectors.shape
    subwords, counts = Subwords(np.empty((0, dim), "<f4"), 0, 0), np.ones(count, np.int64)
    if isinstance(space, EmbeddingSpace):
        subwords = space.subwords or subwords
        counts = space.columns["count"].to_numpy() if "count" in space.columns else counts
    buckets = len(subwords)
    stream.write(MAGIC + struct.pack("<i", VERSIONS[-1]))
    kind = (_NEGATIVE_SAMPLING, _SKIPGRAM, buckets, subwords.min_n, subwords.max_n)
    stream.write(_ARGUMENTS.pack(dim, 5, 5, 1, 5, 1, *kind, 100, 1e-4))
    stream.write(_DICTIONARY.pack(count, count, 0, int(counts.sum()), -1))
    for label, occurrences in zip(labels, counts.tolist(), strict=True):
        stream.write(label + b"\0" + _ENTRY.pack(int(occurrences), 0))
    stream.write(b"\0" + _SHAPE.pack(count + buckets, dim))
    for start in range(0, count, WORDS):
        block = np.array(space.vectors[start : start + WORDS], "<f4")
        total, members = _ngram_sums(labels[start : start + WORDS], subwords)
        stream.write((block * (members + 1)[:, None] - total).astype("<f4").tobytes())
    for start in range(0, buckets, WORDS):
        some = np.arange(start, min(start + WORDS, buckets))
        stream.write(subwords.of_buckets(some).astype("<f4").tobytes())
    stream.write(b"\0" + _SHAPE.pack(count, dim))
    for start in range(0, count, WORDS):
        stream.write(np.zeros((min(WORDS, count - start), dim), "<f4").tobytes())


@dataclass(frozen=True)
class _Arguments:
    """Those of a training's arguments that tell how the file is read."""

    dim: int
    buckets: int
    min_n: int
    max_n: int
    classifies: bool


class _Reader:
    """Reads the parts of a model one after the other."""

    def __init__(self, source: Source, on_progress: Callable[[Progress], None]):
        self._source, self._on_progress = source, on_progress
        self._buffer, self._at = b"", 0

    def arguments(self) -> _Arguments:
        magic = self._read(len(MAGIC), "its header")
        (version,) = self._unpack(struct.Struct("<i"), "its header")
        if magic != MAGIC:
            raise self._problem("is not a fastText model: it does not start with its magic number.")
        if version not in VERSIONS:
            raise self._problem(
                f"is a fastText model of version {version}; versions 11 and 12 are read. Open its .vec file."
            )
        dim, _, _, _, _, _, _, model, buckets, min_n, max_n, _, _ = self._unpack(_ARGUMENTS, "its header")
        if not (1 <= dim <= MAX_DIM and min_n >= 0 and 0 <= max_n <= MAX_NGRAM and buckets >= 0 and 1 <= model <= 3):
            raise self._problem(
                f"is a fastText model whose header cannot be right: {dim:,} dimensions, n-grams of {min_n:,} to {max_n:,} "
                f"characters in {buckets:,} buckets. Get the file again."
            )
        classifies = model == _SUPERVISED
        if classifies and version == 11:  # did not use n-grams, whatever its arguments say
            max_n = 0
        return _Arguments(dim, buckets, min_n, max_n, classifies)

    def dictionary(self, arguments: _Arguments) -> tuple[list[bytes], np.ndarray]:
        """Return W words, and (W,) int64 how often each occurred."""
        entries, n_words, n_labels, _, n_kept = self._unpack(_DICTIONARY, "its dictionary")
        if (
            min(entries, n_words, n_labels) < 0
            or entries != n_words + n_labels
            or (n_labels and not arguments.classifies)
        ):
            raise self._problem(
                f"is a fastText model that contradicts itself: {entries:,} entries, but {n_words:,} words and {n_labels:,} "
                f"labels. Get the file again."
            )
        words: list[bytes] = []
        counts: list[int] = []
        for place in range(entries):
            word, count, kind = self._entry(place, entries)
            if kind == 0 and len(words) < n_words:
                words.append(word)
                counts.append(count)
        if len(words) != n_words:
            raise self._problem(
                f"is a fastText model that contradicts itself: {n_words:,} words promised, {len(words):,} found."
            )
        if n_kept > 0 or self._read(1, "its dictionary") != b"\0":
            raise self._problem(
                "is a quantised fastText model (.ftz), which is not read. Open the .bin file it was made from, or write its "
                "words out with 'fasttext print-word-vectors'."
            )
        return words, np.array(counts, np.int64)

    def input_matrix(self, arguments: _Arguments, n_words: int, limit: int | None) -> tuple[np.ndarray, np.ndarray]:
        """Return the rows of the words, at most `limit` of them, and those of the n-grams: (W, D) and (B, D) float32."""
        count, dim = self._unpack(_SHAPE, "its vectors")
        if dim != arguments.dim or count != n_words + arguments.buckets:
            raise self._problem(
                f"is a fastText model that contradicts itself: {n_words:,} words and {arguments.buckets:,} buckets of "
                f"{arguments.dim:,} dimensions, but a matrix of {count:,} x {dim:,}. Get the file again."
            )
        wanted = n_words if limit is None else min(n_words, limit)
        vectors = self._rows(dim, wanted)
        self._rows(dim, n_words - wanted, keep=False)
        ngrams = self._rows(dim, arguments.buckets if arguments.max_n else 0)
        return vectors, ngrams

    def _rows(self, dim: int, count: int, keep: bool = True) -> np.ndarray:
        rows = GrowingRows(dim)
        step = max(1, BLOCK // (4 * dim))
        for start in range(0, count, step):
            several = min(step, count - start)
            data = self._read(4 * dim * several, "its vectors")
            if keep:
                rows.add(several)[:] = np.frombuffer(data, "<f4").reshape(several, dim)
            self._on_progress(
                Progress(self._source.done, self._source.size, message=f"Read {start + several:,} vectors")
            )
        return rows.finish()

    def _entry(self, place: int, entries: int) -> tuple[bytes, int, int]:
        end = self._entry_end()
        if not end:
            self._buffer, self._at = self._buffer[self._at :] + self._source.read(BLOCK), 0
            end = self._entry_end()
        if not end:
            raise self._problem(
                f"is a fastText model that breaks off in word {place + 1:,} of {entries:,}. Get the whole file."
            )
        word = self._buffer[self._at : end - 1]
        count, kind = _ENTRY.unpack_from(self._buffer, end)
        self._at = end + _ENTRY.size
        return word, count, kind

    def _entry_end(self) -> int:
        """Return where the next word ends in the buffer, behind its zero byte; 0 when the entry is not whole there."""
        end = self._buffer.find(b"\0", self._at, self._at + MAX_LABEL_LENGTH + 1) + 1
        return end if end and len(self._buffer) >= end + _ENTRY.size else 0

    def _unpack(self, shape: struct.Struct, part: str) -> tuple[int, ...]:
        return shape.unpack(self._read(shape.size, part))

    def _read(self, size: int, part: str) -> bytes:
        found = self._buffer[self._at : self._at + size]
        self._at += len(found)
        if len(found) < size:
            found += self._source.read(size - len(found))
        if len(found) < size:
            raise self._problem(f"is a fastText model that breaks off in {part}. Get the whole file.")
        return found

    def _problem(self, message: str) -> VectorFormatError:
        return VectorFormatError(f"{self._source.name} {message}")


def _add_ngrams(
    vectors: np.ndarray, words: list[bytes], subwords: Subwords, on_progress: Callable[[Progress], None]
) -> None:
    """Turn the words' own rows (W, D) into their vectors: the mean of a word's row and its n-grams'. In place."""
    for start in range(0, len(words), WORDS):
        block = vectors[start : start + WORDS]
        total, members = _ngram_sums(words[start : start + WORDS], subwords)
        block += total
        block /= (members + 1)[:, None]
        on_progress(Progress(start + len(block), len(words), message="Adding up the n-grams of the words"))


def _ngram_sums(words: list[bytes], subwords: Subwords) -> tuple[np.ndarray, np.ndarray]:
    """Return the sum of the vectors of each word's n-grams, (W, D) float32, and how many they are, (W,) float32."""
    total = np.zeros((len(words), subwords.vectors.shape[1]), np.float32)
    owners, buckets = subwords.buckets(words)
    members = np.bincount(owners, minlength=len(words)).astype(np.float32)
    if not len(owners):
        return total, members
    from scipy.sparse import csr_array

    members[[word == END_OF_SENTENCE.encode() for word in words]] = 0
    step = max(1, ENTRIES // total.shape[1])
    for start in range(0, len(owners), step):
        part = owners[start : start + step]
        firsts = np.flatnonzero(np.diff(part, prepend=-1))
        # NumPy's own add.reduceat takes several times as long
        of_word = csr_array((np.ones(len(part), np.float32), np.arange(len(part)), np.append(firsts, len(part))))
        total[part[firsts]] += of_word @ subwords.of_buckets(buckets[start : start + step])
    total[members == 0] = 0
    return total, members
