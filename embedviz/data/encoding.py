"""Which encoding a file is in: by its mark, by trying UTF-8, by the pattern of zero bytes; Windows-1252 when none fits."""

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

_DOCUMENTS = {
    b"%PDF-": "a PDF, not text. Save its text as a .txt file, and bring that.",
    b"{\\rtf": "an RTF document, not plain text. Save it as plain text (.txt), and bring that.",
}
WESTERN = "windows-1252"  # what most western files that are not UTF-8 are in; Latin-1 differs in quotes and dashes


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
        if head.count(0) > 0.01 * len(head) + 1:
            raise _not_text(name)
    for magic, sentence in _DOCUMENTS.items():
        if head.startswith(magic):
            raise DataError(f"{name} is {sentence}")
    control = sum(head.count(byte) for byte in range(32) if byte not in (0, 9, 10, 12, 13, 27))
    if control > 0.05 * len(head):
        raise _not_text(name)
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)  # a character cut at the end is no error
    except UnicodeDecodeError:
        return fallback_encoding(head)
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


def western_note(encoding: str) -> str:
    """A sentence for a file that was taken as Western because it is not UTF-8: it may be in any other old encoding."""
    if encoding not in (WESTERN, "latin-1"):
        return ""
    return (
        f"The file is not UTF-8, so it was taken as {encoding}, the usual one for Western languages. If letters look "
        "wrong, choose its encoding: gb18030 (Chinese), shift_jis (Japanese), euc_kr (Korean), windows-1251 (Russian)."
    )


def fallback_encoding(data: bytes) -> str:
    """For bytes that are not UTF-8: Windows-1252, or Latin-1, which fits everything, where that has no letter."""
    try:
        data.decode(WESTERN)
    except UnicodeDecodeError:
        return "latin-1"
    return WESTERN


def _not_text(name: str) -> DataError:
    return DataError(
        f"{name} is a binary file, not text or a table. Bring TXT, CSV, TSV, JSONL or Parquet, plain, gzipped or in a zip."
    )
