"""JSONL: an object a line. Lines that are no object are left out and counted; nested values become their JSON text."""

from __future__ import annotations

import json
from typing import NamedTuple

import pandas as pd

from embedviz.data.report import SHOWN, DroppedRow
from embedviz.errors import DataError


class JsonLines(NamedTuple):
    frame: pd.DataFrame
    dropped: list[DroppedRow]
    dropped_count: int


def looks_like(text: str) -> bool:
    """True when the first line that is not empty is a JSON object."""
    first = text.lstrip().split("\n", 1)[0].strip()
    if not first.startswith("{"):
        return False
    try:
        return isinstance(json.loads(first), dict)
    except (ValueError, RecursionError):
        return False


def read(text: str, name: str) -> JsonLines:
    rows, dropped, count = [], [], 0
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
            problem = "" if isinstance(value, dict) else "not a JSON object"
        except (ValueError, RecursionError):
            problem = "not valid JSON"
        if problem:
            count += 1
            if len(dropped) < SHOWN:
                dropped.append(DroppedRow(number, problem))
        else:
            rows.append({_flat(key): _flat(cell) for key, cell in value.items()})
    if not rows:
        whole = " It looks like one JSON list or object over several lines." if text.lstrip()[:1] in ("[", "{") else ""
        raise DataError(
            f'{name} holds no JSON object on any line.{whole} JSONL has one object a line: {{"text": "…"}}.'
        )
    return JsonLines(pd.DataFrame(rows), dropped, count)


def _flat(cell: object) -> object:
    if isinstance(cell, (dict, list)):
        cell = json.dumps(cell, ensure_ascii=False)
    if isinstance(cell, str):  # half a surrogate pair can be written in JSON, but in no file and on no page
        return cell.encode("utf-8", "replace").decode("utf-8")
    return cell
