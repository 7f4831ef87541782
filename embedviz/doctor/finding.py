"""One thing that was looked at, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "warning", "problem"]


@dataclass(frozen=True)
class Finding:
    """What was found.

    Attributes
    ----------
    level : {"ok", "warning", "problem"}
        Whether it works, works with a risk, or does not work.
    about : str
        What was looked at, in a word: "store".
    sentence : str
        What was found.
    remedy : str
        What to do; empty where nothing has to be done.
    """

    level: Level
    about: str
    sentence: str
    remedy: str = ""
