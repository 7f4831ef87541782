"""What the server answers beside the pages: health, the map's script, and a map's points, colours and labels as bytes."""

from __future__ import annotations

import gzip
import hashlib
import secrets
from collections.abc import Callable

from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from components.map_columns import colour_codes, size_codes
from components.map_view import MAP_FILES
from embedviz.core.errors import EmbedvizError
from embedviz.projection.history_job import History
from embedviz.projection.map_folder import Map
from embedviz.projection.packing import pack_points
from embedviz.space import EmbeddingSpace
from embedviz.store.home import is_shared
from embedviz.store.maps import open_map
from embedviz.store.open_spaces import open_finished_map, open_space
from embedviz.store.store import Store

COOKIE = "embedviz_owner"
MOST_LABELS = 20_000
_TYPES = {".js": "text/javascript", ".css": "text/css"}


def routes(base: str) -> list[Route]:
    """The routes under the server's base path."""
    prefix = f"/{base}/embedviz" if base else "/embedviz"
    return [
        Route(f"{prefix}/health", lambda request: PlainTextResponse("ok")),
        Route(f"{prefix}/static/{{name}}", _static),
        Route(f"{prefix}/maps/{{run}}/{{map}}/points", _found(_points)),
        Route(f"{prefix}/maps/{{run}}/{{map}}/colours/{{column}}", _found(_colours)),
        Route(f"{prefix}/maps/{{run}}/{{map}}/sizes/{{column}}", _found(_sizes)),
        Route(f"{prefix}/maps/{{run}}/{{map}}/frames", _found(_frames)),
        Route(f"{prefix}/maps/{{run}}/{{map}}/forming", _forming),
        Route(f"{prefix}/maps/{{run}}/{{map}}/labels", _found(_labels)),
    ]


def _static(request: Request) -> Response:
    files = {path.name: path for path in MAP_FILES.iterdir() if path.suffix in _TYPES}
    path = files.get(request.path_params["name"])
    if path is None:
        return PlainTextResponse("There is no such file.", 404)
    data = path.read_bytes()
    # asked about at every visit, so that a new release shows at once, but sent only when it changed
    headers = {"Cache-Control": "no-cache", "ETag": f'"{hashlib.sha256(data).hexdigest()[:32]}"'}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response(data, media_type=_TYPES[path.suffix], headers=headers)


def _found(answer: Callable[[Request, Map, EmbeddingSpace], Response]) -> Callable[[Request], Response]:
    """Opens what the address names; who has a run's unguessable id may look."""

    def handler(request: Request) -> Response:
        try:
            run = Store().run(request.path_params["run"])
            found = open_finished_map(run, request.path_params["map"])
            return answer(request, found, open_space(run, found.space_name))
        except (EmbedvizError, FileNotFoundError):
            return PlainTextResponse("This map is not here any more.", 404)

    return handler


def _points(request: Request, found: Map, space: EmbeddingSpace) -> Response:
    return _packed(request, pack_points(found.coords[:, :2]))


def _frames(request: Request, found: Map, space: EmbeddingSpace) -> Response:
    return _packed(request, b"".join(pack_points(frame) for frame in History(found.folder).frames))


def _forming(request: Request) -> Response:
    """The points of a map on their way; 204 when they are where they were at ?after=, or have arrived."""
    try:
        found = open_map(Store().run(request.path_params["run"]), request.path_params["map"]).forming()
    except EmbedvizError:
        return PlainTextResponse("This map is not here any more.", 404)
    if found is None or str(found[1]) == request.query_params.get("after"):
        return Response(status_code=204, headers={"Cache-Control": "no-store"})
    headers = {"Cache-Control": "no-store", "X-Moment": str(found[1])}
    return Response(found[0], media_type="application/octet-stream", headers=headers)


def _colours(request: Request, found: Map, space: EmbeddingSpace) -> Response:
    colours = colour_codes(found, space, request.path_params["column"])
    if colours is None:
        return PlainTextResponse("This colour is not there yet.", 404)
    return _packed(request, colours.codes.tobytes())


def _sizes(request: Request, found: Map, space: EmbeddingSpace) -> Response:
    return _packed(request, size_codes(found, space, request.path_params["column"]).tobytes())


def _labels(request: Request, found: Map, space: EmbeddingSpace) -> Response:
    try:
        if "ids" in request.query_params:
            wanted = [int(text) for text in request.query_params["ids"].split(",")[:MOST_LABELS]]
        else:
            first, end = int(request.query_params["from"]), int(request.query_params["to"])
            wanted = list(range(max(0, first), min(end, first + MOST_LABELS, len(found.points))))
        labels = [space.labels[found.points[i]] for i in wanted]
    except (KeyError, ValueError, IndexError):
        return PlainTextResponse("Ask for ?from=0&to=2000 or ?ids=3,17.", 400)
    return JSONResponse(labels, headers={"Cache-Control": "private, max-age=3600"})


def _packed(request: Request, data: bytes) -> Response:
    headers = {"Cache-Control": "private, max-age=3600"}
    if "gzip" in request.headers.get("accept-encoding", "") and len(data) > 100_000:
        data, headers["Content-Encoding"] = gzip.compress(data, 1), "gzip"
    return Response(data, media_type="application/octet-stream", headers=headers)


def owner_cookie() -> list[Middleware]:
    """On a shared server every visitor gets a secret that makes their runs theirs; at home there is one owner."""
    return [Middleware(_OwnerCookie)] if is_shared() else []


class _OwnerCookie:
    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or COOKIE in Request(scope).cookies:
            return await self.app(scope, receive, send)
        value = secrets.token_hex(16)

        async def with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                secure = "; Secure" if scope.get("scheme") == "https" else ""
                cookie = f"{COOKIE}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=2592000{secure}"
                message["headers"] = [*message["headers"], (b"set-cookie", cookie.encode())]
            await send(message)

        return await self.app(scope, receive, with_cookie)
