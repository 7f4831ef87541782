"""A visitor of the app without a browser: it speaks Streamlit's protocol, so that fifty of them fit on one machine."""

from __future__ import annotations

import asyncio
import http.client
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Common_pb2 import FileURLs
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import connect

TEXTS = ("markdown", "text", "alert", "heading", "exception", "progress", "metric")
MAX_MESSAGE = 100_000_000


@dataclass(frozen=True)
class Answer:
    """How long a page took that was asked for.

    Attributes
    ----------
    page : str
        Its name in the address.
    at : float
        When it was asked for, in seconds of `time.perf_counter`.
    begun, seconds : float
        From the request until its script began and had ended.
    """

    page: str
    at: float
    begun: float
    seconds: float


class Visitor:
    """A tab of a browser with its cookie.

    Attributes
    ----------
    answers : list of Answer
        Of every page that was asked for; a part that refreshes itself is none.
    """

    def __init__(self, address: str) -> None:
        self.address = urlsplit(address)
        self.answers: list[Answer] = []
        self._begun = 0.0
        self.page, self.query, self.script = "", "", ""
        self.session, self.urls = "", FileURLs()
        self._elements: dict[tuple[int, ...], Element] = {}
        self._fragments: dict[tuple[int, ...], str] = {}  # the fragment that an element is of
        self._scripts: dict[str, str] = {}  # page -> its hash, by which Streamlit knows it
        self._known: dict[str, ForwardMsg] = {}
        self._timers: dict[str, float] = {}  # fragment -> seconds between two refreshes

    async def __aenter__(self) -> Visitor:
        self.cookie = await asyncio.to_thread(self._cookie)
        address = f"ws://{self.address.netloc}/_stcore/stream"
        self._socket = await connect(address, additional_headers={"Cookie": self.cookie}, max_size=MAX_MESSAGE)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._socket.close()

    def _cookie(self) -> str:
        """Return the cookies of the owner and against forged requests, which an upload needs."""
        connection = http.client.HTTPConnection(self.address.hostname or "", self.address.port, timeout=60)
        cookies: list[str] = []
        for path in ("/", "/_stcore/health"):
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.read()
            cookies += [v.partition(";")[0] for name, v in answer.getheaders() if name.lower() == "set-cookie"]
        connection.close()
        return "; ".join(cookies)

    async def visit(self, page: str, query: str = "") -> None:
        """Go to a page."""
        self.page, self.query, self.script = page, query, self._scripts.get(page, "")
        await self._rerun()

    async def press(self, label: str) -> None:
        """Press a button. LookupError when there is none of that label."""
        for element in self._elements.values():
            if element.WhichOneof("type") == "button" and element.button.label == label:
                return await self._rerun(element.button.id)
        raise LookupError(f"There is no button {label!r} on {self.page!r}: {self.shown()[:500]}")

    async def upload(self, label: str, name: str, data: bytes) -> int:
        """Upload a file, and return the status of the answer. LookupError when there is no such upload box."""
        boxes = [e.file_uploader for e in self._elements.values() if e.WhichOneof("type") == "file_uploader"]
        box = next((box for box in boxes if box.label == label), None)
        if box is None:
            raise LookupError(f"There is no upload {label!r} on {self.page!r}: {self.shown()[:500]}")
        message = BackMsg()
        request = message.file_urls_request
        request.request_id, request.session_id = "upload", self.session
        request.file_names.append(name)
        await self._socket.send(message.SerializeToString())
        await self._until(lambda message: message.WhichOneof("type") == "file_urls_response")
        status = await asyncio.to_thread(self._put, self.urls.upload_url, name, data)
        if status < 300:
            value = BackMsg()
            file = value.rerun_script.widget_states.widgets.add(id=box.id).file_uploader_state_value.uploaded_file_info
            file.add(name=name, size=len(data), file_id=self.urls.file_id).file_urls.CopyFrom(self.urls)
            await self._rerun(value=value)
        return status

    def _put(self, url: str, name: str, data: bytes) -> int:
        """Send a file as a browser does, in a form."""
        edge = "embedviz-form"
        disposition = f'form-data; name="file"; filename="{quote(name)}"'
        head = f"--{edge}\r\nContent-Disposition: {disposition}\r\nContent-Type: application/octet-stream\r\n\r\n"
        token = next((c.partition("=")[2] for c in self.cookie.split("; ") if c.startswith("_streamlit_xsrf=")), "")
        headers = {
            "Content-Type": f"multipart/form-data; boundary={edge}",
            "Cookie": self.cookie,
            "X-Xsrftoken": token.strip('"'),
        }
        connection = http.client.HTTPConnection(self.address.hostname or "", self.address.port, timeout=60)
        connection.request("PUT", url, head.encode() + data + f"\r\n--{edge}--\r\n".encode(), headers)
        status = connection.getresponse().status
        connection.close()
        return status

    def has_button(self, label: str) -> bool:
        """Return True when the page has a button of this label."""
        return any(e.WhichOneof("type") == "button" and e.button.label == label for e in self._elements.values())

    def has_exception(self) -> bool:
        """Return True when the page shows a traceback."""
        return any(element.WhichOneof("type") == "exception" for element in self._elements.values())

    async def follow(self, text: str, seconds: float) -> bool:
        """Refresh what refreshes itself until a text is shown; False when it was not in time."""
        return await self._follow(lambda: text in self.shown(), seconds)

    async def follow_button(self, label: str, seconds: float) -> bool:
        """Refresh what refreshes itself until there is a button; False when it was not in time."""
        return await self._follow(lambda: self.has_button(label), seconds)

    async def follow_end(self, seconds: float) -> bool:
        """Refresh what refreshes itself until nothing does any more; False when it was not in time."""
        return await self._follow(lambda: not self._timers, seconds)

    async def follow_progress(self, seconds: float) -> bool:
        """Refresh what refreshes itself until a job has begun, or ended; False when it was not in time."""
        return await self._follow(
            lambda: not self._timers or any(not t.startswith("Waiting") for t in self.progress()), seconds
        )

    def progress(self) -> list[str]:
        """Return the texts of the bars."""
        bars = [element.progress for element in self._elements.values() if element.WhichOneof("type") == "progress"]
        return [bar.text for bar in bars]

    async def stay(self, seconds: float) -> None:
        """Look at the page for so long; what refreshes itself does."""
        await self._follow(lambda: False, seconds)

    async def _follow(self, is_there: Callable[[], bool], seconds: float) -> bool:
        until = time.perf_counter() + seconds
        while time.perf_counter() < until:
            if is_there():
                return True
            pause = min(self._timers.values(), default=1.0)
            await asyncio.sleep(max(0.0, min(pause, until - time.perf_counter())))
            for fragment in list(self._timers):
                if fragment in self._timers:  # until the page as a whole is run again
                    await self._rerun(fragment=fragment)
        return False

    def shown(self) -> str:
        """Return the texts of the page."""
        return "\n".join(self._texts())

    def options(self, label: str) -> list[str]:
        """Return the options of a menu; empty when there is none of that label."""
        for element in self._elements.values():
            if element.WhichOneof("type") == "selectbox" and element.selectbox.label == label:
                return list(element.selectbox.options)
        return []

    def _texts(self) -> Iterator[str]:
        for element in self._elements.values():
            kind = element.WhichOneof("type")
            if kind in TEXTS:
                shown = getattr(element, kind)
                yield " ".join(
                    str(getattr(shown, field))
                    for field in ("body", "text", "message", "label")
                    if hasattr(shown, field)
                )

    async def _rerun(self, button: str = "", fragment: str = "", value: BackMsg | None = None) -> None:
        message = value or BackMsg()
        state = message.rerun_script
        state.query_string, state.page_name, state.page_script_hash = self.query, self.page, self.script
        state.fragment_id, state.is_auto_rerun = fragment, bool(fragment)
        if button:
            state.widget_states.widgets.add(id=button, trigger_value=True)
        begun = time.perf_counter()
        await self._socket.send(message.SerializeToString())
        if not fragment:
            self._forget(set())
        await self._until(_has_finished)
        if not fragment:
            now = time.perf_counter()
            self.answers.append(Answer(self.page, begun, self._begun - begun, now - begun))

    def _forget(self, fragments: set[str]) -> None:
        """Forget the elements of fragments that are run again; all, and the timers, where none are named: the page is."""
        if not fragments:
            self._elements.clear()
            self._fragments.clear()
            self._timers.clear()
        for path in [path for path, fragment in self._fragments.items() if fragment in fragments]:
            del self._fragments[path], self._elements[path]

    async def _until(self, is_last: Callable[[ForwardMsg], bool]) -> None:
        """Take messages up to the one that was waited for."""
        while True:
            message = ForwardMsg()
            message.ParseFromString(await asyncio.wait_for(self._socket.recv(), 120))
            kind = message.WhichOneof("type")
            if kind == "ref_hash":
                metadata, message = message.metadata, self._known[message.ref_hash]
                kind = message.WhichOneof("type")
                path = tuple(metadata.delta_path)
            else:
                path = tuple(message.metadata.delta_path)
                if message.hash:
                    self._known[message.hash] = message
            if kind == "new_session":
                self._begun = time.perf_counter()
                self._forget(set(message.metadata.run.fragment_ids))
                self.script = message.new_session.page_script_hash
                self.session = message.new_session.initialize.session_id or self.session
            elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
                self._elements[path] = message.delta.new_element
                self._fragments[path] = message.delta.fragment_id
            elif kind == "navigation":
                self._scripts = {page.url_pathname: page.page_script_hash for page in message.navigation.app_pages}
                self.script = message.navigation.page_script_hash
                self.page = next((name for name, script in self._scripts.items() if script == self.script), self.page)
            elif kind == "page_info_changed":
                self.query = message.page_info_changed.query_string
            elif kind == "auto_rerun":
                self._timers[message.auto_rerun.fragment_id] = message.auto_rerun.interval
            elif kind == "stop_auto_rerun":
                for fragment in message.stop_auto_rerun.fragment_ids:
                    self._timers.pop(fragment, None)
            elif kind == "file_urls_response":
                self.urls = message.file_urls_response.file_urls[0]
            if is_last(message):
                return


def _has_finished(message: ForwardMsg) -> bool:
    return message.WhichOneof("type") == "script_finished" and message.script_finished in (
        ForwardMsg.FINISHED_SUCCESSFULLY,
        ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY,
    )
