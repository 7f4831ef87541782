"""What a person looks at on a map, as words of the page's address, and back."""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, unquote

from components.map_selection import Drawn
from components.map_view import read_regions
from embedviz.projection.settings import ProjectionSettings

SELECT = "select"
LOOKS = ("colour", "size", "focus", "history", SELECT)
LONGEST = 4_000  # characters of one word of the address; a longer selection is kept by the session alone
_DIGITS = string.digits + string.ascii_lowercase
_MODES, _KINDS = {"n": "new", "a": "add", "r": "remove"}, {"b": "box", "l": "lasso"}
_LOW, _STEPS = -0.3, 1e6  # corners lie in the unit square, or a little beside it


def words_of_settings(values: Mapping[str, Any]) -> dict[str, str]:
    """The method, and what is set otherwise than by default, each as a text."""
    given = {name: value for name, value in values.items() if value != ProjectionSettings.model_fields[name].default}
    return {"method": str(values.get("method", "umap")), **{name: str(value) for name, value in given.items()}}


def settings_of_words(words: Mapping[str, str]) -> dict[str, Any] | None:
    """The settings that the address names, None when it names no method. SettingsError when they cannot be taken."""
    if "method" not in words:
        return None
    values: dict[str, Any] = {}
    for name, field in ProjectionSettings.model_fields.items():
        if name in words:
            values[name] = words[name] if isinstance(field.default, str) else _number(words[name])
    return {name: value for name, value in ProjectionSettings.of(**values).model_dump().items() if name in values}


def _number(text: str) -> Any:
    """What is no number stays a text, for the settings to complain about."""
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        return text


def word_of_drawn(drawn: Sequence[Drawn]) -> str:
    """Regions with the maps they were drawn on: two letters, 8 digits a corner, what the legend had put out."""
    return ";".join(
        ",".join(
            [
                part.map_id,
                f"{part.region['mode'][0]}{part.region['kind'][0]}",
                "".join(_four(value) for corner in part.region["polygon"] for value in corner),
                *_without(part.region.get("without")),
            ]
        )
        for part in drawn
    )


def _without(without: Mapping[str, Any] | None) -> list[str]:
    return ["-".join(map(str, without["codes"])), quote(without["column"], safe="")] if without else []


def drawn_of_word(word: str) -> list[Drawn]:
    """The regions again; what cannot be read is left out, for anybody may have written the address."""
    drawn = []
    for text in word.split(";"):
        map_id, letters, digits, *rest = [*text.split(","), "", ""][:5] if text.count(",") >= 2 else ["", "", ""]
        values = [_value(digits[at : at + 4]) for at in range(0, len(digits) // 8 * 8, 4)]
        region: dict[str, Any] = {
            "kind": _KINDS.get(letters[1:2]),
            "mode": _MODES.get(letters[:1]),
            "polygon": [list(pair) for pair in zip(values[::2], values[1::2], strict=True)],
        }
        if rest and rest[0]:
            codes = [int(code) for code in rest[0].split("-") if code.isdecimal()]
            region["without"] = {"column": unquote(rest[1]), "codes": codes}
        drawn += [Drawn(map_id, known) for known in read_regions([region])]
    return drawn


def _four(value: float) -> str:
    number = max(0, min(36**4 - 1, round((value - _LOW) * _STEPS)))
    return "".join(_DIGITS[number // 36**place % 36] for place in (3, 2, 1, 0))


def _value(digits: str) -> float | None:
    """None for what are no digits, so that the region is refused."""
    if any(digit not in _DIGITS for digit in digits):
        return None
    return round(int(digits, 36) / _STEPS + _LOW, 6)
