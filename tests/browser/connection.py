"""The connection of a page and its server, in the hands of a test."""

import re
import time


class Connection:
    """The connection of page and server, with answers that can be kept back as a slow network does."""

    def __init__(self, page):
        self.client = page
        self.is_armed, self.held = False, None
        page.route_web_socket(re.compile("_stcore/stream"), self._connect)

    def _connect(self, page):
        self.page, self.server = page, page.connect_to_server()
        page.on_message(self._ask)
        self.server.on_message(self._answer)

    def _ask(self, message):
        if self.is_armed:
            self.is_armed, self.held = False, []
        self.server.send(message)

    def _answer(self, message):
        if self.held is None:
            self.page.send(message)
        else:
            self.held.append(message)

    def hold(self):
        """Keep back the answers from the page's next request on."""
        self.is_armed = True

    def wait_for(self, words):
        """Wait until an answer that holds these words has been kept back."""
        end = time.monotonic() + 20
        while not any(words.encode() in message for message in self.held or []):
            assert time.monotonic() < end, f"the server did not answer {words!r}"
            self.client.wait_for_timeout(50)

    def release(self):
        held, self.held = self.held, None
        for message in held:
            self.page.send(message)
