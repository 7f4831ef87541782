"""How the gate refuses: with a status and a sentence."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocketClose

POLICY_VIOLATION = 1008  # RFC 6455


async def refuse(
    scope: Scope, receive: Receive, send: Send, status: int, sentence: str, headers: Mapping[str, str] | None = None
) -> None:
    """Answer a request, or a WebSocket that is about to open, with a status and a sentence."""
    if scope["type"] == "websocket" and "websocket.http.response" not in scope.get("extensions", {}):
        await WebSocketClose(POLICY_VIOLATION, sentence)(scope, receive, send)
    else:
        await PlainTextResponse(sentence, status, headers)(scope, receive, send)
