"""Plain text in one or several files, read from disk block by block and never held whole."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from embedviz.core.errors import DataError
from embedviz.data import text_units
from embedviz.data.containers import Opened, opened
from embedviz.data.encoding import HEAD_BYTES, decode, restored
from embedviz.data.text_blocks import BYTE_ORDER_MARK, unix_line_ends
from embedviz.data.text_units import Unit

READ_BYTES = 1 << 20  # at a time
HEAD = 4 * HEAD_BYTES  # looked at to find the encoding and the unit
_CONTROLS = re.compile(rb"\xc2[\x80-\x9f]")


@dataclass(frozen=True)
class TextFile:
    """A file of plain text.

    Parameters
    ----------
    path : Path
    encoding : str
        Python's name of it.
    unit : {"line", "paragraph", "sentence", "file"}
        Where its units end.
    size : int
        Bytes of the file as it is.
    """

    path: Path
    encoding: str
    unit: Unit
    size: int

    @classmethod
    def sniffed(cls, path: Path, encoding: str | None = None, unit: Unit | None = None) -> TextFile:
        """Look at the beginning of a file for what is not given.

        Raises
        ------
        DataError
            If the file is missing, empty or binary.
        """
        with opened(path) as file:
            head = file.head(HEAD)
        decoded = decode(head, path.name, encoding, cut=True)
        text = decoded.text.replace("\r\n", "\n").replace("\r", "\n")
        return cls(path, decoded.encoding, unit or text_units.guess_unit(text), path.stat().st_size)

    def blocks(self, size: int) -> Iterator[bytes]:
        """Yield the text as UTF-8, "\\n" for each line end, in blocks of about `size` bytes that end at white space.

        Raises
        ------
        DataError
            With the byte, if the file is not in its encoding.
        """
        rest = b""
        for part in unix_line_ends(self._decoded(size)):
            rest += part
            while len(rest) > size:
                end = rest.rfind(b"\n", 0, size) + 1 or _last_blank(rest, size) or _whole_characters(rest, size)
                yield rest[:end]
                rest = rest[end:]
        if rest:
            yield rest

    def _decoded(self, size: int) -> Iterator[bytes]:
        """The file's bytes as UTF-8, whole characters each time."""
        decoder = codecs.getincrementaldecoder(self.encoding)()
        is_utf8 = codecs.lookup(self.encoding).name == "utf-8"
        done = 0
        with opened(self.path) as file:
            pending = b""  # of a character that is not whole
            for part in _all_parts(file, size):
                if is_utf8 and part.isascii() and not pending:
                    data = part
                else:
                    data = self._text(decoder, part, done - len(pending), is_last=False)
                    pending = decoder.getstate()[0]
                yield (data.removeprefix(BYTE_ORDER_MARK) if not done else data).replace(b"\0", b"")
                done += len(part)
            if pending:
                yield self._text(decoder, b"", done - len(pending), is_last=True)

    def _text(self, decoder: codecs.IncrementalDecoder, part: bytes, begun: int, is_last: bool) -> bytes:
        try:
            text = decoder.decode(part, is_last)
        except UnicodeError as error:
            at = begun + getattr(error, "start", 0) + 1
            raise DataError(
                f"{self.path}, byte {at:,}: this is not valid {self.encoding}. Name the file's encoding, such as latin-1, "
                f"or save it as UTF-8."
            ) from None
        data = text.encode()
        return restored(text).encode() if _CONTROLS.search(data) else data


@dataclass(frozen=True)
class TextSource:
    """Files of plain text, one after the other.

    Parameters
    ----------
    files : tuple of TextFile

    Examples
    --------
    >>> _ = Path("a.txt").write_text("one two\\nthree\\n")
    >>> [list(file.blocks(100)) for file in TextSource.of([Path("a.txt")]).files]
    [[b'one two\\nthree\\n']]
    """

    files: tuple[TextFile, ...]

    @classmethod
    def of(cls, paths: Sequence[Path], encoding: str | None = None, unit: Unit | None = None) -> TextSource:
        """Look at the beginning of each file; see `TextFile.sniffed`."""
        return cls(tuple(TextFile.sniffed(path, encoding, unit) for path in paths))

    @property
    def size(self) -> int:
        """Bytes of all files as they are."""
        return sum(file.size for file in self.files)


def _all_parts(file: Opened, size: int) -> Iterator[bytes]:
    read: Callable[[], bytes] = partial(file.part, min(size, READ_BYTES))
    return iter(read, b"")


def _last_blank(block: bytes, size: int) -> int:
    """The place after the last white space before `size`, 0 where there is none."""
    return max(block.rfind(blank, 0, size) for blank in (b" ", b"\t")) + 1


def _whole_characters(block: bytes, size: int) -> int:
    """The last place at or before `size` that is not inside a character."""
    while block[size] & 0xC0 == 0x80:
        size -= 1
    return size
