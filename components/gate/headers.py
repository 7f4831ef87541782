"""Headers of every answer, the one to an unexpected error too: what a page may load, who may frame it, what it tells other sites."""

from __future__ import annotations

import hashlib
import logging
import re
import secrets
from base64 import b64encode
from pathlib import Path

import streamlit
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from components.frame_ancestors import NONE, SELF, frame_ancestors
from components.gate.refusal import refuse

DOCUMENT = Path(streamlit.__file__).parent / "static" / "index.html"
INLINE_SCRIPT = re.compile(rb"<script>(.*?)</script>", re.DOTALL)
# Measured in Chromium with Streamlit 1.67 on every page: without one of these something is missing there.
SOURCES = {
    "default-src": "'self'",
    "script-src": "'self' blob: 'wasm-unsafe-eval'",  # blob: modules of the map; WebAssembly: Streamlit's messages
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "connect-src": "'self'",
    "worker-src": "'self' blob:",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
}
FRAME_OPTIONS = {NONE: "DENY", SELF: "SAMEORIGIN"}
BROKEN = (
    "Something went wrong here. This is a bug in embedviz, not a mistake of yours. The log has the details under {}."
)
logger = logging.getLogger("embedviz.app")
UNUSED_FEATURES = ("camera", "display-capture", "geolocation", "microphone", "midi", "payment", "serial", "usb")


def security_headers() -> dict[str, str]:
    """Return the headers, by name."""
    ancestors = frame_ancestors()
    scripts = " ".join([SOURCES["script-src"], *_hashes_of_inline_scripts()])
    sources = {**SOURCES, "script-src": scripts, "frame-ancestors": ancestors}
    policy = "; ".join(f"{name} {values}" for name, values in sources.items())
    headers = {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",  # addresses hold the ids of runs
        "Permissions-Policy": ", ".join(f"{feature}=()" for feature in UNUSED_FEATURES),
    }
    if ancestors in FRAME_OPTIONS:
        headers["X-Frame-Options"] = FRAME_OPTIONS[ancestors]
    return headers


def _hashes_of_inline_scripts() -> list[str]:
    """Return the sources that allow the scripts in Streamlit's document, and no others, to stand in it."""
    scripts = INLINE_SCRIPT.findall(DOCUMENT.read_bytes())
    return [f"'sha256-{b64encode(hashlib.sha256(script).digest()).decode()}'" for script in scripts]


class SecurityHeaders:
    """ASGI middleware that adds the headers to every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app, self.headers = app, security_headers()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)

        has_begun = False

        async def with_headers(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self.headers)
            await send(message)

        try:
            await self.app(scope, receive, with_headers)
        except Exception:
            error_id = secrets.token_hex(4)
            logger.exception("error %s", error_id)
            if has_begun:
                raise
            await refuse(scope, receive, with_headers, 500, BROKEN.format(error_id))
