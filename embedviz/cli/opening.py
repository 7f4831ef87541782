"""`embedviz` without a command: opens the app."""

from __future__ import annotations

import runpy
import sys
from typing import Annotated

import typer

from embedviz.cli.app import app
from embedviz.core.app_files import app_root
from embedviz.core.errors import EmbedvizError, SettingsError
from embedviz.core.version import VERSION


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(VERSION)
        raise typer.Exit


@app.callback(invoke_without_command=True)
def open_app(
    context: typer.Context,
    port: Annotated[
        int | None, typer.Option(min=0, max=65_535, help="Port of the app; by default 8501 or the next that is free.")
    ] = None,
    host: Annotated[
        str | None, typer.Option(help="Address to listen on; by default 127.0.0.1, which only this machine reaches.")
    ] = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Do not open a browser.")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Train embeddings on your own data and look at what they learned. Without a command: open the app."""
    if context.invoked_subcommand is None:
        _serve_app(port, host, no_browser)
    elif port is not None or host is not None or no_browser:
        raise SettingsError(f"--port, --host and --no-browser open the app; {context.invoked_subcommand} takes none.")


def _serve_app(port: int | None, host: str | None, no_browser: bool) -> None:
    """Run Streamlit in this process, so that Ctrl-C and signals reach it. It never returns."""
    script = app_root() / "app.py"
    if not script.is_file():
        raise EmbedvizError(
            f"The app is not installed: there is no {script}. Install embedviz from its wheel or its checkout."
        )
    options = {
        "--server.port": port,
        "--server.address": host,
        "--server.headless": "true" if no_browser else None,
    }
    sys.argv = [
        "streamlit",
        "run",
        str(script),
        *(f"{name}={value}" for name, value in options.items() if value is not None),
    ]
    runpy.run_module("streamlit", run_name="__main__")
