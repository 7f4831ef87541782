"""Addresses of Streamlit's own that the gate looks after, under the server's base path."""

from __future__ import annotations

from starlette.types import Scope

STREAM = "/_stcore/stream"
UPLOADS = "/_stcore/upload_file/"
HEALTH = ("/_stcore/health", "/embedviz/health")
NO_PAGES = ("/_stcore/", "/embedviz/", "/static/", "/media/", "/component/", "/auth/", "/oauth2callback")
FIGURES = ("/_stcore/metrics", "/_stcore/script-health-check")


def path_below(base: str, scope: Scope) -> str:
    """Return the path of a request below the server's base path; the whole path where it lies elsewhere."""
    prefix = f"/{base}" if base else ""
    path = str(scope["path"])
    return path.removeprefix(prefix) if path.startswith(f"{prefix}/") else path
