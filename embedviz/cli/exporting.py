"""Commands that take a run away: its model for other programs, and its vectors to a hub."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from embedviz.cli.app import app
from embedviz.cli.completing import complete_path
from embedviz.cli.options import RunArgument, Space
from embedviz.cli.printing import print_value, print_written
from embedviz.cli.run_argument import run_of
from embedviz.exports.formats import FORMATS, export_run


@app.command(epilog="Example: embedviz export run model.zip --as onnx")
def export(
    run: RunArgument,
    target: Annotated[
        Path, typer.Argument(help="A zip by its ending; else a new folder.", autocompletion=complete_path)
    ],
    format: Annotated[
        str,
        typer.Option(
            "--as",
            help=f"One of: {', '.join(FORMATS)}. pytorch: a script of plain PyTorch. onnx: the predictor for onnxruntime. "
            "again: a script that trains the run again and compares the figures.",
        ),
    ] = "pytorch",
) -> None:
    """Write the model of a run for other programs, with the run's answers to compare with, or the way to make the run again."""
    written = export_run(run_of(run), target, format)
    print_value(str(written), "exported")
    print_written(written)


@app.command(epilog="Example: HF_TOKEN=... embedviz push run name/repository")
def push(
    run: RunArgument,
    repository: Annotated[str, typer.Argument(help="name/repository, made where it is missing.")],
    space: Space = None,
    endpoint: Annotated[
        str | None, typer.Option(help="Another server that speaks the hub's protocol; by default HF_ENDPOINT.")
    ] = None,
    public: Annotated[bool, typer.Option("--public", help="Make a new repository public.")] = False,
) -> None:
    """Upload a run's vectors to huggingface.co with a model card. The token is read from HF_TOKEN, or asked for."""
    from embedviz.exports.hub import kept_token

    opened = run_of(run)
    token = os.environ.get("HF_TOKEN") or None
    if token is None and sys.stdin.isatty() and (endpoint is not None or not kept_token()):
        token = typer.prompt(
            "Token with write access (not shown)", hide_input=True, default="", show_default=False, err=True
        )
    address = opened.push_to_hub(repository, token=token, space=space, endpoint=endpoint, private=not public)
    print_value(address, "address")
