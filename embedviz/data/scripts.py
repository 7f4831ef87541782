"""Scripts without spaces between words, and a note on texts in them."""

from __future__ import annotations

import re

# Han, Hiragana, Katakana, Thai, Lao, Myanmar, Khmer without their digits: no space tells where a word ends.
UNSPACED = (
    "\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\uff66-\uff9d\u0e01-\u0e30\u0e32-\u0e33\u0e40-\u0e46\u0e81-\u0eb0\u0eb2-\u0eb3\u0ebd-\u0ec6\u0edc-\u0edf"
    "\u1000-\u102a\u103f\u1050-\u1055\u1780-\u17b3\u17d7\u17dc\U00020000-\U0003ffff"
)
UNSPACED_CHARACTER = re.compile(f"[{UNSPACED}]")
MIN_SHARE = 0.2  # of the letters, from which a text counts as written in such a script


def script_note(text: str) -> str:
    """Return a sentence for the page when MIN_SHARE of the letters are of a script without spaces; else empty."""
    if text.isascii():
        return ""
    letters = sum(character.isalpha() for character in text)
    unspaced = len(UNSPACED_CHARACTER.findall(text))
    if not letters or unspaced < MIN_SHARE * letters:
        return ""
    return (
        "Much of this text is in a script that puts no spaces between words (Chinese, Japanese, Thai and others). "
        "It is taken one character at a time, so neighbours will be characters, not words."
    )
