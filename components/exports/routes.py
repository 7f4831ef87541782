"""The route that sends a prepared export, as a file and never held in memory."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from components.owner_cookie import viewer_of
from embedviz.core.errors import EmbedvizError
from embedviz.exports.export_job import FOLDER, Export
from embedviz.exports.formats import HOLDS_DATA
from embedviz.store.store import Store
from embedviz.store.work import find_job

GONE = "This export no longer exists. Prepare it again."


def export_routes() -> list[Route]:
    """Return the routes, below the server's own."""
    return [Route("/exports/{run}/{export}/{name}", _send)]


def _send(request: Request) -> Response:
    """Send the file. Uploaded data is sent to its owner only, other exports to every visitor with the run's address."""
    try:
        viewer = viewer_of(request.cookies)
        run = Store().run(request.path_params["run"], viewer)
        export = find_job(run, Export, FOLDER, request.path_params["export"])
        if export is None or (export.spec.format in HOLDS_DATA and viewer not in (None, run.owner)):
            return PlainTextResponse(GONE, 404)
        return FileResponse(export.file, filename=export.spec.name, headers={"Cache-Control": "private, no-store"})
    except EmbedvizError:
        return PlainTextResponse(GONE, 404)
