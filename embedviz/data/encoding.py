"""Which encoding a file is in: by its mark, by trying UTF-8, by the pattern of zero bytes; Latin-1 when none fits."""

from __future__ import annotations

import codecs

from embedviz.errors import DataError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def guess_encoding(head: bytes, name: str) -> str:
    """Python's name of the encoding of a file that begins so. DataError when it is no text at all."""
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    if b"\0" in head:
        even, odd = head[::2].count(0), head[1::2].count(0)
        half = len(head) / 2
        if odd > 0.3 * half and even < 0.05 * half:
            return "utf-16-le"
        if even > 0.3 * half and odd < 0.05 * half:
            return "utf-16-be"
        raise _not_text(name)
    control = sum(head.count(byte) for byte in range(32) if byte not in (9, 10, 12, 13, 27))
    if control > 0.05 * len(head):
        raise _not_text(name)
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)  # a character cut at the end is no error
    except UnicodeDecodeError:
        return "latin-1"
    return "utf-8"


def decode(data: bytes, encoding: str, name: str, final: bool = True) -> str:
    """The text; DataError with line and byte when the encoding does not fit. final=False allows a cut last character."""
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(data, final)
    except LookupError:
        raise DataError(f"There is no encoding called {encoding!r}. Common ones: utf-8, utf-16, latin-1.") from None
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise DataError(
            f"{name}, line {line:,}: byte {error.start:,} is not valid {encoding}. "
            f"Choose another encoding, such as latin-1, or save the file as UTF-8."
        ) from None
    return text.removeprefix("\ufeff")


def _not_text(name: str) -> DataError:
    return DataError(
        f"{name} is a binary file, not text or a table. Bring TXT, CSV, TSV, JSONL or Parquet, plain, gzipped or in a zip."
    )
