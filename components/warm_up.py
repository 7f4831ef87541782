"""What the server gets ready before it is asked for, once the first page is out of the way."""

from __future__ import annotations

import importlib
import threading

from components.routes import app_router

# Imported while the first browser loads Streamlit. The last two are what Streamlit imports for a picture.
FOR_FIRST_PAGE = ("components.run_picker", "components.tours.guide", "numpy", "PIL.Image")
FIRST_PAGE_S = 3.0  # that the first visitor has; without one, the server gets ready anyway
SETTLING_S = 0.5  # that the browser takes to draw a page after its script has ended
_first_page = threading.Event()


class WarmUp:
    """Imports and starts what later clicks need, in a thread of its own.

    On a small machine it would otherwise take the cores from the first page, which needs none of it.
    """

    def __init__(self) -> None:
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="warm-up")

    def start(self) -> None:
        """Begin to wait for the first page."""
        self._thread.start()

    def close(self) -> None:
        """End the executor if it was started, and whatever still warms up."""
        self._ended.set()
        _first_page.set()
        self._thread.join()
        from embedviz.jobs.shared_executor import close_shared_executor

        close_shared_executor()

    def _run(self) -> None:
        for name in FOR_FIRST_PAGE:
            if self._ended.is_set():
                return
            importlib.import_module(name)
        _first_page.wait(FIRST_PAGE_S)
        if self._ended.wait(SETTLING_S):
            return
        from embedviz.jobs.shared_executor import shared_executor

        shared_executor()
        if not self._ended.is_set():
            app_router()


def page_is_shown() -> None:
    """Let the warm-up begin: a page's script has come to its end."""
    _first_page.set()
