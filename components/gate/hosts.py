"""Refuses requests under another name than the server's."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from components.gate.addresses import HEALTH, path_below
from components.gate.refusal import refuse
from embedviz.core.allowed_hosts import REFUSAL, is_allowed_host


class AllowedHosts:
    """ASGI middleware that answers 400 to requests under another name. The health routes answer under any name."""

    def __init__(self, app: ASGIApp, base: str) -> None:
        self.app, self.base = app, base

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] in ("http", "websocket") and path_below(self.base, scope) not in HEALTH:
            listens_at = (scope.get("server") or (None,))[0]
            if not is_allowed_host(Headers(scope=scope).get("host", ""), listens_at):
                return await refuse(scope, receive, send, 400, REFUSAL)
        return await self.app(scope, receive, send)
