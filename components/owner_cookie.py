"""The cookie that identifies visitors of a shared server: a signed token, of which the app knows only a hash."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping

from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from components.frame_ancestors import is_framed_by_others
from components.sign_in import asks_for_sign_in, owner_signed_in
from embedviz.core.errors import EmbedvizError
from embedviz.core.mode import is_shared
from embedviz.store.owner_tokens import RENEWAL_S, TOKEN_LIFE_S, issue_token, read_token, revoke_token

COOKIE = "embedviz_owner"
NOBODY = "nobody"  # owns nothing
HEALTH_PATH = "/_stcore/health"  # asked by an open page before it connects again
logger = logging.getLogger(__name__)


def owner_of(cookies: Mapping[str, str]) -> str | None:
    """Return the owner whom a visitor's cookie identifies; None for one that is missing, made up, expired or revoked.

    Where visitors have to sign in, the cookie that counts is the one that Streamlit gives to who has done so.
    """
    if asks_for_sign_in():
        return owner_signed_in(cookies)
    visitor = read_token(cookies.get(COOKIE, ""))
    return visitor.owner if visitor else None


def viewer_of(cookies: Mapping[str, str]) -> str | None:
    """Return the visitor who sends a request, or NOBODY; None on one's own machine, where every run is one's own."""
    return owner_of(cookies) or NOBODY if is_shared() else None


def may_enter(cookies: Mapping[str, str]) -> bool:
    """Return False for who has to sign in first."""
    return not asks_for_sign_in() or owner_of(cookies) is not None


def revoke(cookies: Mapping[str, str]) -> None:
    """Refuse the visitor's cookie from now on, on every server of the store; the next page brings one of another owner."""
    revoke_token(cookies.get(COOKIE, ""))


def owner_cookie() -> list[Middleware]:
    """Return the middleware that gives each visitor of a shared server a cookie. A local server has one owner, and who signs in needs none."""
    return [Middleware(_OwnerCookie)] if is_shared() and not asks_for_sign_in() else []


def is_over_https(scope: Scope) -> bool:
    """Return True when the browser speaks https, to the server or to a proxy before it."""
    forwarded = Headers(scope=scope).get("x-forwarded-proto", "").split(",")[0].strip().lower()
    return "https" in (scope.get("scheme"), forwarded)


class _OwnerCookie:
    """Sends a cookie with a page to a visitor without a valid one, and a new one of the same owner when it is a day old.

    Only with a page: of requests that are sent at once, each would bring an owner of its own.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        value = _new_value(scope) if scope["type"] == "http" and _brings_cookie(scope) else None
        if value is None:
            return await self.app(scope, receive, send)

        async def with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                header = (b"set-cookie", _set_cookie(value, is_over_https(scope)).encode())
                message["headers"] = [*message["headers"], header]
            await send(message)

        return await self.app(scope, receive, with_cookie)


def _brings_cookie(scope: Scope) -> bool:
    return "text/html" in Headers(scope=scope).get("accept", "") or scope["path"].endswith(HEALTH_PATH)


def _new_value(scope: Scope) -> str | None:
    """Return the token to send; None where the visitor's own will do, or the store cannot keep a key."""
    visitor = read_token(Request(scope).cookies.get(COOKIE, ""))
    if visitor and time.time() - visitor.issued < RENEWAL_S:
        return None
    try:
        return issue_token(visitor.id if visitor else None)
    except EmbedvizError as error:
        logger.error("Visitors get no cookie: %s", error)
        return None


def _set_cookie(value: str, is_secure: bool) -> str:
    """Return the header. In the frame of another site a browser takes only a cookie that is Secure, and so only over https."""
    flags = "SameSite=None; Secure; Partitioned" if is_secure and is_framed_by_others() else "SameSite=Lax"
    if is_secure and "Secure" not in flags:
        flags += "; Secure"
    return f"{COOKIE}={value}; Path=/; HttpOnly; Max-Age={int(TOKEN_LIFE_S)}; {flags}"
