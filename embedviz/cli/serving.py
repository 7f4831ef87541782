"""The command serve."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from embedviz.cli.app import app
from embedviz.cli.completing import complete_run_or_file
from embedviz.cli.flags import with_settings
from embedviz.cli.options import Space
from embedviz.cli.printing import add_result, print_note
from embedviz.serve.limits import Limits


def serve(
    target: Annotated[
        str,
        typer.Argument(
            metavar="RUN",
            help="A run's folder, id or name; or a file of vectors.",
            autocompletion=complete_run_or_file,
        ),
    ],
    settings: dict[str, Any],
    host: Annotated[str, typer.Option(help="The address to listen at. 0.0.0.0 lets other machines in.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65_535, help="0 takes a free one.")] = 8600,
    space: Space = None,
    token: Annotated[
        str,
        typer.Option(
            envvar="EMBEDVIZ_SERVE_TOKEN", help="Bearer token that requests have to send.", show_default=False
        ),
    ] = "",
    allow_origin: Annotated[
        list[str] | None,
        typer.Option(help="An origin whose pages may ask, such as https://example.org; can be given several times."),
    ] = None,
) -> None:
    """Serve a run or a file of vectors as JSON over HTTP: predictions, recommendations, neighbours; /docs lists them."""
    from embedviz.serve.server import serve as run_server
    from embedviz.serve.service import open_service

    service = open_service(target, space)

    def started(address: str) -> None:
        add_result("address", address)
        print_note(f"Serving {service.name!r} at {address}; how to ask: {address}/docs. Ctrl-C ends it.")

    run_server(
        service, host, port, limits=Limits.of(**settings), token=token, origins=allow_origin or (), on_start=started
    )


app.command(epilog="Example: embedviz serve run --port 8600 --max-rows 100")(with_settings(serve, {"Limits": Limits}))
