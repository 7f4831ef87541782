"""Text to words. Scripts that put no spaces between words are taken a character at a time, and that is said."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator

from embedviz.core.errors import SettingsError
from embedviz.data.scripts import UNSPACED, UNSPACED_CHARACTER

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
_ASCII_WORD = re.compile(r"[A-Za-z0-9]+(?:'[A-Za-z0-9]+)*")
_WORD = re.compile(f"(?:{_LETTER}[{_MARKS}{_JOINERS}]*)+(?:'(?:{_LETTER}[{_MARKS}]*)+)*")
_SIMPLE_WORD = re.compile(f"{_LETTER}+(?:'{_LETTER}+)*")
_MARK = re.compile(f"[{_MARKS}{_JOINERS}]")
_SPACED_LETTER = f"(?![{UNSPACED}]){_LETTER}"
# The pattern of a word in any script, apostrophes inside kept.
ANY_WORD = (
    f"[{UNSPACED}](?:[{_SIGNS}]|{_STACKED})*"
    f"|(?:{_SPACED_LETTER}[{_MARKS}{_JOINERS}]*)+(?:'(?:{_SPACED_LETTER}[{_MARKS}]*)+)*"
)
_MIXED_WORD = re.compile(ANY_WORD)
PIECE = (
    1 << 20
)  # characters: longer texts are split into words piece by piece, so that a one-line corpus fits in memory


def words(text: str) -> list[str]:
    """Runs of letters and digits of any script, apostrophes inside kept: "Don't, god’s 12" -> Don't, god's, 12.

    Underscores and hyphens separate. A character at a time where a script has no spaces: 春眠 -> 春, 眠. Composed and
    decomposed accents give the same word (NFC), and so do straight and curly apostrophes.
    """
    if text.isascii():
        return _ASCII_WORD.findall(text)
    text = unicodedata.normalize("NFC", text.replace("’", "'").replace("ʼ", "'"))
    if UNSPACED_CHARACTER.search(text):
        return _MIXED_WORD.findall(text)
    return (_WORD if _MARK.search(text) else _SIMPLE_WORD).findall(text)


def basic_english(text: str) -> list[str]:
    """torchtext's basic_english: lower case, punctuation as words of its own."""
    return _basic_english()(text)


def whitespace(text: str) -> list[str]:
    """What white space separates, punctuation and all: for text that is tokenised already."""
    return text.split()


TOKENIZERS: dict[str, Callable[[str], list[str]]] = {
    "words": words,
    "basic_english": basic_english,
    "whitespace": whitespace,
}


def tokenizer(name: str, lowercase: bool) -> Callable[[str], list[str]]:
    """The function from a text to its words, lower-casing first when asked to. SettingsError for an unknown name."""
    if name not in TOKENIZERS:
        raise SettingsError(f"There is no tokenizer {name!r}. There are: {', '.join(TOKENIZERS)}.")
    function = _basic_english() if name == "basic_english" else TOKENIZERS[name]
    return (lambda text: function(text.lower())) if lowercase else function


def pieces(text: str, size: int = PIECE) -> Iterator[str]:
    """The text in pieces of about `size` characters, cut at white space where there is some."""
    start = 0
    while len(text) - start > size:
        end = text.rfind(" ", start, start + size) + 1 or text.rfind("\n", start, start + size) + 1 or start + size
        yield text[start:end]
        start = end
    yield text[start:]


def _basic_english() -> Callable[[str], list[str]]:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torchtext 0.6.0 uses calls that newer torch announces the end of
        from torchtext.data.utils import get_tokenizer
    return get_tokenizer("basic_english")
