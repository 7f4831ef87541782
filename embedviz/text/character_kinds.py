"""Kinds of characters that split words, found by asking the tokenizers, for a kernel that reads bytes.

A text is split by its kinds alone when every character of it means the same wherever it stands. A character that does not
(an accent written apart, one that nobody sees, a capital sigma) is CONTEXTUAL: a text with one is left to the tokenizer.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from embedviz.text.tokenizers import tokenizer

BETWEEN, SPACE, LETTER, INSIDE, SIGN, LEFT_OUT, CONTEXTUAL = range(7)
# between words; white space; of a word; of a word between two letters; a word of its own; as if it were not there
N_ASCII, N_CHARACTERS = 128, 1 << 16
TOKENIZERS = ("words", "basic_english", "whitespace")  # whose words follow from kinds of characters
_JAMO = range(0x1100, 0x1200)  # that become a syllable with the ones before them
_CONTEXTUAL = {"words": "Σ", "basic_english": "Σ<", "whitespace": "Σ"}
# the lower case of a sigma depends on its place in the word; basic_english takes <br /> for a blank


@dataclass(frozen=True, eq=False)
class CharacterKinds:
    """Kinds of the first N characters of Unicode.

    Parameters
    ----------
    kinds : (N,) uint8 array
        Kind of each character by its code point; those beyond are CONTEXTUAL.
    written : (N,) uint16 array
        The code point by which each stands in a word: lower-case, straight apostrophes.
    """

    kinds: np.ndarray
    written: np.ndarray


@lru_cache(maxsize=8)
def character_kinds(name: str, lowercase: bool, n: int) -> CharacterKinds:
    """Return the kinds of the first n characters for one of TOKENIZERS; 0.3 s for all N_CHARACTERS."""
    split = tokenizer(name, lowercase)
    kinds, written = np.full(n, CONTEXTUAL, np.uint8), np.zeros(n, np.uint16)
    for code in range(n):
        if not 0xD800 <= code < 0xE000 and chr(code) not in _CONTEXTUAL[name]:  # no halves of characters
            kinds[code], written[code] = _kind(chr(code), split)
    return CharacterKinds(kinds, written)


def _kind(character: str, split: Callable[[str], list[str]]) -> tuple[int, int]:
    """The kind of a character and how it is written."""
    if ord(character) in _JAMO or unicodedata.category(character).startswith("M"):
        return CONTEXTUAL, 0
    between = split(f"a{character}a")
    if between == ["a", "a"]:
        return SPACE if character.isspace() else BETWEEN, 0
    if between == ["aa"] and character.isascii():
        return LEFT_OUT, 0
    alone = split(character)
    if not alone and between == ["a'a"]:
        return INSIDE, ord("'")
    if len(alone) != 1 or len(alone[0]) != 1 or ord(alone[0]) >= N_CHARACTERS:
        return CONTEXTUAL, 0
    if between == [f"a{alone[0]}a"]:
        return LETTER, ord(alone[0])
    is_sign = between == ["a", alone[0], "a"] and split(f"\u6625{character}") == ["\u6625", alone[0]]
    return (SIGN, ord(alone[0])) if is_sign else (CONTEXTUAL, 0)
