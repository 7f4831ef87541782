"""The command line's root, to which every module of commands adds its own."""

from __future__ import annotations

import typer

from embedviz.cli.exit_codes import EPILOG

app = typer.Typer(help="Train embeddings and look at what they learned.", epilog=EPILOG)
