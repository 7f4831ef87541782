"""What commands print: results to the output, as text or as one JSON document; everything beside them to the error stream."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from embedviz.cli.exit_codes import ExitCode
from embedviz.core.plain_json import records, to_json

if TYPE_CHECKING:
    import pandas as pd

    from embedviz.core.progress import Progress
    from embedviz.training.survey import Survey

MAX_CLASSES = 12  # printed
Document = dict[str, Any]
_document: ContextVar[Document | None] = ContextVar("document", default=None)


@contextmanager
def json_document() -> Generator[None]:
    """Gather what is printed inside into one JSON document, and print that at the end.

    A command that ends with an exit code of its own, such as a training that was stopped, has its document; one that raises
    an error has none.
    """
    document: Document = {}
    token = _document.set(document)
    try:
        yield
    except typer.Exit:
        _print(to_json(document))
        raise
    finally:
        _document.reset(token)
    _print(to_json(document))


def _print(text: str) -> None:
    """Print to the output; leave without a traceback where its reader has ended, as head does."""
    try:
        typer.echo(text)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # so that the last flush finds a reader
        raise typer.Exit(ExitCode.BROKEN_PIPE) from None


def print_table(frame: pd.DataFrame, name: str = "rows", shown: pd.DataFrame | None = None) -> None:
    """Print a table with tabs between the columns; in the JSON document it is a list of objects under the name.

    shown: what is printed in its place as text, such as fewer columns.
    """
    print_composed(frame)
    document = _document.get()
    if document is None:
        text = frame if shown is None else shown
        _print(text.to_csv(sep="\t", index=False, float_format="%.4f").rstrip())
    else:
        document[name] = records(frame)


def print_values(values: Mapping[str, Any], name: str) -> None:
    """Print names with their values, a line each; in the JSON document they are an object under the name."""
    document = _document.get()
    if document is not None:
        document[name] = dict(values)
        return
    for key, value in values.items():
        _print(f"{key}\t{value:.4f}" if isinstance(value, float) else f"{key}\t{value}")


def print_records(records: Sequence[Document], name: str, lines: Sequence[str]) -> None:
    """Print lines of text; in the JSON document the records that they are about join a list of objects under the name."""
    document = _document.get()
    if document is not None:
        document.setdefault(name, []).extend(records)
        return
    for line in lines:
        _print(line)


def print_value(value: str, name: str) -> None:
    """Print a text; in the JSON document it is a field of the name."""
    document = _document.get()
    if document is None:
        _print(value)
    else:
        document[name] = value


def print_sentence(sentence: str) -> None:
    """Print a sentence that is a result; the JSON document lists it under "sentences"."""
    document = _document.get()
    if document is None:
        _print(sentence)
    else:
        document.setdefault("sentences", []).append(sentence)


def print_note(sentence: str) -> None:
    """Print a remark to the error stream; the JSON document lists it under "notes" as well."""
    typer.echo(sentence, err=True)
    document = _document.get()
    if document is not None:
        document.setdefault("notes", []).append(sentence)


def add_result(name: str, value: Any) -> None:
    """Put into the JSON document what the text does not say, or says on the error stream."""
    document = _document.get()
    if document is not None:
        document[name] = value


def print_written(path: Path) -> None:
    """List a file or folder that was written under "written" in the JSON document."""
    document = _document.get()
    if document is not None:
        document.setdefault("written", []).append(str(path.absolute()))


def print_composed(frame: pd.DataFrame) -> None:
    """Print which words of the question have composed vectors, to the error stream."""
    from embedviz.space.searchable_space import COMPOSED

    if composed := frame.attrs.get(COMPOSED):
        print_note(str(composed))


def print_progress(progress: Progress) -> None:
    """Print how far the work is over the line before, to the error stream."""
    loss = progress.metrics.get("validation/loss")
    validation = f", validation loss {loss:.3f}" if loss else ""
    typer.echo(f"\r{progress.fraction:4.0%} {progress.message}{validation}".ljust(70), nl=False, err=True)


def end_progress() -> None:
    """End the line of progress on the error stream."""
    typer.echo("", err=True)


def print_survey(survey: Survey) -> None:
    """Print what was found in the data to the error stream: the scores are for the output."""
    if survey.classes:
        shares = [f"{name} {rows:,}" for name, rows in survey.classes[:MAX_CLASSES]]
        more = f" and {len(survey.classes) - MAX_CLASSES:,} more" if len(survey.classes) > MAX_CLASSES else ""
        print_note(f"Classes: {', '.join(shares)}{more}.")
    for sentence in (*survey.sentences, *survey.warnings):
        print_note(sentence)
