"""The routes of the map: its modules, and a map's points, colours, sizes and labels as bytes or JSON."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable, Mapping

import numpy as np
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from components.map.filters import decode_filters, passing_points
from components.map.loader import MODULES_PATH
from components.owner_cookie import viewer_of
from embedviz.core.errors import EmbedvizError, SettingsError
from embedviz.map_view.answers import answer_question, pack
from embedviz.map_view.columns import color_codes, size_codes
from embedviz.map_view.exchange import COLOR_CODES, LAYOUT_VERSION_HEADER, PASSING, SIZE_CODES
from embedviz.map_view.modules import modules_json
from embedviz.projection.history_job import History
from embedviz.projection.map_folder import Map
from embedviz.projection.packing import pack_points
from embedviz.space import EmbeddingSpace
from embedviz.store.maps import open_map
from embedviz.store.open_spaces import open_finished_map, open_space
from embedviz.store.store import Store

MIN_COMPRESSED_BYTES = 100_000
PRIVATE = {"Cache-Control": "private, max-age=3600"}
NO_STORE = {"Cache-Control": "no-store"}
GONE = "This map no longer exists."


def map_routes() -> list[Route]:
    """Return the routes, below the server's own."""
    base = "/maps/{run}/{map}"
    return [
        Route(f"/{MODULES_PATH}", _modules),
        Route(f"{base}/points", _on_finished_map(_points)),
        Route(f"{base}/colors/{{column}}", _on_finished_map(_colors)),
        Route(f"{base}/sizes/{{column}}", _on_finished_map(_sizes)),
        Route(f"{base}/passing", _on_finished_map(_passing)),
        Route(f"{base}/point", _on_finished_map(_answer("point", NO_STORE))),
        Route(f"{base}/snapshots", _on_finished_map(_snapshots)),
        Route(f"{base}/labels", _on_finished_map(_answer("labels", PRIVATE))),
        Route(f"{base}/partial", _partial_layout),
    ]


def _modules(request: Request) -> Response:
    data = modules_json().encode()
    # revalidated at every visit, so that a new release is used at once, but sent only when it changed
    headers = {"Cache-Control": "no-cache", "ETag": f'"{hashlib.sha256(data).hexdigest()[:32]}"'}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return _compressed(request, data, "application/json", headers)


def _on_finished_map(answer: Callable[[Request, Map, EmbeddingSpace], Response]) -> Callable[[Request], Response]:
    """Return a handler that opens what the address names; anyone who has a run's unguessable id may read."""

    def handler(request: Request) -> Response:
        try:
            run = Store().run(request.path_params["run"], viewer_of(request.cookies))
            found = open_finished_map(run, request.path_params["map"])
            return answer(request, found, open_space(run, found.space_name))
        except (EmbedvizError, FileNotFoundError):
            return PlainTextResponse(GONE, 404)

    return handler


def _points(request: Request, found: Map, space: EmbeddingSpace) -> Response:
    return _plain(pack_points(found.coords[:, :2]))


def _snapshots(request: Request, found: Map, space: EmbeddingSpace) -> Response:
    return _plain(b"".join(pack_points(frame) for frame in History(found.folder).frames))


def _partial_layout(request: Request) -> Response:
    """Answer with the layout reached so far; 204 when it is the one named by ?after=, or the map is done."""
    try:
        run = Store().run(request.path_params["run"], viewer_of(request.cookies))
        found = open_map(run, request.path_params["map"]).partial_layout()
    except EmbedvizError:
        return PlainTextResponse(GONE, 404)
    if found is None or str(found[1]) == request.query_params.get("after"):
        return Response(status_code=204, headers=NO_STORE)
    positions, version = found
    headers = {**NO_STORE, LAYOUT_VERSION_HEADER: str(version)}
    return Response(positions, media_type="application/octet-stream", headers=headers)


def _colors(request: Request, found: Map, space: EmbeddingSpace) -> Response:
    colors = color_codes(found, space, request.path_params["column"])
    if colors is None:
        return PlainTextResponse("These colours are not computed yet.", 404)
    return _bytes(request, pack(colors.codes, COLOR_CODES))


def _sizes(request: Request, found: Map, space: EmbeddingSpace) -> Response:
    return _bytes(request, pack(size_codes(found, space, request.path_params["column"]), SIZE_CODES))


def _passing(request: Request, found: Map, space: EmbeddingSpace) -> Response:
    """Answer with the points that pass the filters of ?filter=, written as in the page's address."""
    mask = passing_points(found, space, decode_filters(request.query_params.get("filter", "")))
    passing = np.ones(len(found.points)) if mask is None else mask
    return _bytes(request, pack(passing, PASSING))


def _answer(name: str, headers: Mapping[str, str]) -> Callable[[Request, Map, EmbeddingSpace], Response]:
    """Return what answers a question of `answer_question`, whose parameters are those of the address."""

    def answer(request: Request, found: Map, space: EmbeddingSpace) -> Response:
        try:
            return JSONResponse(answer_question(found, space, name, request.query_params), headers=headers)
        except SettingsError as error:
            return PlainTextResponse(str(error), 400)

    return answer


def _plain(positions: bytes) -> Response:
    """Answer with positions as they are: to compress them takes 0.1 s a million points and saves one byte in a hundred."""
    return Response(positions, media_type="application/octet-stream", headers=PRIVATE)


def _bytes(request: Request, data: bytes) -> Response:
    return _compressed(request, data, "application/octet-stream", PRIVATE)


def _compressed(request: Request, data: bytes, media_type: str, headers: Mapping[str, str]) -> Response:
    """Answer with the data, compressed where that pays and the browser takes it."""
    headers = dict(headers)
    if "gzip" in request.headers.get("accept-encoding", "") and len(data) > MIN_COMPRESSED_BYTES:
        data, headers["Content-Encoding"] = gzip.compress(data, 1), "gzip"
    return Response(data, media_type=media_type, headers=headers)
