"""Command line: the app where no command is given; profile, train, predict, neighbors, analogy, project, evaluate,
evaluate-vectors, experiment, convert, export, push, runs, serve, doctor.
"""

from __future__ import annotations

import sys
import traceback

import typer

from embedviz.cli import doctoring, exporting, opening, run_commands, serving, training, trainings, vectors
from embedviz.cli.app import app
from embedviz.cli.arguments import repeated
from embedviz.cli.bash_completion import unsplit_words
from embedviz.cli.exit_codes import EXECUTED, ExitCode
from embedviz.cli.flags import offer_json
from embedviz.core.errors import EmbedvizError, JobFailedError
from embedviz.core.home import store_trouble

__all__ = [
    "app",
    "doctoring",
    "exporting",
    "main",
    "opening",
    "run_commands",
    "serving",
    "training",
    "trainings",
    "vectors",
]

offer_json(app)


def main() -> None:
    """Run a command, and leave with the code of `ExitCode` unless it is done."""
    try:
        with unsplit_words():
            app(args=repeated(sys.argv[1:]))
    except SystemExit as leave:  # as typer ends every command
        if leave.code:
            raise
    except EmbedvizError as error:
        typer.echo(str(error), err=True)
        failed = isinstance(error, JobFailedError) and error.kind in EXECUTED
        sys.exit(ExitCode.NOT_FINISHED if failed else ExitCode.MISTAKE)
    except Exception as error:
        if sentence := store_trouble(error):
            typer.echo(sentence, err=True)
            sys.exit(ExitCode.MISTAKE)
        traceback.print_exc()
        typer.echo("This is a mistake in embedviz, not in the call.", err=True)
        sys.exit(ExitCode.BUG)
