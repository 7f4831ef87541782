"""The state of a map as words of the page's address, and back."""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from urllib.parse import quote, unquote

from embedviz.map_view.event import read_regions
from embedviz.map_view.exchange import HiddenCategories
from embedviz.map_view.selection import DrawnRegion
from embedviz.projection.settings import ProjectionSettings

SettingValue = str | int | float

_DIGITS = string.digits + string.ascii_lowercase
_MODES, _KINDS = {"n": "new", "a": "add", "r": "remove"}, {"b": "box", "l": "lasso"}
_MIN_COORDINATE, _STEPS = -0.3, 1e6  # corners lie in the unit square, or a little beside it


def encode_settings(values: Mapping[str, SettingValue]) -> dict[str, str]:
    """Return the method and every setting other than its default, each as a text."""
    given = {name: value for name, value in values.items() if value != ProjectionSettings.model_fields[name].default}
    return {"method": str(values.get("method", "umap")), **{name: str(value) for name, value in given.items()}}


def decode_settings(words: Mapping[str, str]) -> dict[str, SettingValue] | None:
    """Return the settings that the words name, None when they name no method.

    Raises
    ------
    SettingsError
        When a value is not allowed.
    """
    if "method" not in words:
        return None
    values: dict[str, SettingValue] = {}
    for name, field in ProjectionSettings.model_fields.items():
        if name in words:
            values[name] = words[name] if isinstance(field.default, str) else _number(words[name])
    return {
        name: value for name, value in ProjectionSettings.from_values(values).model_dump().items() if name in values
    }


def _number(text: str) -> SettingValue:
    """Return the number, or the text where it is none, for the settings to refuse."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def encode_regions(regions: Sequence[DrawnRegion]) -> str:
    """Return the regions as a word: map id, two letters, 8 digits for each corner, hidden categories."""
    return ";".join(
        ",".join(
            [
                drawn.map_id,
                f"{drawn.region['mode'][0]}{drawn.region['kind'][0]}",
                "".join(_encode_coordinate(value) for corner in drawn.region["polygon"] for value in corner),
                *_encode_hidden(drawn.region.get("without")),
            ]
        )
        for drawn in regions
    )


def _encode_hidden(hidden: HiddenCategories | None) -> list[str]:
    return ["-".join(map(str, hidden["codes"])), quote(hidden["column"], safe="")] if hidden else []


def decode_regions(word: str) -> list[DrawnRegion]:
    """Return the regions of a word; what cannot be read is left out, for anybody may have written the address."""
    regions: list[DrawnRegion] = []
    for text in word.split(";"):
        map_id, letters, digits, *rest = [*text.split(","), "", ""][:5] if text.count(",") >= 2 else ["", "", ""]
        values = [_decode_coordinate(digits[at : at + 4]) for at in range(0, len(digits) // 8 * 8, 4)]
        value: dict[str, object] = {
            "kind": _KINDS.get(letters[1:2]),
            "mode": _MODES.get(letters[:1]),
            "polygon": [list(pair) for pair in zip(values[::2], values[1::2], strict=True)],
        }
        if rest and rest[0]:
            codes = [int(code) for code in rest[0].split("-") if code.isdecimal()]
            value["without"] = {"column": unquote(rest[1]), "codes": codes}
        regions += [DrawnRegion(map_id, region) for region in read_regions([value])]
    return regions


def _encode_coordinate(value: float) -> str:
    number = max(0, min(36**4 - 1, round((value - _MIN_COORDINATE) * _STEPS)))
    return "".join(_DIGITS[number // 36**place % 36] for place in (3, 2, 1, 0))


def _decode_coordinate(digits: str) -> float | None:
    """Return None for what are no digits, so that the region is refused."""
    if any(digit not in _DIGITS for digit in digits):
        return None
    return round(int(digits, 36) / _STEPS + _MIN_COORDINATE, 6)
