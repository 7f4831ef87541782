"""The server's routes besides the pages."""

from __future__ import annotations

from functools import cache

from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.routing import BaseRoute, Mount, Route, Router
from starlette.types import Receive, Scope, Send

from components.owner_cookie import may_enter
from components.sign_in import SIGN_IN_FIRST


def routes(base: str) -> list[BaseRoute]:
    """Return the routes under the server's base path."""
    prefix = f"/{base}/embedviz" if base else "/embedviz"
    return [Route(f"{prefix}/health", lambda request: PlainTextResponse("ok")), Mount(prefix, app=_answer)]


async def _answer(scope: Scope, receive: Receive, send: Send) -> None:
    if not may_enter(HTTPConnection(scope).cookies):
        return await PlainTextResponse(SIGN_IN_FIRST, 401)(scope, receive, send)
    await app_router()(scope, receive, send)


@cache
def app_router() -> Router:
    """Return the routes of the map, of exports and of the figures, imported when they are first asked for: the server answers a second sooner."""
    from components.exports.routes import export_routes
    from components.map.routes import map_routes
    from components.metrics_route import metrics_routes

    return Router([*map_routes(), *export_routes(), *metrics_routes()])
