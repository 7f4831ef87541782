"""Tokenizers: functions from a text to its words. Scripts without spaces are split into characters."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from functools import partial
from typing import cast

from embedviz.core.errors import SettingsError
from embedviz.data.scripts import UNSPACED_CHARACTER
from embedviz.text import treebank
from embedviz.text.unseen import as_seen
from embedviz.text.word_patterns import ASCII_WORD, MARK, MIXED_WORD, PLAIN_WORD, SPACED_WORD

PIECE_CHARACTERS = 1 << 20  # longer texts are tokenised piece by piece, so that a one-line corpus fits in memory
TOKENIZERS = ("words", "basic_english", "whitespace", "treebank")


def words(text: str) -> list[str]:
    """Return runs of letters and digits of any script, apostrophes inside kept: "Don't, god’s 12" -> Don't, god's, 12.

    Underscores and hyphens separate. A script without spaces is split into characters: 春眠 -> 春, 眠. Composed and
    decomposed accents give the same word (NFC), and so do straight and curly apostrophes. Characters that nobody sees are
    left out and ligatures are letters (`embedviz.text.unseen`).
    """
    if text.isascii():
        return ASCII_WORD.findall(text)
    text = unicodedata.normalize("NFC", as_seen(text).replace("’", "'").replace("ʼ", "'"))
    if UNSPACED_CHARACTER.search(text):
        return MIXED_WORD.findall(text)
    return (SPACED_WORD if MARK.search(text) else PLAIN_WORD).findall(text)


def tokenizer(name: str, lowercase: bool) -> Callable[[str], list[str]]:
    """Return the function from a text to its words.

    Parameters
    ----------
    name : str
        "words" (letters and digits), "basic_english" (torchtext's: punctuation marks are words), "whitespace" (for text
        that is tokenised already) or "treebank" (punctuation, emoticons and clitics are words).
    lowercase : bool
        Lower-case the words.

    Raises
    ------
    SettingsError
        If there is no such tokenizer.
    """
    if name not in TOKENIZERS:
        raise SettingsError(f"There is no tokenizer {name!r}. There are: {', '.join(TOKENIZERS)}.")
    if name == "treebank":  # it lower-cases the words, not the text
        return partial(treebank.words_of, lowercase=lowercase)
    split: Callable[[str], list[str]] = words
    if name == "basic_english":
        split = _of_seen(_basic_english())
    elif name == "whitespace":
        split = _of_seen(str.split)
    return (lambda text: split(text.lower())) if lowercase else split


def _of_seen(split: Callable[[str], list[str]]) -> Callable[[str], list[str]]:
    """Return the tokenizer for texts as people see them."""
    return lambda text: split(as_seen(text))


def pieces(text: str, size: int = PIECE_CHARACTERS) -> Iterator[str]:
    """Yield the text in pieces of about `size` characters, cut at white space where there is some."""
    start = 0
    while len(text) - start > size:
        end = text.rfind(" ", start, start + size) + 1 or text.rfind("\n", start, start + size) + 1 or start + size
        yield text[start:end]
        start = end
    yield text[start:]


def _basic_english() -> Callable[[str], list[str]]:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torchtext 0.6.0 uses calls that newer torch deprecates
        from torchtext.data.utils import get_tokenizer
    return cast("Callable[[str], list[str]]", get_tokenizer("basic_english"))
