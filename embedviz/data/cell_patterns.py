"""Patterns of cells as people write them: numbers, dates, and text that a wrong delimiter would have torn."""

from __future__ import annotations

import re

# Between thousands. The characters themselves: the regular expressions of Arrow, which pandas uses, do not know \u.
THOUSANDS_BLANKS = " \u00a0\u2009\u202f"
UNIT = r"(?:[$€£¥₹%]|USD\b|EUR\b|GBP\b|CHF\b|JPY\b)"
_DIGITS = rf"(?:\d+(?:[.,'’{THOUSANDS_BLANKS}]\d{{3}})*(?:[.,]\d*)?|[.,]\d+)"
_NUMBER = re.compile(rf"\s*\(?[+\-−]?\s*{UNIT}?\s*[+\-−]?{_DIGITS}(?:[eE][+\-−]?\d+)?\s*{UNIT}?[KMBkmb]?\)?\s*")
_DATE = re.compile(
    r"\s*(?:\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|\d{1,2}[- /](?:[A-Za-z]{3,9})[- /,]+\d{2,4}|[A-Za-z]{3,9} \d{1,2},? \d{4})"
    r"(?:[ T]\d{1,2}:\d\d.*)?\s*|\s*\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?(?:\s*[ap]m)?\s*",
    re.IGNORECASE,
)
_MISSING = re.compile(r"\s*(?:|NA|N/A|NaN|NULL|None|\\N|\?|-+|\.+)\s*", re.IGNORECASE)
_TORN = re.compile(
    r"""^\s*["']|["']\s*$|[;,|~^¦](?=\S)|\S(?:::|<>|\|\|)\S|[\t|\x01\x1f]"""
)  # what a cell holds that ends in the wrong place


def is_value(cell: str) -> bool:
    """Return True for a number or a date."""
    return bool(_NUMBER.fullmatch(cell) or _DATE.fullmatch(cell))


def is_number(cell: str) -> bool:
    """Return True for a number, with a currency, a percent sign or brackets too."""
    return bool(_NUMBER.fullmatch(cell))


def is_missing(cell: str) -> bool:
    """Return True for an empty cell or a mark such as NA."""
    return bool(_MISSING.fullmatch(cell))


def is_whole(cell: str) -> bool:
    """Return True for a cell that looks like one: a value, nothing, or text without loose ends."""
    return is_value(cell) or is_missing(cell) or not _TORN.search(cell)
