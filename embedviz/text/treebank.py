"""Tokenizer that keeps punctuation, emoticons and emoji as words and splits clitics as the Penn Treebank does.

GloVe's texts were tokenised so: "Don't!" -> do, n't, !
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

import numpy as np

from embedviz.text.unseen import as_seen_with_places
from embedviz.text.word_patterns import ANY_WORD

_URL = r"(?:https?://|www\.)\S+"
_EMOTICON = r"(?<!\w)(?:[<>]?[:;=][-o*']?[)\](\[dDpP/\\|}{]|[)\](\[][-o*']?[:;=])(?!\w)|<3"
_EMOJI = "[\U0001f1e6-\U0001f1ff]{2}|[^\\w\\s](?:[\ufe0f\u20e3\U0001f3fb-\U0001f3ff]|\u200d[^\\w\\s])+"
TOKEN = re.compile(rf"{_URL}|{_EMOTICON}|{ANY_WORD}|{_EMOJI}|\.\.+|''|``|\S")
_CLITICS = "n't|'(?:s|re|ve|ll|d|m)"
CLITIC = re.compile(f"(?i)(.+)({_CLITICS})")
CLITIC_ENDING = rf"(?i)(?<=.)(?:{_CLITICS})$"  # of a word alone
_STRAIGHT_QUOTES = str.maketrans({"’": "'", "ʼ": "'", "“": '"', "”": '"'})
_DOUBLE_QUOTES = {"''": '"', "``": '"'}


class Word(NamedTuple):
    """A word and where it stands.

    Parameters
    ----------
    text : str
        The normalised word.
    start, end : int
        Its characters in the original text.
    """

    text: str
    start: int
    end: int


def placed_words(text: str, lowercase: bool = True) -> list[Word]:
    """Return the words of a text with their places in the text as it came."""
    seen, places = as_seen_with_places(text)
    placed: list[Word] = []
    for match in TOKEN.finditer(seen.translate(_STRAIGHT_QUOTES)):
        token, start = match.group(), match.start()
        clitic = CLITIC.fullmatch(token) if "'" in token else None
        if clitic:
            placed.append(Word(_normalise(clitic[1], lowercase), start, start + clitic.end(1)))
            placed.append(Word(_normalise(clitic[2], lowercase), start + clitic.start(2), match.end()))
        else:
            placed.append(Word(_normalise(token, lowercase), start, match.end()))
    return placed if places is None else [_where_it_came(word, places) for word in placed]


def _where_it_came(word: Word, places: np.ndarray) -> Word:
    """The word with its places in the text as it came. places: (L,) of each character of the text without unseen ones."""
    return Word(word.text, int(places[word.start]), int(places[word.end - 1]) + 1)


def words_of(text: str, lowercase: bool = True) -> list[str]:
    """Return the words of a text without their places."""
    return [word.text for word in placed_words(text, lowercase)]


def _normalise(token: str, lowercase: bool) -> str:
    """One spelling for one word: composed accents, one kind of quotation mark, three dots."""
    if not token.isascii():
        token = unicodedata.normalize("NFC", token)
    if token.startswith(".."):
        return "..."
    token = _DOUBLE_QUOTES.get(token, token)
    return token.lower() if lowercase else token
