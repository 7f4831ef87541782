"""The app's style sheets, put into the document itself: sent as elements of a page they came after the first picture."""

from __future__ import annotations

from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COMPONENTS = Path(__file__).parent
SHEETS = (COMPONENTS / "style.css", COMPONENTS / "map" / "page.css")
TITLE, OUR_TITLE = b"<title>Streamlit</title>", b"<title>embedviz</title>"
END_OF_BODY = b"</body>"  # after Streamlit's own styles, which ours have to overrule
# A compressed document could not be added to, and Streamlit's may be unchanged where ours is not.
NOT_ASKED = (b"accept-encoding", b"if-none-match", b"if-modified-since")
VALIDATORS = ("etag", "last-modified")  # of the document without the style sheets


def style_sheets() -> list[Middleware]:
    """Return the middleware that adds the style sheets to the document."""
    styles = "".join(f"<style>\n{sheet.read_text(encoding='utf-8')}</style>\n" for sheet in SHEETS)
    return [Middleware(_StyledDocument, styles=styles.encode())]


class _StyledDocument:
    def __init__(self, app: ASGIApp, styles: bytes) -> None:
        self.app, self.styles = app, styles

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or "text/html" not in Headers(scope=scope).get("accept", ""):
            return await self.app(scope, receive, send)
        headers = [(name, value) for name, value in scope["headers"] if name not in NOT_ASKED]
        answer = _Answer(send, self.styles)
        await self.app({**scope, "headers": headers}, receive, answer.send)


class _Answer:
    """Passes an answer on; a document is held back until it is complete, and gets the styles."""

    def __init__(self, send: Send, styles: bytes) -> None:
        self.pass_on, self.styles = send, styles
        self.held: Message | None = None  # the start of a document
        self.body = b""

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_document(message):
            self.held = message
        elif self.held is None:
            await self.pass_on(message)
        else:
            self.body += message.get("body", b"")
            if not message.get("more_body"):
                await self._send_document(self.held)

    async def _send_document(self, start: Message) -> None:
        body = self.body.replace(END_OF_BODY, self.styles + END_OF_BODY).replace(TITLE, OUR_TITLE)
        headers = MutableHeaders(raw=list(start["headers"]))
        headers["content-length"] = str(len(body))
        for name in VALIDATORS:
            del headers[name]
        await self.pass_on({**start, "headers": headers.raw})
        await self.pass_on({"type": "http.response.body", "body": body})


def _is_document(start: Message) -> bool:
    return start["status"] == 200 and Headers(raw=start["headers"]).get("content-type", "").startswith("text/html")
