"""A visitor of the app without a browser: it speaks Streamlit's protocol, so that fifty of them fit on one machine."""

from __future__ import annotations

import asyncio
import http.client
import time
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import connect

TEXTS = ("markdown", "text", "alert", "heading", "exception", "progress", "metric")
MAX_MESSAGE = 100_000_000


class Visitor:
    """A tab of a browser with its cookie.

    Attributes
    ----------
    seconds : list of float
        Of every page that was asked for, from the request until its script had ended.
    """

    def __init__(self, address: str) -> None:
        self.address = urlsplit(address)
        self.seconds: list[float] = []
        self.page, self.query, self.script = "", "", ""
        self._elements: dict[tuple[int, ...], Element] = {}
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
        connection = http.client.HTTPConnection(self.address.hostname or "", self.address.port, timeout=60)
        connection.request("GET", "/")
        answer = connection.getresponse()
        answer.read()
        cookies = [value.partition(";")[0] for name, value in answer.getheaders() if name.lower() == "set-cookie"]
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

    async def _follow(self, is_there: Callable[[], bool], seconds: float) -> bool:
        until = time.perf_counter() + seconds
        while time.perf_counter() < until:
            if is_there():
                return True
            await asyncio.sleep(min(self._timers.values(), default=1.0))
            for fragment in list(self._timers) or [""]:
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

    async def _rerun(self, button: str = "", fragment: str = "") -> None:
        message = BackMsg()
        state = message.rerun_script
        state.query_string, state.page_name, state.page_script_hash = self.query, self.page, self.script
        state.fragment_id, state.is_auto_rerun = fragment, bool(fragment)
        if button:
            state.widget_states.widgets.add(id=button, trigger_value=True)
        begun = time.perf_counter()
        await self._socket.send(message.SerializeToString())
        if not fragment:
            self._elements.clear()
            self._timers.clear()
        await self._until_finished()
        if not fragment:
            self.seconds.append(time.perf_counter() - begun)

    async def _until_finished(self) -> None:
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
                self._elements.clear()
                self._timers.clear()
                self.script = message.new_session.page_script_hash
            elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
                self._elements[path] = message.delta.new_element
            elif kind == "navigation":
                self._scripts = {page.url_pathname: page.page_script_hash for page in message.navigation.app_pages}
                self.script = message.navigation.page_script_hash
                self.page = next((name for name, script in self._scripts.items() if script == self.script), self.page)
            elif kind == "page_info_changed":
                self.query = message.page_info_changed.query_string
            elif kind == "auto_rerun":
                self._timers[message.auto_rerun.fragment_id] = message.auto_rerun.interval
            elif kind == "script_finished" and message.script_finished in (
                ForwardMsg.FINISHED_SUCCESSFULLY,
                ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY,
            ):
                return
