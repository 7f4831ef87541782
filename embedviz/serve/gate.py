"""The gate that every request passes: the server's name, token, number of requests, bytes of the body, seconds, and unexpected errors."""

from __future__ import annotations

import asyncio
import hmac
import logging
import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING

from starlette.responses import Response

from embedviz.core.allowed_hosts import REFUSAL, is_allowed_host
from embedviz.core.plain_json import to_json
from embedviz.serve.limits import Limits

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

OPEN_PATHS = ("/health", "/docs", "/docs.js")  # which need no token; they hold nothing of the run
RETRY_AFTER_S = 1
logger = logging.getLogger(__name__)


class Gate:
    """ASGI middleware that lets a request in or answers it with one sentence.

    Parameters
    ----------
    app : ASGIApp
        What answers the requests that are let in.
    limits : Limits
        What a request may take.
    token : str
        Bearer token that requests have to send; empty for none.
    """

    def __init__(self, app: ASGIApp, limits: Limits, token: str = ""):
        self._app, self._limits, self._token = app, limits, token.encode()
        self._in_flight = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; anything but HTTP is passed on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if scope["path"] != "/health" and not _names_this_server(scope):
            await problem(400, REFUSAL)(scope, receive, send)
            return
        if self._token and scope["path"] not in OPEN_PATHS and not self._is_authorised(scope):
            sentence = "This server asks for a token: send it in the header Authorization: Bearer TOKEN."
            await problem(401, sentence, headers={"WWW-Authenticate": "Bearer"})(scope, receive, send)
            return
        if self._in_flight >= self._limits.max_concurrent and scope["path"] != "/health":
            sentence = f"{self._limits.max_concurrent:,} requests are under way already. Try again in a moment."
            await problem(429, sentence, headers={"Retry-After": str(RETRY_AFTER_S)})(scope, receive, send)
            return
        self._in_flight += 1
        try:
            await self._answer(scope, receive, send)
        finally:
            self._in_flight -= 1

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        has_begun = False

        async def watched(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            async with asyncio.timeout(self._limits.max_seconds):
                body = await read_body(scope, receive, self._limits.max_body_bytes)
                if body is None:
                    sentence = f"The body of a request has at most {self._limits.max_body_bytes:,} bytes."
                    await problem(413, sentence, headers={"Connection": "close"})(scope, receive, send)
                    return
                await self._app(scope, _replayed(body, receive), watched)
        except TimeoutError:
            sentence = f"The request took more than {self._limits.max_seconds:g} seconds and was given up."
            if not has_begun:
                await problem(503, sentence, headers={"Retry-After": str(RETRY_AFTER_S)})(scope, receive, send)
        except Exception:
            error_id = secrets.token_hex(4)
            logger.exception("Error %s: %s %s", error_id, scope["method"], scope["path"])
            if not has_begun:
                sentence = (
                    f"Something went wrong here that should not have. The server's log says more under {error_id}."
                )
                await problem(500, sentence, error_id=error_id)(scope, receive, send)

    def _is_authorised(self, scope: Scope) -> bool:
        given = next((value for name, value in scope["headers"] if name == b"authorization"), b"")
        scheme, _, token = given.partition(b" ")
        return hmac.compare_digest(token.strip(), self._token) and scheme.lower() == b"bearer"


def _names_this_server(scope: Scope) -> bool:
    host = next((value for name, value in scope["headers"] if name == b"host"), b"")
    return is_allowed_host(host.decode("latin-1"), (scope.get("server") or (None,))[0])


async def read_body(scope: Scope, receive: Receive, max_bytes: int) -> bytes | None:
    """Read the body of a request; None as soon as it has more bytes than it may, whatever its Content-Length says."""
    declared = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    if declared.isdigit() and int(declared) > max_bytes:
        return None
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > max_bytes:
            return None
        if not message.get("more_body"):  # a client that has gone away has none, either
            return bytes(body)


def _replayed(body: bytes, receive: Receive) -> Receive:
    """Return a `receive` that hands the whole body on first, then what comes after it."""
    is_read = False

    async def replayed() -> Message:
        nonlocal is_read
        if is_read:
            return await receive()
        is_read = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replayed


def problem(status: int, sentence: str, headers: Mapping[str, str] | None = None, **more: object) -> Response:
    """Return the answer to a request that failed: a JSON object with the sentence as "detail", as FastAPI's own have it."""
    return json_response({"detail": sentence, **more}, status, headers)


def json_response(value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Return a value as JSON; NaN and infinity become null."""
    content = to_json(value).encode("utf-8", "replace")  # a lone surrogate has no bytes
    return Response(content, status, dict(headers or {}), "application/json")
