"""JSON in one piece, and lines of Python dictionaries: rewritten as objects, row by row.

A document is a list of objects, an object that holds such a list, or columns: {"age": [31, 27]} or, as pandas writes
them, {"age": {"0": 31, "1": 27}}. Nothing is evaluated: a dictionary's line is rewritten to JSON string by string.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

from embedviz.core.errors import DataError

MAX_CHARACTERS = 200_000_000  # of a document, which is in memory as a whole
_LIST = re.compile(r"\s*\[\s*(?:\{|\n)")
_OBJECT = re.compile(r"\s*\{\s*(?:\n|\"(?:[^\"\\\n]|\\.)*\"\s*:\s*[\[{])")
_PYTHON_LINE = re.compile(r"\s*\{\s*u?'(?:[^'\\\n]|\\.)*'\s*:")
_TOKEN = re.compile(r"""(?P<text>[uU]?(?:'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"))|\b(?P<word>True|False|None|nan)\b""")
_ESCAPED = re.compile(r"\\(?:([\\'\"abfnrtv])|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))")
_WORDS = {"True": "true", "False": "false", "None": "null", "nan": "null"}
_SIGNS = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "a": "\a", "v": "\v"}


def looks_like_document(text: str) -> bool:
    """Return True when the text begins as one JSON document of many rows does, not as an object on each line."""
    if _LIST.match(text):
        return True
    first, _, rest = text.lstrip().partition("\n")
    return _OBJECT.match(text) is not None and (not rest.strip() or not first.rstrip().endswith("}"))


def looks_like_python(text: str) -> bool:
    """Return True when the first line is a Python dictionary."""
    return _PYTHON_LINE.match(text) is not None


def lines_of_document(text: str, name: str) -> str:
    """Return a JSON document as JSON lines, an object a line.

    Raises
    ------
    DataError
        If it is damaged, too large, or holds no rows.
    """
    if len(text) > MAX_CHARACTERS:
        raise DataError(f"{name} is JSON in one piece of more than 200 MB. Save it as JSONL, one object a line.")
    try:
        value = json.loads(text)
    except RecursionError:
        raise DataError(f"{name} is JSON that is nested too deeply to be a table. {_ADVICE}") from None
    except ValueError as error:
        where = f"line {error.lineno:,}" if isinstance(error, json.JSONDecodeError) else "somewhere"
        raise DataError(f"{name}, {where}: this is not valid JSON. Was it saved, and uploaded to the end?") from None
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in _rows(value, name))


_ADVICE = 'A table is a list of objects, [{"text": "…"}, …], or JSONL, one object a line.'


def _rows(value: Any, name: str) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, list):
        rows = [row for row in cast("list[Any]", value) if isinstance(row, dict)]
        if len(rows) < len(cast("list[Any]", value)) or not rows:
            raise DataError(f"{name} holds a JSON list of other things than objects. {_ADVICE}")
        yield from rows
        return
    if not isinstance(value, dict) or not value:
        raise DataError(f"{name} holds no rows. {_ADVICE}")
    fields = cast("dict[str, Any]", value)
    columns = list(fields.values())
    lists = [key for key, column in fields.items() if isinstance(column, list)]
    if len(lists) == len(fields) and len({len(column) for column in columns}) == 1:
        for cells in zip(*columns, strict=True):
            yield dict(zip(fields, cells, strict=True))
    elif all(isinstance(column, dict) for column in columns):
        places = dict.fromkeys(place for column in columns for place in column)
        for place in places:
            yield {key: column.get(place) for key, column in fields.items()}
    elif len(lists) == 1 and all(isinstance(row, dict) for row in fields[lists[0]]):
        yield from _rows(fields[lists[0]], name)  # {"count": 2, "results": [{…}, {…}]}
    else:
        raise DataError(f"{name} is JSON, and its rows were not found. {_ADVICE}")


def lines_of_python(text: str) -> str:
    """Return lines of Python dictionaries with their strings and constants as JSON writes them."""
    return _TOKEN.sub(_as_json, text)


def _as_json(found: re.Match[str]) -> str:
    if found["word"]:
        return _WORDS[found["word"]]
    inside = found["text"].lstrip("uU")[1:-1]
    return json.dumps(_ESCAPED.sub(_unescaped, inside), ensure_ascii=False)


def _unescaped(found: re.Match[str]) -> str:
    sign, *codes = found.groups()
    if sign:
        return _SIGNS.get(sign, sign)
    number = int(next(code for code in codes if code), 16)
    return chr(number) if number <= 0x10FFFF else "\ufffd"
