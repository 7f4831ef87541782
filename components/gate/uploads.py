"""Limits uploads where they arrive: Streamlit itself limits the size of a file, but takes any number, wanted or not."""

from __future__ import annotations

from collections import Counter

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from components.gate.addresses import UPLOADS, path_below
from components.gate.held_uploads import HeldUploads
from components.gate.refusal import refuse
from components.owner_cookie import NOBODY, viewer_of
from embedviz.core.limits import ELSEWHERE, HostLimits

MB = 1 << 20  # as Streamlit counts them
MULTIPART_BYTES = 64 * 1024  # of a body beside its file, at most
RETRY = {"Retry-After": "60"}
NO_COOKIE = "An upload needs the cookie that this page brings. Allow cookies for this site, and reload the page."
NOT_CONNECTED = "This page is no longer connected to the server. Reload it, and upload the file again."
NOT_YOURS = "This upload belongs to the page of another visitor."
BUSY = "Other visitors are uploading as much as this server can hold. Try again in a minute."


class UploadLimits:
    """ASGI middleware that counts the bytes of uploads as they arrive, by visitor and in all, with those already held.

    Parameters
    ----------
    app : ASGIApp
        What takes the uploads that are let in.
    base : str
        The server's base path.
    held : HeldUploads
        What the server holds already.
    limits : HostLimits
        What may be uploaded.
    """

    def __init__(self, app: ASGIApp, base: str, held: HeldUploads, limits: HostLimits) -> None:
        self.app, self.base, self.held, self.limits = app, base, held, limits
        self.visitor_of: dict[str, str] = {}  # by session
        self.arriving_bytes: Counter[str] = Counter()  # by visitor
        self.arriving: Counter[str] = Counter()  # uploads, by visitor

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        path = path_below(self.base, scope) if scope["type"] == "http" else ""
        if not path.startswith(UPLOADS) or scope["method"] not in ("PUT", "POST"):
            return await self.app(scope, receive, send)
        session = path.removeprefix(UPLOADS).partition("/")[0]
        visitor = viewer_of(Request(scope).cookies) or NOBODY
        if visitor == NOBODY:
            return await refuse(scope, receive, send, 403, NO_COOKIE)
        if not self.held.is_active(session):
            return await refuse(scope, receive, send, 400, NOT_CONNECTED)
        if self.visitor_of.setdefault(session, visitor) != visitor:
            return await refuse(scope, receive, send, 403, NOT_YOURS)
        return await self._take(scope, receive, send, visitor)

    async def _take(self, scope: Scope, receive: Receive, send: Send, visitor: str) -> None:
        size = 0

        async def counted() -> Message:
            nonlocal size
            message = await receive()
            arrived = len(message.get("body", b""))
            size += arrived
            self.arriving_bytes[visitor] += arrived
            self._check(visitor, size)  # called by the app, which answers with the sentence
            return message

        self.arriving[visitor] += 1
        try:
            declared = Request(scope).headers.get("content-length", "")
            self._check(visitor, 0, int(declared) if declared.isdecimal() else 0)
            await self.app(scope, counted, send)
        except HTTPException as error:  # before the app was asked
            await refuse(scope, receive, send, error.status_code, error.detail, error.headers)
        finally:
            self._forget(visitor, size)

    def _check(self, visitor: str, size: int, announced: int = 0) -> None:
        """Raise the answer to an upload past a limit, given the bytes that are there and those still to come."""
        limit = self.limits.upload_mb
        if limit is not None and size + announced > _bytes(limit):
            raise HTTPException(413, f"This server takes files of at most {limit:,.10g} MB. {ELSEWHERE}")
        refusal = self._refusal(visitor, announced)
        if refusal and self._drop_closed_pages():
            refusal = self._refusal(visitor, announced)
        if refusal:
            raise HTTPException(429, refusal, RETRY)

    def _refusal(self, visitor: str, announced: int) -> str:
        """Return why no more can be held; empty when it can."""
        limits, sizes = self.limits, self.held.sizes()
        own = [size for session, files in sizes.items() if self.visitor_of.get(session) == visitor for size in files]
        if limits.uploads is not None and len(own) + self.arriving[visitor] > limits.uploads:
            return f"{len(own):,} of your files are open, and no more can be. Reload the page to close them."
        arriving, most = self.arriving_bytes[visitor] + announced, limits.visitor_held_mb
        if most is not None and sum(own) + arriving > _bytes(most):
            return f"At most {most:,.10g} MB of your files can be open at once. Reload the page to close them."
        arriving = self.arriving_bytes.total() + announced
        if limits.held_mb is not None and sum(map(sum, sizes.values())) + arriving > _bytes(limits.held_mb):
            return BUSY
        return ""

    def _drop_closed_pages(self) -> bool:
        """Forget the files of pages that are no longer connected; True when there were any."""
        closed = [session for session in self.held.sizes() if not self.held.is_active(session)]
        for session in closed:
            self.held.drop(session)
        return bool(closed)

    def _forget(self, visitor: str, size: int) -> None:
        for counter, amount in ((self.arriving, 1), (self.arriving_bytes, size)):
            counter[visitor] -= amount
            if not counter[visitor]:
                del counter[visitor]
        held = self.held.sizes()
        for session in [session for session in self.visitor_of if session not in held]:
            if not self.held.is_active(session):
                del self.visitor_of[session]


def _bytes(megabytes: float) -> int:
    return int(megabytes * MB) + MULTIPART_BYTES
