"""The map component on a page of its own (map_app/), with generated points."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.browser.map.asking import answers, wait_until

HERE = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def map_server():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = {
        "server.port": port,
        "server.address": "127.0.0.1",
        "server.headless": "true",
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": "false",
    }
    flags = [part for name, value in options.items() for part in (f"--{name}", str(value))]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", *flags]
    process = subprocess.Popen(command, cwd=HERE / "map_app", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}/"
    try:
        wait_until(lambda: answers(address + "_stcore/health"), seconds=40)
        yield address
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def open_map(map_server, chromium):
    contexts, problems = [], []

    def open_page(query="", before=None, **options):
        context = chromium.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda message: message.type == "error" and problems.append(message.text))
        if before:
            before(page)
        page.goto(map_server + query)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert problems == []
