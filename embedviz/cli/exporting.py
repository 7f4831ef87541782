"""The command that exports a trained model."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from embedviz.cli.app import app
from embedviz.exports.formats import FORMATS


@app.command()
def export(
    run: Annotated[Path, typer.Argument(help="A run's folder.")],
    folder: Annotated[Path, typer.Argument(help="An empty folder, or one that is not there yet.")],
    format: Annotated[
        str,
        typer.Option(
            "--as",
            help=f"One of: {', '.join(FORMATS)}. pytorch: a script of plain PyTorch. onnx: the predictor for onnxruntime.",
        ),
    ] = "pytorch",
) -> None:
    """Write the model of a run for other programs, with examples and the run's answers to compare with."""
    import embedviz
    from embedviz.exports.formats import export_model

    written = export_model(embedviz.open_run(run), folder, format)
    for path in sorted(written.iterdir()):
        typer.echo(str(path))
