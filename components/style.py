"""What the browser has to know before Streamlit draws a page: the styles that its theme cannot express, and the title.

They stand in the page that Streamlit serves, so that nothing jumps when they arrive.
"""

from __future__ import annotations

from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Of a page the answer is asked for as it is: not compressed, and not "unchanged" because Streamlit's own page is.
ASKED = (b"accept-encoding", b"if-none-match", b"if-modified-since")
ANSWERED = (b"content-length", b"etag", b"last-modified")
TITLE = b"<title>Streamlit</title>"
HEAD = b"""<title>embedviz</title>
<style>
.stApp .block-container { padding-top: 3.6rem; padding-bottom: 4rem; max-width: 1600px; }
.stApp [data-testid="stHeading"] h1 { font-weight: 650; letter-spacing: -0.015em; padding-bottom: .2rem; }
.stApp [data-testid="stSkillsNudge"] { display: none; } /* addresses developers, not visitors */
.stApp [role="tab"][aria-selected="true"] p { font-weight: 600; }
/* the link colours of both themes: the dark one's primary colour, made for white text on it, is too dark for text */
.stApp :is([role="tab"][aria-selected="true"], button[role="radio"][aria-checked="true"]) p {
  color: light-dark(#0a5c8f, #7cc0ea);
}
/* the light theme's captions are too pale to read: 4.3:1 */
.stApp [data-testid="stCaptionContainer"] { color: light-dark(#565b60, #b3b7bb); opacity: 1; }
/* pictures and the upload box keep their place while they load */
.stApp [class*="st-key-picture-"] { aspect-ratio: 12 / 5; }
.stApp [class*="st-key-upload-"] { min-height: 8.03rem; }
.stApp .st-key-run-state { min-height: 6.2rem; }
@media (min-width: 769px) { /* the sidebar's width, until there is one */
  .stApp [data-testid="stAppViewContainer"]:not(:has([data-testid="stSidebar"])) { padding-left: 300px; }
}
@media (max-width: 640px) {
  .stApp .block-container { padding: 3.6rem 1rem 3rem; }
  .stApp [data-testid="stHeading"] h1 { font-size: 1.7rem; }
  /* one above the other, what was read comes before the ways to bring more */
  .stApp .st-key-data-opened [data-testid="stColumn"]:has(.st-key-data-details) { order: -1; }
}
</style>"""


def styled_pages() -> list[Middleware]:
    """Return the middleware that puts them into the page."""
    return [Middleware(_StyledPages)]


class _StyledPages:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or b"text/html" not in dict(scope["headers"]).get(b"accept", b""):
            return await self.app(scope, receive, send)
        scope = {**scope, "headers": [(name, value) for name, value in scope["headers"] if name not in ASKED]}
        start: Message | None = None  # of a page, held back until its length is known
        body = b""

        async def with_head(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start" and _is_page(message):
                start = message
            elif start is None:
                await send(message)
            else:
                body += message.get("body", b"")
                if not message.get("more_body"):
                    page = body.replace(TITLE, HEAD, 1)
                    headers = [(name, value) for name, value in start["headers"] if name not in ANSWERED]
                    length = [(b"content-length", str(len(page)).encode())] if body else []
                    await send({**start, "headers": [*headers, *length]})
                    await send({**message, "body": page})

        await self.app(scope, receive, with_head)


def _is_page(message: Message) -> bool:
    headers = dict(message["headers"])
    return headers.get(b"content-type", b"").startswith(b"text/html") and b"content-encoding" not in headers
