"""What commands print: tables to the output, everything beside them to the error stream."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    import pandas as pd

    from embedviz.core.progress import Progress
    from embedviz.training.survey import Survey

MAX_CLASSES = 12  # printed


def print_table(frame: pd.DataFrame) -> None:
    """Print a table with tabs between the columns, to the output."""
    print_composed(frame)
    typer.echo(frame.to_csv(sep="\t", index=False, float_format="%.4f").rstrip())


def print_composed(frame: pd.DataFrame) -> None:
    """Print which words of the question have composed vectors, to the error stream."""
    from embedviz.space.searchable_space import COMPOSED

    if composed := frame.attrs.get(COMPOSED):
        typer.echo(composed, err=True)


def print_progress(progress: Progress) -> None:
    """Print how far the work is over the line before, to the error stream."""
    loss = progress.metrics.get("validation/loss")
    validation = f", validation loss {loss:.3f}" if loss else ""
    typer.echo(f"\r{progress.fraction:4.0%} {progress.message}{validation}".ljust(70), nl=False, err=True)


def print_survey(survey: Survey) -> None:
    """Print what was found in the data to the error stream: the scores are for the output."""
    if survey.classes:
        shares = [f"{name} {rows:,}" for name, rows in survey.classes[:MAX_CLASSES]]
        more = f" and {len(survey.classes) - MAX_CLASSES:,} more" if len(survey.classes) > MAX_CLASSES else ""
        typer.echo(f"Classes: {', '.join(shares)}{more}.", err=True)
    for sentence in (*survey.sentences, *survey.warnings):
        typer.echo(sentence, err=True)
