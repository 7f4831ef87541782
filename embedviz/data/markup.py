"""HTML in texts: found, and taken out."""

from __future__ import annotations

import html
import re

import numpy as np
import pandas as pd

# names of HTML's elements, so that "a < b", "<3" and a corpus's own marks such as <unk> stay as they are
_BLOCKS = (
    "address|article|aside|blockquote|body|br|center|dd|div|dl|dt|figcaption|figure|footer|form|h[1-6]|head|header|hr|html|"
    "li|main|nav|ol|option|p|pre|section|select|table|tbody|td|tfoot|th|thead|title|tr|ul"
)
_INLINE = (
    "a|abbr|acronym|area|audio|b|big|button|canvas|cite|code|col|del|em|embed|fieldset|font|i|iframe|img|input|ins|kbd|"
    "label|legend|link|map|mark|meta|noscript|object|param|picture|q|samp|script|small|source|span|strike|strong|style|"
    "sub|sup|svg|textarea|time|tt|u|var|video|wbr"
)
_ATTRIBUTES = r"(?:\s[^<>]*)?/?\s*>"
_TAG = rf"</?(?:{_BLOCKS}|{_INLINE}){_ATTRIBUTES}"
_ENTITY = r"&(?:[A-Za-z][A-Za-z0-9]{1,31}|#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6});"
TAG = re.compile(_TAG, re.IGNORECASE)
_MARKUP = re.compile(rf"{_TAG}|{_ENTITY}|<!--", re.IGNORECASE)
_UNSEEN = re.compile(r"<!--.*?-->|<(script|style)\b[^<>]*>.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_BLOCK_TAG = re.compile(rf"[ \t]*</?(?:{_BLOCKS}){_ATTRIBUTES}[ \t]*", re.IGNORECASE)
_BLANKS = re.compile(r"[ \t]{2,}")
_LINE_END = re.compile(r"[ \t]*\n[ \t]*")
_BLANK_LINES = re.compile(r"\n{3,}")


def strip_markup(text: str) -> str:
    """Take HTML out of a text.

    Comments, scripts and styles go; tags of blocks and <br> become line breaks, other tags blanks; entities become their
    characters. A text without markup stays as it is.

    Examples
    --------
    >>> strip_markup("<p>Tom &amp; <b>Jerry</b>.<br /><br />Again!</p>")
    'Tom & Jerry .\\n\\nAgain!'
    """
    if not _MARKUP.search(text):
        return text
    text = TAG.sub(" ", _BLOCK_TAG.sub("\n", _UNSEEN.sub(" ", text)))
    lines = _BLANK_LINES.sub("\n\n", _LINE_END.sub("\n", html.unescape(text)))
    return _BLANKS.sub(" ", lines).strip()


def holds_markup(text: str) -> bool:
    """Return True for a text with a tag, a comment or an entity of HTML."""
    return _MARKUP.search(text) is not None


def strip_column(cells: pd.Series) -> tuple[pd.Series, int]:
    """Take HTML out of every cell of a column of text.

    Returns
    -------
    (Series, int)
        The column (N,), missing where nothing but markup was there, and how many cells held markup.
    """
    could_hold = cells.str.contains(r"[<&]", regex=True).fillna(False).to_numpy(bool)
    rows = np.flatnonzero(could_hold)
    before = cells.iloc[rows]
    marked = [strip_markup(text) if holds_markup(text) else None for text in before]
    changed = [row for row, text in zip(rows.tolist(), marked, strict=True) if text is not None]
    if not changed:
        return cells, 0
    stripped = cells.copy()
    stripped.iloc[changed] = [text or None for text in marked if text is not None]
    return stripped, len(changed)
