"""Characters that nobody sees and that part a word from itself: soft hyphens, zero-width characters, ligatures.

Unicode's compatibility form (NFKC) would do away with them too, but with meanings as well: x² would become x2, ① 1 and
™ TM. So only what is never meant is changed: characters that say where a line may break or which way it runs, and the
ligatures that a typesetter chose. A zero-width joiner or non-joiner stays where it shapes a word (Persian, Hindi) or an
emoji, and a zero-width space where it parts words (Khmer, Thai): they go after Latin, Greek and Cyrillic letters alone.
"""

from __future__ import annotations

import re

import numpy as np

LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
_LETTERS = "A-Za-z0-9\u00c0-\u024f\u0370-\u03ff\u0400-\u052f\u1e00-\u1fff"  # Latin, Greek, Cyrillic
# soft hyphen, word joiner, byte order mark, and marks of direction
_NEVER_MEANT = "\u00ad\u2060\ufeff\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069"
UNSEEN = re.compile(f"[{_NEVER_MEANT}]+|(?<=[{_LETTERS}])[\u200b-\u200d]+|(?:^|(?<=[\\x00-\\x7f]))\u200b+")
_CHANGED = re.compile(f"{UNSEEN.pattern}|[{''.join(LIGATURES)}]")


def as_seen(text: str) -> str:
    """Return a text without characters that nobody sees, and with ligatures as letters.

    Examples
    --------
    >>> as_seen("con\\u00adtext, ﬁlm, x²")
    'context, film, x²'
    """
    if text.isascii() or not _CHANGED.search(text):
        return text
    return _CHANGED.sub(_replacement, text)


def as_seen_with_places(text: str) -> tuple[str, np.ndarray | None]:
    """Return the text of `as_seen`, and for each of its characters its place in the text as it came.

    Returns
    -------
    (str, (L,) int64 array or None)
        None where nothing was changed, so that every character is where it was.
    """
    if text.isascii() or not _CHANGED.search(text):
        return text, None
    parts: list[str] = []
    places: list[np.ndarray] = []
    end = 0
    for found in _CHANGED.finditer(text):
        letters = _replacement(found)
        parts += [text[end : found.start()], letters]
        places += [np.arange(end, found.start()), np.full(len(letters), found.start())]
        end = found.end()
    parts.append(text[end:])
    places.append(np.arange(end, len(text)))
    return "".join(parts), np.concatenate(places)


def _replacement(found: re.Match[str]) -> str:
    return LIGATURES.get(found[0], "")
