"""Text as blocks of whole lines in UTF-8, from memory or streamed from a file too large to hold."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager

from embedviz.data.containers import Opened
from embedviz.data.encoding import HEAD_BYTES, looks_binary

BLOCK_BYTES = 1 << 21
_CONTROLS = re.compile(rb"\xc2[\x80-\x9f]")
BYTE_ORDER_MARK = codecs.BOM_UTF8


def blocks_of_text(text: str) -> Callable[[], Iterator[bytes]]:
    """Return a function that yields a text's lines in blocks."""

    def blocks() -> Iterator[bytes]:
        start = 0
        while start < len(text):
            end = text.find("\n", start + BLOCK_BYTES) + 1 or len(text)
            yield text[start:end].encode()
            start = end

    return blocks


def blocks_of_file(reopen: Callable[[], AbstractContextManager[Opened]]) -> Callable[[], Iterator[bytes]]:
    """Return a function that yields a file's lines in blocks, read again at each call.

    The file has to be in UTF-8 without zero bytes: see `is_plain_utf8`.
    """

    def blocks() -> Iterator[bytes]:
        with reopen() as file:
            rest = b""
            for part in _parts(file):
                end = part.rfind(b"\n") + 1
                if not end:
                    rest += part
                    continue
                yield rest + part[:end]
                rest = part[end:]
            if rest:
                yield rest

    return blocks


def is_plain_utf8(reopen: Callable[[], AbstractContextManager[Opened]]) -> bool:
    """Tell whether all of a file is UTF-8 without zero bytes and other characters that are mended."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with reopen() as file:
        if looks_binary(file.head(HEAD_BYTES)):
            return False
        try:
            for part in _parts(file):
                if b"\0" in part or _CONTROLS.search(part):
                    return False
                decoder.decode(part)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _parts(file: Opened) -> Iterator[bytes]:
    """The file's bytes without a byte order mark, "\\n" for each line end."""
    return unix_line_ends(_without_mark(file.parts(BLOCK_BYTES)))


def _without_mark(parts: Iterable[bytes]) -> Iterator[bytes]:
    for i, part in enumerate(parts):
        yield part.removeprefix(BYTE_ORDER_MARK) if i == 0 else part


def unix_line_ends(parts: Iterable[bytes]) -> Iterator[bytes]:
    """Yield a file's bytes with "\\n" for each line end, also for one that is cut in two."""
    after_return = False
    for part in parts:
        if after_return:
            part = part.removeprefix(b"\n")
        after_return = part.endswith(b"\r")
        yield part.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in part else part
