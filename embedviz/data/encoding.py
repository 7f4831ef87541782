"""Bytes to text. Detects a byte order mark, UTF-8, and UTF-16 by zero bytes; else the encoding whose letters come out."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field, replace

from embedviz.core.errors import DataError
from embedviz.core.plurals import counted
from embedviz.data.charsets import find_charset
from embedviz.data.foreign import SUPPORTED

HEAD_BYTES = 1 << 16  # looked at to tell text from binary data
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROL = bytes(byte for byte in range(32) if byte not in (9, 10, 11, 12, 13, 27))
_ASCII, _HIGH = bytes(range(128)), bytes(range(128, 256))
_WINDOWS_ONLY = bytes(range(0x80, 0xA0))  # letters and quotation marks in Windows-1252, control codes in Latin-1
MAX_CONTROL_SHARE = 0.02  # of bytes in a text
# the characters that any text in UTF-16 has many of: line end, space, and the marks of Chinese and Japanese
_CONTROLS = re.compile("[\x80-\x9f]")
_WINDOWS_SIGNS = {code: bytes([code]).decode("cp1252", "ignore") for code in range(0x80, 0xA0)}
_COMMON = ("\n", " ", "\u3000", "\u3001", "\u3002", "\uff0c")


@dataclass(frozen=True)
class Decoded:
    """A decoded text.

    encoding: Python's name of it. warnings: sentences about bytes that did not fit. second: another encoding that fits
    about as well.
    """

    text: str
    encoding: str
    warnings: list[str] = field(default_factory=list)
    second: str = ""


def decode(data: bytes | bytearray, name: str, encoding: str | None = None, cut: bool = False) -> Decoded:
    """Decode bytes.

    Parameters
    ----------
    name : str
        The file's name, for messages.
    encoding : str, optional
        The encoding, where it is known; by default it is guessed.
    cut : bool
        The bytes may end in the middle of a character.

    Raises
    ------
    DataError
        With line and byte, if the given encoding does not fit; or if the file is no text.
    """
    if encoding is not None:
        return _without_zeros(_strict(data, name, encoding, cut), encoding, name)
    head = bytes(data[:HEAD_BYTES])
    for mark, marked in _MARKS:
        if head.startswith(mark):
            return _without_zeros(_strict(data, name, marked, cut), marked, name)
    if wide := _utf16(head):
        return _without_zeros(_strict(data, name, wide, cut), wide, name)
    if looks_binary(head):
        raise _not_text(name)
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(data, not cut)
    except UnicodeDecodeError as error:
        found = _damaged_utf8(data, name, error) or _other_charset(data)
        return replace(_without_zeros(found.text, found.encoding, name, found.warnings), second=found.second)
    return _without_zeros(text, "utf-8", name)


def looks_binary(head: bytes) -> bool:
    """Return True when the beginning of a file that is not UTF-16 holds control bytes that text does not."""
    return _share(head, _CONTROL) > MAX_CONTROL_SHARE


def restored(text: str) -> str:
    """Return a text with the signs of Windows-1252 that somebody took for Latin-1's control codes."""
    return text.translate(_WINDOWS_SIGNS)


def _strict(data: bytes | bytearray, name: str, encoding: str, cut: bool) -> str:
    try:
        "".encode(encoding)  # a LookupError also for what Python calls a codec but is none of text, such as zlib
        text = codecs.getincrementaldecoder(encoding)().decode(data, not cut)
    except LookupError:
        raise DataError(f"There is no encoding called {encoding!r}. Common ones: utf-8, utf-16, latin-1.") from None
    except UnicodeError as error:
        # its line counts bytes 10, which is what line ends hold in every encoding here
        start = getattr(error, "start", 0)
        line = data[:start].count(b"\n") + 1
        raise DataError(
            f"{name}, line {line:,}: byte {start + 1:,} is not valid {encoding}. "
            f"Choose another encoding, such as latin-1, or save the file as UTF-8."
        ) from None
    return text.removeprefix("\ufeff")


