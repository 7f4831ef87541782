"""Text to words for sentiment, each with its place: what tells a mood is kept, and words are cut as ready vectors have them.

Punctuation, emoticons and emoji are words of their own, and clitics stand apart as in the Penn Treebank, which GloVe's
texts were cut by: "Don't!" -> do, n't, !
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from embedviz.text.tokenizers import ANY_WORD

_URL = r"(?:https?://|www\.)\S+"
_EMOTICON = r"(?<!\w)(?:[<>]?[:;=][-o*']?[)\](\[dDpP/\\|}{]|[)\](\[][-o*']?[:;=])(?!\w)|<3"
_EMOJI = "[\U0001f1e6-\U0001f1ff]{2}|[^\\w\\s](?:[\ufe0f\u20e3\U0001f3fb-\U0001f3ff]|\u200d[^\\w\\s])+"
_TOKEN = re.compile(rf"{_URL}|{_EMOTICON}|{ANY_WORD}|{_EMOJI}|\.\.+|''|``|\S")
_CLITIC = re.compile(r"(?i)(.+)(n't|'(?:s|re|ve|ll|d|m))")
_STRAIGHT = str.maketrans({"’": "'", "ʼ": "'", "“": '"', "”": '"'})
_SAME = {"''": '"', "``": '"'}


class Word(NamedTuple):
    """text as the vocabulary knows it; the characters start to end of the text it stood in."""

    text: str
    start: int
    end: int


def placed_words(text: str, lowercase: bool = True) -> list[Word]:
    """The words of a text in their order. Places are those of the text as it came."""
    found = []
    for match in _TOKEN.finditer(text.translate(_STRAIGHT)):
        token, start = match.group(), match.start()
        clitic = _CLITIC.fullmatch(token) if "'" in token else None
        if clitic:
            found.append(Word(_written(clitic[1], lowercase), start, start + clitic.end(1)))
            found.append(Word(_written(clitic[2], lowercase), start + clitic.start(2), match.end()))
        else:
            found.append(Word(_written(token, lowercase), start, match.end()))
    return found


def words_of(text: str, lowercase: bool = True) -> list[str]:
    """The words alone."""
    return [word.text for word in placed_words(text, lowercase)]


def _written(token: str, lowercase: bool) -> str:
    """One spelling for what is one word: accents composed, quotation marks alike, dots three."""
    if not token.isascii():
        token = unicodedata.normalize("NFC", token)
    if token.startswith(".."):
        return "..."
    token = _SAME.get(token, token)
    return token.lower() if lowercase else token
