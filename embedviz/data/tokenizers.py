"""Text to words. Scripts that put no spaces between words are taken a character at a time, and that is said."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache

# Han, Hiragana, Katakana, Thai, Lao, Myanmar, Khmer: no space tells where a word ends.
_UNSPACED = (
    "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
    "\U00020000-\U0003ffff"
)
# Thai and Lao "am" and the halfwidth voicing marks are letters to Unicode, but part of the character before them.
_LETTERS_THAT_JOIN = "\u0e33\u0eb3\uff9e\uff9f"
_UNSPACED_CHARACTER = re.compile(f"[{_UNSPACED}]")
_PLAIN_WORD = re.compile(r"\w+(?:['’]\w+)*")
NOTE_SHARE = 0.2


@cache
def _word_of_any_script() -> re.Pattern[str]:
    """Python's \\w leaves out combining marks, and would break Hindi, pointed Hebrew and decomposed é into pieces. So
    marks and the two joiners count as part of a word; a character of an unspaced script is a word with its marks."""
    marks = "".join(chr(i) for i in range(0x10000) if unicodedata.category(chr(i))[0] == "M") + "\u200c\u200d"
    letter = f"(?:(?![{_UNSPACED}])[\\w{marks}])"
    start = f"(?:(?![{_UNSPACED}])\\w)"
    return re.compile(f"(?=\\w)[{_UNSPACED}][{marks}{_LETTERS_THAT_JOIN}]*|{start}{letter}*(?:['’]{letter}+)*")


def words(text: str) -> list[str]:
    """Runs of letters and digits of any script, apostrophes inside kept: "Don't, God's 12" -> Don't, God's, 12."""
    return (_PLAIN_WORD if text.isascii() else _word_of_any_script()).findall(text)


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
    """The function from a text to its words, lower-casing first when asked to."""
    function = _basic_english() if name == "basic_english" else TOKENIZERS[name]
    return (lambda text: function(text.lower())) if lowercase else function


def script_note(text: str) -> str:
    """A sentence for the page when a fifth or more of the text is in a script without spaces; empty otherwise."""
    letters = sum(character.isalpha() for character in text)
    unspaced = len(_UNSPACED_CHARACTER.findall(text))
    if not letters or unspaced < NOTE_SHARE * letters:
        return ""
    return (
        "Much of this text is in a script that puts no spaces between words (Chinese, Japanese, Thai and others). "
        "It is taken one character at a time, so neighbours will be of characters, not of words."
    )


def _basic_english() -> Callable[[str], list[str]]:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torchtext 0.6.0 uses calls that newer torch announces the end of
        from torchtext.data.utils import get_tokenizer
    return get_tokenizer("basic_english")
