"""A person's first minutes: seconds to the first page, beside those of an empty Streamlit app, from page to page, to the
first progress, to the first map; and training speed beside gensim's.

    python benchmarks/first_minutes.py

Starts the app on a store of its own and drives it with the system's Chromium.
"""

import contextlib
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Generator
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
PORT = 8597
BASE = f"http://127.0.0.1:{PORT}/"
MARK, REPEATS = "Open your own data", 3
MARKS = {"Data": "Bring data", "Runs": "On disk", "Home": MARK}


def main() -> None:
    with sync_playwright() as playwright:
        path = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-background-networking"]
        )
        first_page(browser)
        with tempfile.TemporaryDirectory() as home, serving("app.py", home):
            page = browser.new_page()
            page.goto(BASE)
            page.get_by_text(MARK).wait_for()
            page_to_page(page)
            words(page)
        browser.close()
    subprocess.run([sys.executable, "benchmarks/word_vectors.py", "--repeats", "1"], cwd=ROOT, check=True)


def first_page(browser: Browser) -> None:
    """Print the seconds from the command to the first page, of the app and of a page with nothing but text, by turns."""
    took: dict[str, list[float]] = {"app.py": [], "empty.py": []}
    with tempfile.TemporaryDirectory() as folder:
        empty = Path(folder, "empty.py")
        empty.write_text(f"import streamlit as st\n\nst.title({MARK!r})\n")
        for _ in range(REPEATS):
            for script in ("app.py", str(empty)):
                page = browser.new_page()
                begun = time.perf_counter()
                with tempfile.TemporaryDirectory() as home, serving(script, home):
                    page.goto(BASE)
                    page.get_by_text(MARK).wait_for()
                    took[Path(script).name].append(time.perf_counter() - begun)
                page.close()
    ours, theirs = (statistics.median(seconds) for seconds in took.values())
    print(
        f"start to first page, median    {ours:5.2f} s (aim 2); an empty Streamlit app {theirs:.2f} s: {ours / theirs:.1f} x"
    )


@contextlib.contextmanager
def serving(script: str, home: str) -> Generator[None]:
    server = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", script, f"--server.port={PORT}", "--server.headless=true"],
        cwd=ROOT,
        env={**os.environ, "EMBEDVIZ_HOME": home},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until_healthy()
        yield
    finally:
        server.terminate()
        server.wait(30)


def until_healthy() -> None:
    while True:
        try:
            urllib.request.urlopen(BASE + "_stcore/health", timeout=1).close()
            return
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            time.sleep(0.05)


def page_to_page(page: Page) -> None:
    took = []
    for _ in range(3):
        for name, mark in MARKS.items():
            begun = time.perf_counter()
            page.get_by_role("link", name=name, exact=True).click()
            page.get_by_text(mark).first.wait_for()
            took.append(time.perf_counter() - begun)
    print(f"page to page, median           {statistics.median(took):5.2f} s (aim 0.5)")


def words(page: Page) -> None:
    page.get_by_role("button", name="Open the GloVe sample").click()
    page.get_by_text("Are similar words near").wait_for(timeout=60_000)
    for label in ("first map (app freshly started)", "a further map, warm"):
        page.get_by_role("link", name="Map", exact=True).click()
        if label.startswith("first"):
            button = page.get_by_role("button", name="Draw the map")
        else:
            page.get_by_role("radio", name="Settings").click()
            box = page.get_by_role("spinbutton", name="Neighbours")
            box.fill("16")
            box.press("Enter")
            button = page.get_by_role("button", name="Draw again")
        begun = time.perf_counter()
        button.click()
        page.get_by_text("The quality of the map is being measured").wait_for(timeout=120_000)
        drawn = time.perf_counter() - begun
        page.get_by_text("Trustworthiness").wait_for(timeout=120_000)
        print(
            f"{label:31}{drawn:5.1f} s, its fidelity {time.perf_counter() - begun - drawn:.1f} s later (aims 8, 5; 3)"
        )
    page.get_by_role("link", name="Home", exact=True).click()
    begun = time.perf_counter()
    page.locator(".st-key-card-words").get_by_role("button").click()
    page.get_by_role("progressbar").wait_for(timeout=60_000)  # shown from the first event on, not while it waits
    print(f"click to first progress        {time.perf_counter() - begun:5.2f} s (aim 1)")


if __name__ == "__main__":
    main()
