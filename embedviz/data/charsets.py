"""Which encoding a text that is not Unicode is in, told by whose letters come out.

Each candidate is judged by the letters of the languages written in it: a text in the right encoding consists of one
language's letters, with capitals where words begin. Measured against charset-normalizer in `benchmarks/reading.py`.
"""

from __future__ import annotations

import re
from typing import NamedTuple

MAX_BYTES = 20_000  # of the lines with letters beyond ASCII that are judged
MAX_DOUBT = 0.02  # of the score by which a second encoding may be behind to be named
_TYPOGRAPHIC = set("“”„‘’‚–—…•·™©®°µ£€§«»¿¡½¼¾²³×÷±¶†‰¹ºª´\u00a0\u200e\u200f")
_RUSSIAN = "абвгдежзийклмнопрстуфхцчшщъыьэюяё"
# encoding -> the letters beyond ASCII of each language that is written in it; the likelier encodings first
_LETTERS: dict[str, tuple[str, ...]] = {
    "cp1252": (
        "äöüß", "éèêëàâçîïôùûüœæÿ", "áéíóúñü", "ãõáéíóúâêôàç", "àèéìòùíóú", "åäöé", "æøåéö", "éëïóöüèê", "áðéíóúýþæö",
    ),
    "cp1250": ("ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "čćđšž", "ăâîşţșț"),
    "cp1251": (_RUSSIAN, "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя", "абвгдђежзијклљмнњопрстћуфхцчџш", "абвгдежзийклмнопрстуфхцчшщъьюя"),
    "cp1254": ("çğıöşüâîûi̇",),
    "cp1253": ("αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰ",),
    "cp1255": ("אבגדהוזחטיכךלמםנןסעפףצץקרשת",),
    "cp1256": ("ابتثجحخدذرزسشصضطظعغفقكلمنهويىةأإآؤئءپچژگ،؛؟",),
    "cp1257": ("āčēģīķļņšūž", "ąčęėįšųūž", "äöüõšž"),
    "iso8859-2": ("ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áéíóöőúüű", "čćđšž"),
    "koi8-r": (_RUSSIAN,),
    "cp866": (_RUSSIAN,),
    "cp874": ("".join(map(chr, range(0x0E01, 0x0E5C))),),
    "mac_roman": ("äöüß", "éèêëàâçîïôùûüœæÿ", "áéíóúñü"),
}  # fmt: skip
# the commonest letters of the languages that do without Latin ones: about half of any text
_COMMON = {
    **dict.fromkeys(("cp1251", "koi8-r", "cp866"), "оеаинтсрвліу"),
    "cp1253": "αοιετσνηρκπ",
    "cp1255": "יוהלאמרתבנ",
    "cp1256": "اليمونرتبةع",
    "cp874": "านรอกเงวยม่้ดทลสคั",
}
_LATIN = {"cp1252", "cp1250", "cp1254", "cp1257", "iso8859-2", "mac_roman"}
_CHINESE = "的一是不了人我在有他中大上到和你地出也年得就那要下以生自着去之家可小心多天而能好都然日事想看文手十用主行方又如前所本面公同三已老知分外但高意法二理美月明其全工己者向情部正名定女力等最新位因重被走四相次政海口使教再平真世信北少加化由代入先山五太水市西花草鸟春夜雨"
_SIMPLIFIED = "这个来说们为国时会过学对里后没发还当无开见经头动两长样现将进实点声机给几业间问电东关产张师书觉闻处"
_TRADITIONAL = "這個來說們為國時會過學對裡後沒發還當無開見經頭動兩長樣現將進實點聲機給幾業間問電東關產張師書覺聞處"
# the first level of JIS X 0208: the common Kanji, which no other encoding's text turns into, but for quotation marks of
# Windows-1252 that take the letter behind them along
_KANJI = b"".join(
    bytes((first, second))
    for first in range(0x88, 0x99)
    for second in (*range(0x40, 0x7F), *range(0x80, 0xFD))
    if (0x88, 0x9F) <= (first, second) <= (0x98, 0x72)
).decode("shift_jis")
# encoding -> what its text consists of: ranges or common characters
_WIDE: dict[str, re.Pattern[str]] = {
    "shift_jis": re.compile(f"[\u3040-\u30ff\u3001\u3002]|(?<![A-Za-z])[{_KANJI}](?![A-Za-z])"),
    "euc_jp": re.compile("[\u3040-\u30ff\u3001\u3002]"),
    "gb18030": re.compile(f"[{_CHINESE}{_SIMPLIFIED}，。、]"),
    "big5": re.compile(f"[{_CHINESE}{_TRADITIONAL}，。、]"),
    "euc_kr": re.compile("[\uac00-\ud7a3]"),
}
ENCODINGS = ("utf-8", "utf-16", "latin-1", *_LETTERS, *_WIDE)  # offered where the encoding can be chosen
_MISPLACED = re.compile(r"(?!°[CF]\b)[”‚–—…•·™®°£€»½¼¾²³×÷±¶†‰¹´](?=[^\W\d_])")  # a sign that no word begins with
# as sure a sign as a letter: it’s, one – two, 1990–2000, °C, m², µg
_WELL_PLACED = re.compile(
    r"(?<=[^\W\d_])’(?=[^\W\d_])|(?<=\s)[–—](?=\s)|(?<=\d)–(?=\d)|°[CF]\b|(?<=m)[²³](?!\w)|(?<![^\W\d_])µ(?=[A-Za-z])"
)
_WORD = re.compile(r"[^\W\d_]+")


class Charset(NamedTuple):
    """The encoding that fits best, and another that fits about as well and gives another text, or empty."""

    encoding: str
    second: str


def find_charset(data: bytes | bytearray) -> Charset:
    """Find the encoding of a text that is neither ASCII nor Unicode.

    Parameters
    ----------
    data : bytes
        All of the text.

    Examples
    --------
    >>> find_charset("хороший фильм".encode("cp1251")).encoding
    'cp1251'
    """
    sample = _telling_lines(bytes(data))
    scores: dict[str, float] = {}
    texts: dict[str, str] = {}
    for rank, encoding in enumerate((*_LETTERS, *_WIDE)):
        try:
            texts[encoding] = sample.decode(encoding)
        except UnicodeDecodeError:
            continue
        score = _wide(texts[encoding], encoding) if encoding in _WIDE else _narrow(texts[encoding], encoding)
        scores[encoding] = score - 1e-4 * rank
    if not scores:
        return Charset("latin-1", "")
    best = max(scores, key=scores.__getitem__)
    rivals = [e for e in scores if scores[e] > scores[best] - MAX_DOUBT and texts[e] != texts[best]]
    return Charset(best, max(rivals, key=scores.__getitem__, default=""))


def _telling_lines(data: bytes) -> bytes:
    """The first lines that hold bytes beyond ASCII."""
    found = bytearray()
    at = 0
    for beyond in re.finditer(rb"[\x80-\xff]", data):
        if beyond.start() < at:
            continue
        start = max(at, data.rfind(b"\n", 0, beyond.start()) + 1, beyond.start() - 2000)
        end = data.find(b"\n", beyond.start())
        end = len(data) if end < 0 else end + 1
        if end - start > MAX_BYTES:
            start, end = (
                beyond.start(),
                beyond.start() + MAX_BYTES,
            )  # starts with a character, as what precedes is ASCII
        found += data[start:end]
        at = end
        if len(found) > MAX_BYTES:
            break
    return bytes(found)


def _narrow(text: str, encoding: str) -> float:
    """The share of the characters beyond ASCII that are letters of one language, in words of one shape."""
    beyond = [character for character in text if character > "\x7f"]
    if not beyond:
        return 0.0
    lower = [character.lower() for character in beyond]
    neutral = 0.9 * (sum(character in _TYPOGRAPHIC for character in beyond) - len(_MISPLACED.findall(text)))
    neutral += 0.1 * len(_WELL_PLACED.findall(text))
    letters = max(sum(character in alphabet for character in lower) for alphabet in _LETTERS[encoding])
    words = [word for word in _WORD.findall(text) if not word.isascii()]
    shaped = sum(_is_word(word, encoding in _LATIN) for word in words) / len(words) if words else 1.0
    capitals = sum(character != low for character, low in zip(beyond, lower, strict=False)) / len(beyond)
    is_shouted = text.isupper()
    controls = sum("\x80" <= character < "\xa0" for character in beyond)
    common = min(1.0, 2 * sum(character in _COMMON.get(encoding, character) for character in lower) / len(beyond))
    return (
        (letters + neutral)
        / len(beyond)
        * (0.6 + 0.4 * common)
        * (0.3 + 0.7 * shaped)
        * (1 - 0.2 * (capitals > 0.5 and not is_shouted))
        * (0.5 if controls else 1.0)
    )


def _is_word(word: str, is_latin: bool) -> bool:
    """True for a word of one script, with capitals at its beginning or throughout."""
    plain = sum(character.isascii() for character in word)
    one_script = plain >= 0.2 * len(word) or len(word) < 4 if is_latin else plain == 0
    return one_script and (word[1:] == word[1:].lower() or word.isupper())


def _wide(text: str, encoding: str) -> float:
    """The share of the wide characters that are common ones."""
    beyond = sum(character > "\x7f" for character in text)
    common = len(_WIDE[encoding].findall(text))
    return (
        min(1.0, 1.8 * common / max(1, beyond))
        if encoding in ("gb18030", "big5")
        else min(1.0, 1.4 * common / max(1, beyond))
    )
