"""The command line's root, to which every module of commands adds its own."""

from __future__ import annotations

import typer

app = typer.Typer(add_completion=False, help="Train embeddings and look at what they learned.")
