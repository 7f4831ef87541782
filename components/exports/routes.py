"""The route that sends a prepared export, as a file and never held in memory."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from components.owner_cookie import owner_of
from embedviz.core.errors import EmbedvizError
from embedviz.core.mode import is_shared
from embedviz.exports.export_job import FOLDER, Export
from embedviz.exports.formats import HOLDS_DATA
from embedviz.store.run_folder import RunFolder
from embedviz.store.store import Store

GONE = "This export no longer exists. Prepare it again."


def export_routes() -> list[Route]:
    """Return the routes, below the server's own."""
    return [Route("/exports/{run}/{export}/{name}", _send)]


def _send(request: Request) -> Response:
    """Send the file. Uploaded data is sent to its owner only, other exports to every visitor with the run's address."""
    try:
        run = Store().run(request.path_params["run"])
        folder = run.folder / FOLDER / request.path_params["export"]
        if folder.parent != run.folder / FOLDER or not Export.exists(folder):
            return PlainTextResponse(GONE, 404)
        export = Export(folder)
        if export.spec.format in HOLDS_DATA and not _is_owner(request, run):
            return PlainTextResponse(GONE, 404)
        return FileResponse(export.file, filename=export.spec.name, headers={"Cache-Control": "private, no-store"})
    except EmbedvizError:
        return PlainTextResponse(GONE, 404)


def _is_owner(request: Request, run: RunFolder) -> bool:
    return not is_shared() or owner_of(request.cookies) == run.owner
