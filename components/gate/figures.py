"""Shows the server's figures to holders of a token only: EMBEDVIZ_METRICS_TOKEN."""

from __future__ import annotations

import hmac
import os

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from components.gate.addresses import FIGURES, path_below
from components.gate.refusal import refuse

VARIABLE = "EMBEDVIZ_METRICS_TOKEN"


class FiguresBehindToken:
    """ASGI middleware before Streamlit's metrics and its check of the script, which runs it. Without a token they are not there."""

    def __init__(self, app: ASGIApp, base: str) -> None:
        self.app, self.base = app, base

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] == "http" and path_below(self.base, scope).rstrip("/") in FIGURES:
            token = os.environ.get(VARIABLE, "")
            if not token:
                return await refuse(scope, receive, send, 404, "Not found.")
            if not has_bearer_token(scope, token):
                sentence = "These figures ask for a token: send it in the header Authorization: Bearer TOKEN."
                return await refuse(scope, receive, send, 401, sentence, headers={"WWW-Authenticate": "Bearer"})
        return await self.app(scope, receive, send)


def has_bearer_token(scope: Scope, token: str) -> bool:
    """Return True when a request sends the token; compared in constant time."""
    scheme, _, given = Headers(scope=scope).get("authorization", "").partition(" ")
    return hmac.compare_digest(given.strip().encode(), token.encode()) and scheme.lower() == "bearer"
