"""The server's routes besides the pages."""

from __future__ import annotations

from starlette.responses import PlainTextResponse
from starlette.routing import Route

from components.map.routes import map_routes


def routes(base: str) -> list[Route]:
    """Return the routes under the server's base path."""
    prefix = f"/{base}/embedviz" if base else "/embedviz"
    return [Route(f"{prefix}/health", lambda request: PlainTextResponse("ok")), *map_routes(prefix)]
