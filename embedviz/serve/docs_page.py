"""The page at /docs: a page of our own, which needs nothing from elsewhere, where FastAPI's loads Swagger UI from a CDN."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter
from starlette.responses import Response

FOLDER = Path(__file__).parent
POLICY = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
}


def docs_routes() -> APIRouter:
    """Return the routes of the page and of its script."""
    router = APIRouter(include_in_schema=False)
    page, script = (FOLDER / "docs.html").read_bytes(), (FOLDER / "docs.js").read_bytes()

    @router.get("/docs")
    async def docs() -> Response:
        return Response(page, media_type="text/html; charset=utf-8", headers=POLICY)

    @router.get("/docs.js")
    async def docs_script() -> Response:
        return Response(script, media_type="text/javascript; charset=utf-8", headers=POLICY)

    return router
