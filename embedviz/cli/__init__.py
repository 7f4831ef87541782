"""Command line: the app where no command is given; profile, train, predict, neighbors, analogy, project, evaluate,
evaluate-vectors, experiment, convert, push, export.
"""

from __future__ import annotations

import sys

import typer
from click import ClickException

from embedviz.cli import exporting, opening, training, vectors
from embedviz.cli.app import app
from embedviz.cli.arguments import repeated
from embedviz.core.errors import EmbedvizError

__all__ = ["app", "exporting", "main", "opening", "training", "vectors"]


def main() -> None:
    """Run a command; a person's mistake is one sentence and exit code 1."""
    try:
        app(args=repeated(sys.argv[1:]), standalone_mode=False)
    except EmbedvizError as error:
        typer.echo(str(error), err=True)
        sys.exit(1)
    except typer.Exit as leave:
        sys.exit(leave.exit_code)
    except ClickException as error:  # a wrong call
        typer.echo(error.format_message() or "See --help.", err=True)
        sys.exit(2)