def _damaged_utf8(data: bytes | bytearray, name: str, error: UnicodeDecodeError) -> Decoded | None:
    """UTF-8 with a few broken bytes, when far more of its characters above ASCII are whole than broken."""
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    whole = len(text) - broken - len(data.translate(None, _HIGH))
    if whole < 4 * broken:
        return None
    line = data[: error.start].count(b"\n") + 1
    number = "1 character is" if broken == 1 else f"{broken:,} characters are"
    warning = f"{number} damaged and shown as \ufffd; the first is on line {line:,}."
    return Decoded(text.removeprefix("\ufeff"), "utf-8", [warning])


def _other_charset(data: bytes | bytearray) -> Decoded:
    """Text in the encoding whose letters come out; Latin-1 where Windows-1252 would say the same."""
    encoding, second = find_charset(data)
    if encoding == "cp1252" and _share(data, _WINDOWS_ONLY) == 0:
        encoding = "latin-1"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:  # the lines that were judged are in it, and others are not
        encoding, second = "latin-1", encoding
        text = data.decode(encoding)
    warnings: list[str] = []
    if second:
        here, there = _differing_words(bytes(data[: HEAD_BYTES * 4]), encoding, second)
        shown = f": “{there}” instead of “{here}”" if there else ""
        warnings.append(
            f"It is not UTF-8. It was read as {encoding}, and may be in {second}{shown}. Choose the encoding if words look "
            f"wrong."
        )
    return Decoded(text, encoding, warnings, second)


def _differing_words(data: bytes, encoding: str, second: str) -> tuple[str, str]:
    """The first word that two encodings read differently, in both; empty where there is none."""
    for word in re.findall(rb"[^\s,;|\"']*[\x80-\xff][^\s,;|\"']*", data):
        try:
            pair = word.decode(encoding)[:30], word.decode(second)[:30]
        except UnicodeDecodeError:
            continue
        if pair[0] != pair[1]:
            return pair
    return "", ""


def _utf16(head: bytes) -> str:
    """UTF-16 without its mark: the byte order in which spaces and line ends are common and no character is zero."""
    if b"\0" not in head:
        return ""
    for encoding in ("utf-16-le", "utf-16-be"):
        try:
            text = codecs.getincrementaldecoder(encoding)().decode(head[: len(head) // 2 * 2])
        except UnicodeDecodeError:
            continue
        common = sum(text.count(character) for character in _COMMON)
        latin = sum("a" <= character <= "z" or "A" <= character <= "Z" for character in text[:10_000])
        controls = sum(character < " " and character not in "\t\n\r\f\x0b" for character in text)
        likely = common >= 0.005 * len(text) or latin >= 0.5 * min(len(text), 10_000)
        if text and not controls and likely:
            return encoding
    return ""


def _without_zeros(text: str, encoding: str, name: str, warnings: list[str] | None = None) -> Decoded:
    """Leave out a few stray zero bytes with a warning; many mean that it is no text, or another encoding."""
    noted = list(warnings or [])
    if not text.isascii() and (controls := len(_CONTROLS.findall(text))):
        # no text holds such control codes: they are signs of Windows-1252 that somebody took for Latin-1
        text = restored(text)
        noted.append(
            f"{counted(controls, 'sign', 'signs')} of Windows-1252, such as – and ’, had lost their meaning and were restored."
        )
    zeros = text.count("\0")
    if zeros:
        if zeros > max(1, MAX_CONTROL_SHARE * len(text)):
            line = text[: text.index("\0")].count("\n") + 1
            raise DataError(
                f"{name}, line {line:,}: zero bytes, which text in {encoding} does not hold. "
                f"Is it a binary file, or text in utf-16?"
            )
        text = text.replace("\0", "")
        noted.append(f"{zeros:,} zero {'byte was' if zeros == 1 else 'bytes were'} left out.")
    return Decoded(text, encoding, noted)


def _share(data: bytes | bytearray, wanted: bytes) -> float:
    return (len(data) - len(data.translate(None, wanted))) / max(1, len(data))


def _not_text(name: str) -> DataError:
    return DataError(f"{name} is a binary file, not text or a table. {SUPPORTED}")
