"""A shared server as its host sees it: the log, the figures, and an error found by the id that a page shows; a store without room."""

import json
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.request

import pytest
from playwright.sync_api import expect

from embedviz.core.jobs.status import read_status
from tests.browser.acting import press, settle
from tests.browser.conftest import ROOT, Server, wait_until
from tests.unprivileged import unprivileged

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shared")
    server = Server(folder / "store", EMBEDVIZ_MODE="shared", EMBEDVIZ_METRICS_TOKEN="right")
    with open(folder / "log", "wb") as log:
        server.log = log
        server.start()
        yield server
        server.stop()


def figures(server, token="right") -> str:
    request = urllib.request.Request(f"{server.address}embedviz/metrics", headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return answer.read().decode()


def events(server) -> list[dict[str, object]]:
    """The lines of the log that are ours: Streamlit and uvicorn write text of their own."""
    text = (server.home.parent / "log").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def test_a_training_of_a_visitor_is_in_the_log_and_in_the_figures(shared, chromium):
    context = chromium.new_context()
    page = context.new_page()
    page.goto(shared.address + "data")
    page.get_by_text("Paste a text").click()
    box = page.get_by_role("textbox", name="Text")
    box.fill("the cat sat on the mat with a very private name\n" * 60)
    box.press("ControlOrMeta+Enter")
    press(page, "Use this text")
    press(page, "Train on this")
    press(page, "Train")
    expect(page).to_have_url(re.compile(r"run=[0-9a-f]{32}"), timeout=60_000)
    run = re.search(r"run=([0-9a-f]{32})", page.url)[1]
    wait_until(lambda: read_status(shared.home / "runs" / run).state == "done", 120, "the training did not end")
    (cookie,) = [one["value"] for one in context.cookies() if one["name"] == "embedviz_owner"]
    wait_until(lambda: 'state="done"' in figures(shared), 30, "the training was not counted")
    of_run = [event for event in events(shared) if event.get("run") == run and event.get("kind") == "training"]
    assert [event["message"] for event in of_run] == ["job begun", "job ended"]
    assert of_run[1]["state"] == "done"
    assert {event["message"] for event in events(shared)} >= {"upload", "job begun", "job ended"}
    log = (shared.home.parent / "log").read_text(encoding="utf-8")
    assert cookie not in log
    assert "private name" not in log

    text = figures(shared)
    assert 'embedviz_jobs_total{kind="training",state="done"} 1.0' in text
    values = {name: float(value) for name, value in re.findall(r"^(embedviz_\S+) ([\d.e+]+)$", text, re.MULTILINE)}
    assert values['embedviz_memory_bytes{process="server"}'] > 50e6
    assert values['embedviz_memory_bytes{process="workers"}'] > 1e6
    assert values["embedviz_uploads_total"] == 1
    assert values["embedviz_sessions"] == 1
    context.close()
    with pytest.raises(urllib.error.HTTPError, match="401"):
        figures(shared, "wrong")


def test_an_error_of_a_page_is_found_by_its_id(chromium, tmp_path):
    checkout = tmp_path / "checkout"
    for name in ("pages", "components", ".streamlit", "sample_data"):
        shutil.copytree(ROOT / name, checkout / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "app.py", checkout)
    help_page = checkout / "pages" / "help.py"
    help_page.write_text("def broken():\n    raise ValueError('a mistake in a page')\n\n\nbroken()\n", encoding="utf-8")
    server = Server(tmp_path / "store", root=checkout, PYTHONPATH=str(ROOT))
    server.start()
    try:
        page = chromium.new_page()
        page.goto(server.address + "help")
        shown = page.get_by_text("This is a bug in embedviz")
        expect(shown).to_be_visible(timeout=60_000)
        assert page.get_by_text("Traceback").count() == 0
        error_id = re.search(r"under ([0-9a-f]{8})", shown.inner_text())[1]
        page.close()
        command = [sys.executable, "-m", "embedviz", "doctor", "--error", error_id]
        done = subprocess.run(command, env=server.surroundings(), cwd=ROOT, capture_output=True, text=True, check=True)
        assert "a mistake in a page" in done.stdout
        assert "in broken" in done.stdout
    finally:
        server.stop()


def test_a_read_only_home_is_a_sentence_on_every_page(chromium, tmp_path):
    home = tmp_path / "store"
    home.mkdir(mode=0o500)
    server = Server(home, before=unprivileged())
    server.start()
    try:
        page = chromium.new_page()
        for path in ("", "data", "train", "runs", "map", "export"):
            page.goto(server.address + path)
            expect(page.get_by_text("Name another in EMBEDVIZ_HOME").first).to_be_visible(timeout=60_000)
            settle(page)
            assert page.get_by_text("This is a bug").count() == 0, path
            assert page.get_by_text("Traceback").count() == 0, path
        page.close()
    finally:
        server.stop()
