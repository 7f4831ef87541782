"""A page that follows a job keeps what stands after the job, also on a server too busy to send the page at once."""

import re
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import expect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.browser.acting import settle
from tests.browser.conftest import free_port, wait_until

pytestmark = pytest.mark.browser


@pytest.fixture
def address(request):
    port = free_port()
    flags = [f"--server.port={port}", "--server.headless=true", "--server.fileWatcherType=none"]
    process = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "app.py", *flags],
        cwd=Path(__file__).parent / getattr(request, "param", "follow_app"),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}/"

    def answers() -> bool:
        try:
            with urllib.request.urlopen(f"{address}_stcore/health", timeout=2):
                return True
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    wait_until(answers, 60, "the server did not answer")
    yield address
    process.terminate()
    process.wait(10)


def test_a_refresh_that_meets_an_unsent_page_takes_nothing_away(address, chromium):
    page = chromium.new_page()
    page.goto(address)
    last = page.get_by_role("button", name="Last")
    expect(last).to_be_visible(timeout=30_000)
    page.get_by_role("button", name="Run the page").click()
    expect(page.get_by_text("The page is running.")).to_be_visible()
    page.get_by_role("button", name="Inside").click()  # answered by a refresh as soon as the page has been run
    expect(page.get_by_text("Inside was clicked.")).to_be_visible()
    settle(page)
    for name in ("Inside", "After it", "Last"):
        assert page.get_by_role("button", name=name).is_visible(), name
    page.close()


def test_a_click_that_meets_the_end_of_the_job_is_seen(address, chromium):
    page = chromium.new_page()
    page.goto(address)
    expect(page.get_by_text("No click was seen.")).to_be_visible(timeout=30_000)
    page.get_by_role("button", name="Clicked as the job ends").click()
    expect(page.get_by_text("The click was seen.")).to_be_visible()
    page.close()


def test_a_page_is_refreshed_less_often_while_many_follow_a_job(address, chromium):
    intervals = []

    def connect(browser):
        server = browser.connect_to_server()

        def answer(message):
            if interval := ForwardMsg.FromString(message).auto_rerun.interval:
                intervals.append(round(interval, 3))
            browser.send(message)

        server.on_message(answer)

    page = chromium.new_page()
    page.route_web_socket(re.compile("_stcore/stream"), connect)
    page.goto(address)
    expect(page.get_by_role("button", name="Last")).to_be_visible(timeout=30_000)
    assert intervals == [0.3]
    others = [chromium.new_page() for _ in range(2)]
    for other in others:
        other.goto(address)
        expect(other.get_by_role("button", name="Last")).to_be_visible(timeout=30_000)
    page.wait_for_timeout(2000)
    assert intervals[-1] == 0.6
    for other in others:
        other.close()
    page.wait_for_timeout(15_000)  # a page that was closed is noticed after 10 s
    assert intervals[-1] == 0.3
    page.close()


@pytest.mark.parametrize("address", ["pages_app"], indirect=True)
def test_a_refresh_of_the_page_that_was_left_does_not_empty_the_next_one(address, chromium):
    page, refreshes, servers = chromium.new_page(), [], []

    def connect(browser):
        server = browser.connect_to_server()

        def ask(message):
            asked = BackMsg.FromString(message)
            if asked.rerun_script.fragment_id:
                refreshes.append(message)
            server.send(message)

        browser.on_message(ask)
        servers.append(server)

    page.route_web_socket(re.compile("_stcore/stream"), connect)
    page.goto(address)
    refreshed = page.get_by_text(re.compile(r"Drawn ([3-9]|\d\d+) times"))
    expect(refreshed).to_be_visible(timeout=30_000)
    last = refreshes[-1]
    page.get_by_role("button", name="Go").click()
    # sent before the browser was told of the new page, the refresh may arrive before the server has left the first page,
    expect(page.get_by_text("On the way.")).to_be_visible()
    servers[-1].send(last)
    # while it runs the second,
    expect(page.get_by_role("heading", name="Second")).to_be_visible()
    servers[-1].send(last)
    # or once that has been run
    expect(refreshed).to_be_visible()
    servers[-1].send(last)
    expect(page.get_by_text(re.compile(r"Drawn (1[2-9]|[2-9]\d) times"))).to_be_visible()
    expect(page.get_by_text("Before the job.")).to_be_visible()
    page.close()
