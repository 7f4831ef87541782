"""Tokenisers as source text of plain Python, for pages that have to split a text as a run did without embedviz.

The source defines ``words_of(text)`` and reads its regular expressions from ``VALUES["tokenizer"]``. It needs the modules re and
unicodedata. `tests/text/test_plain_tokenizers.py` holds it to `embedviz.text.tokenizers`.
"""

from __future__ import annotations

from embedviz.core.typed_json import JsonObject
from embedviz.text.treebank import CLITIC, TOKEN
from embedviz.text.unseen import LIGATURES, UNSEEN
from embedviz.text.word_patterns import MIXED_WORD

MODULES = ("re", "unicodedata")


def tokenizer_source(name: str, lowercase: bool) -> str:
    """Return the source of a tokeniser, by its name in `embedviz.text.tokenizers`."""
    lower = ".lower()" if lowercase else ""
    return _AS_SEEN + _SOURCES[name].replace("$lower", lower)


def tokenizer_values(name: str) -> JsonObject:
    """Return what the source reads, for ``VALUES["tokenizer"]``."""
    values: JsonObject = {"unseen": UNSEEN.pattern, "ligatures": dict(LIGATURES)}
    if name == "words":
        values["word"] = MIXED_WORD.pattern
    if name == "treebank":
        values |= {"token": TOKEN.pattern, "clitic": CLITIC.pattern}
    return values


_AS_SEEN = '''
def as_seen(text):
    """Return a text without characters that nobody sees, such as soft hyphens, and with ligatures as letters."""
    text = re.sub(VALUES["tokenizer"]["unseen"], "", text)
    return "".join(VALUES["tokenizer"]["ligatures"].get(character, character) for character in text)
'''

_SOURCES = {
    "words": '''

def words_of(text):
    """Return the runs of letters and digits of a text; apostrophes inside a word are kept: "Don't, 12" -> Don't, 12."""
    text = as_seen(text$lower).replace("’", "'").replace("ʼ", "'")
    return re.findall(VALUES["tokenizer"]["word"], unicodedata.normalize("NFC", text))
''',
    "whitespace": '''

def words_of(text):
    """Split a text that is tokenised already, at white space."""
    return as_seen(text$lower).split()
''',
    "basic_english": '''

def words_of(text):
    """Split a text as torchtext's basic_english does: lower case, punctuation marks are words or are left out."""
    text = as_seen(text$lower).lower().replace('"', "").replace("<br />", " ")
    for mark in ".,()!?":
        text = text.replace(mark, f" {mark} ")
    return text.replace("'", " '  ").replace(";", " ").replace(":", " ").split()
''',
    "treebank": '''

def words_of(text):
    """Split a text as the Penn Treebank does; punctuation, emoticons and emoji are words: "Don't!" -> Do, n't, !."""
    text = as_seen(text)
    for curly, straight in zip("’ʼ“”", ["'", "'", '"', '"']):
        text = text.replace(curly, straight)
    words = []
    for token in re.findall(VALUES["tokenizer"]["token"], text):
        clitic = re.fullmatch(VALUES["tokenizer"]["clitic"], token) if "'" in token else None
        words += [one_spelling(part) for part in (clitic.groups() if clitic else [token])]
    return words


def one_spelling(word):
    """Return one spelling for one word: composed accents, one kind of quotation mark, three dots."""
    word = unicodedata.normalize("NFC", word)
    word = "..." if word.startswith("..") else word
    word = '"' if word in ("\'\'", "``") else word
    return word$lower
''',
}
