"""The ASGI app that answers: routes, errors as sentences, and the gate around them."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Security
from fastapi.exceptions import RequestValidationError
from fastapi.security import HTTPBearer
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response

from embedviz.core.errors import EmbedvizError, UnknownLabelError, UnknownSpaceError
from embedviz.core.plain_json import to_json
from embedviz.core.version import VERSION
from embedviz.serve.answers import Health, Problem
from embedviz.serve.docs_page import docs_routes
from embedviz.serve.gate import Gate, problem
from embedviz.serve.limits import Limits
from embedviz.serve.model_routes import model_routes
from embedviz.serve.neighbor_routes import neighbor_routes
from embedviz.serve.neighbor_search import NeighborSearch
from embedviz.serve.service import Service

PROBLEMS: dict[int | str, dict[str, Any]] = {
    400: {"model": Problem, "description": "What was asked cannot be done."},
    404: {"model": Problem, "description": "Unknown label, user or space; with the nearest spellings."},
    413: {"model": Problem, "description": "The body is too large."},
    422: {"model": Problem, "description": "A field is missing, wrong or past its limit."},
    429: {"model": Problem, "description": "Too many requests are under way."},
    500: {"model": Problem, "description": "An unexpected error, with its id."},
    503: {"model": Problem, "description": "The request took too long."},
}


def create_app(service: Service, limits: Limits | None = None, token: str = "", origins: Sequence[str] = ()) -> FastAPI:
    """Return the app that answers questions about a service.

    Parameters
    ----------
    service : Service
        What is served.
    limits : Limits, optional
        What a request may take.
    token : str
        Bearer token that every request but /health and /docs has to send; empty for none.
    origins : sequence of str
        Origins whose pages may ask, such as "https://example.org" (CORS); by default none.
    """
    limits = limits or Limits.of()
    search_thread = ThreadPoolExecutor(1, "search")
    model_thread = ThreadPoolExecutor(1, "model")

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
        yield
        for thread in (search_thread, model_thread):
            thread.shutdown(wait=False, cancel_futures=True)

    app = FastAPI(
        title=f"{service.name} · embedviz serve",
        version=VERSION,
        description=f"Questions to {service.name!r}, answered in JSON. An error is an object whose detail is a sentence.",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        responses=PROBLEMS,
        dependencies=[Security(HTTPBearer(auto_error=False))] if token else [],
    )
    about = to_json({**service.about, "limits": limits.model_dump(), "docs": "docs"}).encode("utf-8", "replace")

    @app.get("/", summary="What is served: model, settings, scores, spaces, versions, limits", tags=["server"])
    async def served() -> Response:
        return Response(about, media_type="application/json")

    @app.get("/health", summary="Whether the server answers", response_model=Health, tags=["server"])
    async def health() -> Response:
        return Response(b'{"status":"ok"}', media_type="application/json")

    app.include_router(docs_routes())
    if service.spaces:
        searches = {name: NeighborSearch(space, search_thread) for name, space in service.spaces.items()}
        app.include_router(neighbor_routes(service, searches, limits))
    if service.predictor is not None:
        app.include_router(model_routes(service.predictor, service.form, model_thread, limits))
    app.add_exception_handler(EmbedvizError, _embedviz_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_middleware(Gate, limits=limits, token=token)
    if origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(origins),
            allow_methods=["GET", "POST"],
            allow_headers=["Authorization", "Content-Type"],
        )
    return app


async def _embedviz_error(request: Request, error: Exception) -> Response:
    if isinstance(error, UnknownLabelError):
        return problem(404, str(error), label=error.label, suggestions=error.suggestions)
    return problem(404 if isinstance(error, UnknownSpaceError) else 400, str(error))


async def _validation_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return problem(422, " ".join(_sentence(wrong) for wrong in error.errors()[:3]))


def _sentence(wrong: Mapping[str, Any]) -> str:
    """Return what is wrong with a field: body.rows.3.doors: Input should be a valid number."""
    message = str(wrong["msg"]).removeprefix("Value error, ")
    return f"{'.'.join(str(part) for part in wrong['loc'])}: {message}."


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    what = f"{request.method} {request.url.path}"
    match error.status_code:
        case 404:
            return problem(404, f"There is no {what} here. GET / lists what is served, and /docs how to ask.")
        case 405:
            return problem(
                405, f"{request.url.path} does not answer {request.method}. /docs lists how to ask.", error.headers
            )
        case status:
            return problem(status, str(error.detail), error.headers)
