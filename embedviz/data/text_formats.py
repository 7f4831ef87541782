"""What a decoded text is: JSON lines, lines with labels, a table, or plain text."""

from __future__ import annotations

from typing import NamedTuple

from embedviz.core.errors import DataError
from embedviz.data import fasttext_labels, json_documents, jsonl
from embedviz.data.detection import Given, Reading, alternatives, is_certain, readings
from embedviz.data.reading_options import Options
from embedviz.data.report import Alternative
from embedviz.data.transforms import Transforms

TABLE_ENDINGS = (".csv", ".tsv", ".tab", ".psv")
TEXT_ENDINGS = (".txt", ".text", ".md")


def is_plain_text(head: str, name: str) -> bool:
    """Return True when the beginning of a file is neither JSON nor lines with labels nor a table."""
    text = unix_line_ends(head)
    if may_be_json(text, name) or fasttext_labels.looks_like(text) or not text.strip():
        return False
    return table_reading(text, name, Options.checked(
        encoding=None, delimiter=None, quote=None, escape=None, header=None, decimal=None, missing=(), unit=None,
        transforms=Transforms.of((), None, (), None, False),
    ))[0] is None  # fmt: skip


def may_be_json(text: str, name: str) -> bool:
    """Return True when a text begins as JSON does, or its file is named as JSON lines are."""
    return name.lower().endswith(jsonl.ENDINGS) or text.lstrip()[:1] in ("{", "[")


class JsonLines(NamedTuple):
    """A text as JSON lines, and what was done to make it so."""

    text: str
    notes: list[str]


def json_lines(text: str, name: str) -> JsonLines | None:
    """Return the text as JSON lines, None when it is no JSON."""
    if json_documents.looks_like_document(text):
        return JsonLines(json_documents.lines_of_document(text, name), [])
    if jsonl.looks_like(text) or name.lower().endswith(jsonl.ENDINGS):
        return JsonLines(text, [])
    if json_documents.looks_like_python(text):
        note = "Its lines are Python dictionaries, not JSON; their values were read, nothing was run."
        return JsonLines(json_documents.lines_of_python(text), [note])
    return None


def table_reading(text: str, name: str, options: Options) -> tuple[Reading | None, list[Alternative]]:
    """Return the way to read a text as a table, None when it is plain text, and other ways."""
    ending = name.lower()
    likely = "\t" if ending.endswith((".tsv", ".tab")) else None
    found = readings(text, Given(options.delimiter, options.quote, options.escape, options.header), likely)
    if not found:
        raise DataError(f"{name} holds no rows.")
    best = found[0]
    if not options.is_table and not ending.endswith(TABLE_ENDINGS):
        best = next((each for each in found if is_certain(each, in_prose=ending.endswith(TEXT_ENDINGS))), None)
    return best, [] if best is None else alternatives(best, found, options.header)


def unix_line_ends(text: str) -> str:
    """Return the text with a line feed at the end of each line."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
