"""The cookie that identifies visitors of a shared server."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping

from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from embedviz.core.mode import is_shared

COOKIE = "embedviz_owner"
NOBODY = "nobody"  # owns nothing
COOKIE_MAX_AGE_S = 30 * 24 * 3600
_SECRET = re.compile(r"[0-9a-f]{32}")


def owner_of(cookies: Mapping[str, str]) -> str | None:
    """Return the secret that identifies a visitor; None for a cookie of another form, which could name the local owner."""
    cookie = cookies.get(COOKIE, "")
    return cookie if _SECRET.fullmatch(cookie) else None


def viewer_of(cookies: Mapping[str, str]) -> str | None:
    """Return the visitor who sends a request, or NOBODY; None on one's own machine, where every run is one's own."""
    return owner_of(cookies) or NOBODY if is_shared() else None


def owner_cookie() -> list[Middleware]:
    """Return the middleware that gives each visitor of a shared server a secret; a local server has one owner."""
    return [Middleware(_OwnerCookie)] if is_shared() else []


class _OwnerCookie:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or owner_of(Request(scope).cookies):
            return await self.app(scope, receive, send)
        value = secrets.token_hex(16)

        async def with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                secure = "; Secure" if scope.get("scheme") == "https" else ""
                cookie = f"{COOKIE}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={COOKIE_MAX_AGE_S}{secure}"
                message["headers"] = [*message["headers"], (b"set-cookie", cookie.encode())]
            await send(message)

        return await self.app(scope, receive, with_cookie)
