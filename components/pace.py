"""How often pages that follow a job are refreshed: the less often, the more of them there are."""

from __future__ import annotations

import threading
import time
from collections.abc import Hashable

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.scriptrunner_utils.script_run_context import ThreadState, enqueue_message

SHORTEST_S = 0.3  # the first progress is seen well within a second of the click
LONGEST_S = 5.0
MAX_REFRESHES_PER_S = 8.0  # of all pages together: a refresh takes some 20 ms of the one core that Python has
FORGOTTEN_S = 2 * LONGEST_S  # after which a page that was not refreshed is closed


class Pace:
    """The seconds between two refreshes of a page. All methods may be called from any thread.

    The seconds are doubled and halved, so that a page is seldom given others.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: dict[Hashable, float] = {}

    def seconds(self, follower: Hashable, now: float | None = None) -> float:
        """Return the seconds until a page should be refreshed again; it counts as open from now on.

        Examples
        --------
        >>> pace = Pace()
        >>> pace.seconds("a page")
        0.3
        >>> [pace.seconds(number) for number in range(11)][-1]
        2.4
        """
        now = time.monotonic() if now is None else now
        with self._lock:
            self._seen[follower] = now
            for other in [other for other, seen in self._seen.items() if now - seen > FORGOTTEN_S]:
                del self._seen[other]
            needed = len(self._seen) / MAX_REFRESHES_PER_S
        seconds = SHORTEST_S
        while seconds < needed and seconds < LONGEST_S:
            seconds *= 2
        return min(seconds, LONGEST_S)

    def leave(self, follower: Hashable) -> None:
        """Count a page no more: what it followed has ended."""
        with self._lock:
            self._seen.pop(follower, None)


PACE = Pace()  # of all visitors of this server


def refresh_after(seconds: float) -> None:
    """Have the browser refresh the running fragment every `seconds`, in place of the interval it was declared with."""
    if fragment := ThreadState.get().fragment_id:
        message = ForwardMsg()
        message.auto_rerun.interval = seconds
        message.auto_rerun.fragment_id = fragment
        enqueue_message(message)
