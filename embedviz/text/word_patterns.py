"""Regular expressions of words in any script."""

from __future__ import annotations

import re
import unicodedata

from embedviz.data.scripts import UNSPACED

# What belongs to the character before it in these scripts: vowels, tones and signs written around it, kana voicing.
_SIGNS = (
    "\u0e31\u0e33-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb3-\u0ebc\u0ec8-\u0ece\u102b-\u103e\u1056-\u1059\u17b4-\u17d1\u17d3\u17dd"
    "\u3099\u309a\uff9e\uff9f\ufe00-\ufe0f"
)
_STACKED = f"[\u1039\u17d2][{UNSPACED}]"  # Myanmar and Khmer put the next consonant underneath
# Marks that follow a letter in the scripts with spaces (Hindi vowels, Arabic and Hebrew points, accents written apart),
# and the joiners between letters of Persian and Indic words. `\w` holds none of them.
_MARKS = "".join(
    chr(code)
    for code in (*range(0x300, 0x1E00), *range(0x1DC0, 0x1E00), *range(0x20D0, 0x2100), *range(0xA66F, 0xABEE))
    if unicodedata.category(chr(code)).startswith("M")
)
_JOINERS = "\u200c\u200d"
_LETTER = r"[^\W_]"
_SPACED_LETTER = f"(?![{UNSPACED}]){_LETTER}"
ANY_WORD = (  # apostrophes inside are part of the word
    f"[{UNSPACED}](?:[{_SIGNS}]|{_STACKED})*"
    f"|(?:{_SPACED_LETTER}[{_MARKS}{_JOINERS}]*)+(?:'(?:{_SPACED_LETTER}[{_MARKS}]*)+)*"
)
ASCII_WORD = re.compile(r"[A-Za-z0-9]+(?:'[A-Za-z0-9]+)*")
SPACED_WORD = re.compile(f"(?:{_LETTER}[{_MARKS}{_JOINERS}]*)+(?:'(?:{_LETTER}[{_MARKS}]*)+)*")
PLAIN_WORD = re.compile(f"{_LETTER}+(?:'{_LETTER}+)*")  # the same where no mark occurs
MIXED_WORD = re.compile(ANY_WORD)
MARK = re.compile(f"[{_MARKS}{_JOINERS}]")
