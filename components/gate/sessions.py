"""Limits the pages that are connected at once, in all and of one visitor; one too many gets a page that says so."""

from __future__ import annotations

from collections import Counter

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from components.gate.addresses import NO_PAGES, STREAM, path_below
from components.gate.refusal import refuse
from components.owner_cookie import NOBODY, viewer_of
from embedviz.core.limits import ELSEWHERE, HostLimits

RETRY_INTERVAL_S = 20
PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="{seconds}"><title>embedviz</title>
<style>:root {{ color-scheme: light dark }} body {{ font: 1.1rem/1.5 system-ui, sans-serif; max-width: 34rem; margin: 15vh auto;
padding: 0 1rem }}</style></head>
<body><h1>No room at the moment</h1><p>{sentence}</p><p>This page tries again every {seconds} seconds.</p><p>{elsewhere}</p></body></html>
"""


class SessionLimits:
    """ASGI middleware that counts Streamlit's WebSockets, one for each page that is connected.

    Parameters
    ----------
    app : ASGIApp
        What answers the requests that are let in.
    base : str
        The server's base path.
    limits : HostLimits
        How many may be connected.
    """

    def __init__(self, app: ASGIApp, base: str, limits: HostLimits) -> None:
        self.app, self.base, self.limits = app, base, limits
        self.connected: Counter[str] = Counter()  # by visitor

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        path = path_below(self.base, scope) if scope["type"] in ("http", "websocket") else ""
        if scope["type"] == "websocket" and path == STREAM:
            return await self._connect(scope, receive, send)
        if scope["type"] == "http" and _asks_for_a_page(scope, path) and (sentence := self._why_not(_visitor(scope))):
            page = PAGE.format(sentence=sentence, seconds=RETRY_INTERVAL_S, elsewhere=ELSEWHERE.replace("`", ""))
            headers = {"Retry-After": str(RETRY_INTERVAL_S), "Cache-Control": "no-store"}
            return await HTMLResponse(page, 503, headers)(scope, receive, send)
        return await self.app(scope, receive, send)

    async def _connect(self, scope: Scope, receive: Receive, send: Send) -> None:
        visitor = _visitor(scope)
        if sentence := self._why_not(visitor):
            return await refuse(scope, receive, send, 503, sentence)
        self.connected[visitor] += 1
        try:
            return await self.app(scope, receive, send)
        finally:
            self.connected[visitor] -= 1
            if not self.connected[visitor]:
                del self.connected[visitor]

    def _why_not(self, visitor: str) -> str:
        """Return why no more pages of a visitor can be connected; empty when one can."""
        own, all_of_them = self.limits.visitor_sessions, self.limits.sessions
        if own is not None and self.connected[visitor] >= own:
            return f"{own:,.10g} pages of yours are open on this server, which is the most. Close one of them."
        if all_of_them is not None and self.connected.total() >= all_of_them:
            return f"{all_of_them:,.10g} pages are open on this server, which is the most that it can serve at once."
        return ""


def _visitor(scope: Scope) -> str:
    """Return the visitor; without a cookie, the address from which the request comes, which others may share."""
    viewer = viewer_of(HTTPConnection(scope).cookies)
    return viewer if viewer not in (None, NOBODY) else f"at {(scope.get('client') or ('unknown',))[0]}"


def _asks_for_a_page(scope: Scope, path: str) -> bool:
    return (
        scope["method"] == "GET"
        and "text/html" in Headers(scope=scope).get("accept", "")
        and not path.startswith(NO_PAGES)
    )
