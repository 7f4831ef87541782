"""The app on a real server, and a real Chromium. Tests of a single component bring a page of their own."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO

import pytest

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(is_so: Callable[[], bool], seconds: float, otherwise: str) -> None:
    """Ask every 0.1 s until it is so; AssertionError with the message after that many seconds."""
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, f"{otherwise} within {seconds} s"
        time.sleep(0.1)


class Server:
    """The app on a store of its own; it can be killed and started again on the same store and port.

    root is a folder that holds the app, by default the checkout; before are words in front of the command.
    """

    process: subprocess.Popen[bytes]

    def __init__(
        self,
        home: Path,
        base: str = "",
        by_uvicorn: bool = False,
        root: Path = ROOT,
        before: Sequence[str] = (),
        **environment: str,
    ):
        self.root, self.before = root, before
        self.port = free_port()
        self.home, self.base = home, base
        self.by_uvicorn, self.environment = by_uvicorn, environment
        self.log: int | IO[bytes] = subprocess.DEVNULL  # where the error stream goes
        self.address = f"http://127.0.0.1:{self.port}/{base + '/' if base else ''}"

    def start(self) -> None:
        command = ["streamlit", "run", "app.py", f"--server.port={self.port}", "--server.headless=true"]
        command += [f"--server.baseUrlPath={self.base}"] if self.base else []
        if self.by_uvicorn:
            command = ["uvicorn", "app:app", f"--port={self.port}"]
        self.process = subprocess.Popen(
            [*self.before, sys.executable, "-m", *command],
            cwd=self.root,
            env=self.surroundings(),
            stdout=subprocess.DEVNULL,
            stderr=self.log,
        )
        wait_until(self._answers, 60, "the server did not answer")

    def surroundings(self) -> dict[str, str]:
        """The variables of the server, and of a command on its store."""
        return {**os.environ, "EMBEDVIZ_HOME": str(self.home), **self.environment}

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}embedviz/health", timeout=2) as answer:
                return answer.read() == b"ok"
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(30)


@pytest.fixture(scope="module")
def serve(tmp_path_factory):
    """A function that starts a Server with these arguments; all are stopped after the module."""
    started = []

    def start(**how) -> Server:
        started.append(Server(tmp_path_factory.mktemp("store"), **how))
        started[-1].start()
        return started[-1]

    yield start
    for server in started:
        server.stop()


@pytest.fixture(scope="module")
def server(serve):
    """One server for the tests of a module: its workers take longer to warm up than most tests do."""
    return serve()


@pytest.fixture(scope="session")
def chromium():
    """A browser; without one the tests are skipped, or fail where CI is set."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        reason = "There is no Chromium on this machine (apt-get install chromium)."
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=30_000)  # a busy machine answers late

    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Add to a failure what the pages showed that were open."""
    report = yield
    browser = getattr(item, "funcargs", {}).get("chromium")
    if report.failed and call.when == "call" and browser is not None:
        for page in [page for context in browser.contexts for page in context.pages]:
            report.sections.append((f"What {page.url} showed", _shown(page)))
    return report


def _shown(page) -> str:
    """Return the page as a screen reader would meet it."""
    from playwright.sync_api import Error

    try:
        return page.locator("body").aria_snapshot(timeout=5_000)
    except Error as error:  # it may be what the test failed of
        return str(error)


@pytest.fixture
def picture():
    """A function that writes a screenshot for the README when EMBEDVIZ_PICTURES names a folder."""

    def take(page, name: str) -> None:
        if folder := os.environ.get("EMBEDVIZ_PICTURES"):
            page.wait_for_timeout(1500)  # fonts, and the map's last frame
            page.screenshot(path=Path(folder) / f"{name}.png")

    return take
