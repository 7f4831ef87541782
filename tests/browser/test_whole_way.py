"""From training to download on the King James Bible, in a real browser: train, reload, stop, kill, resume, explore, export.

With EMBEDVIZ_PICTURES set to a folder, the README's screenshots are written there.
"""

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psutil
import pytest
from playwright.sync_api import Page, expect

from embedviz.store.run_folder import CHECKPOINT
from tests.browser.acting import expect_label, fill_number, follow, press, type_label, visit
from tests.browser.conftest import wait_until

pytestmark = pytest.mark.browser

PAGES = ["", "data", "train", "runs", "neighbours", "predict", "evaluate", "map", "compare", "help"]


def no_sideways_scrolling(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1")


def workers(server) -> list[psutil.Process]:
    children = psutil.Process(server.process.pid).children(recursive=True)
    return [child for child in children if child.name().startswith("ev-")]


def wait_for_checkpoint(page: Page, server) -> None:
    """Wait until the run in the page's address can go on from a checkpoint."""
    run_id = parse_qs(urlsplit(page.url).query)["run"][0]
    wait_until((server.home / "runs" / run_id / CHECKPOINT).exists, 60, "there was no checkpoint")


def train_on_king_james(page: Page, server, epochs: int) -> None:
    page.goto(server.address + "data")
    press(page, "King James Bible")
    press(page, "Train on this")
    fill_number(page, "Epochs", str(epochs))
    expect(page.get_by_text("of memory")).to_be_visible()
    press(page, "Train")
    expect(page.get_by_text("Words per second")).to_be_visible(timeout=60_000)


@pytest.mark.timeout(240)  # a training, and a map whose fidelity is measured
def test_the_whole_way(server, chromium, tmp_path, picture):
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True)
    page = context.new_page()
    page.goto(server.address)
    expect(page.get_by_role("heading", name="See what embeddings learn")).to_be_visible()
    picture(page, "home")

    train_on_king_james(page, server, epochs=2000)
    expect(page).to_have_url(re.compile(r"run=[0-9a-f]{32}"))
    address = page.url
    expect(page.get_by_text("king:")).to_be_visible()
    picture(page, "training")

    page.reload()  # the run goes on, and is there again
    expect(page.get_by_text("Words per second")).to_be_visible()
    expect(page.get_by_role("button", name="Stop and keep the best")).to_be_visible()

    page.close()  # so is it after the tab was closed
    page = context.new_page()
    page.goto(address)
    expect(page.get_by_role("button", name="Stop and keep the best")).to_be_visible()

    [training] = [worker for worker in workers(server) if worker.name() == "ev-training"]
    wait_for_checkpoint(page, server)
    training.kill()
    expect(page.get_by_text("was killed, or ran out of memory")).to_be_visible()
    press(page, "Resume")
    expect(page.get_by_text("Time left")).to_be_visible(timeout=60_000)
    press(page, "Stop and keep the best")
    expect(page.get_by_text("Test set:")).to_be_visible(timeout=60_000)

    follow(page, "Neighbours", "Neighbours")
    expect(page.get_by_text("Are similar words near each other?")).to_be_visible()
    page.get_by_role("tab", name="Analogy").click()
    expect(page.get_by_text("3CosMul")).to_be_visible()
    follow(page, "Export these vectors", "Export")
    press(page, "Prepare the file")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download word.zip").click()
    download.value.save_as(tmp_path / "vectors.zip")
    import embedviz

    assert "king" in embedviz.load_vectors(tmp_path / "vectors.zip")

    visit(page, "Map")
    press(page, "Draw the map")
    expect(page.locator(".embedviz-map canvas").first).to_be_visible()
    expect(page.get_by_text("Trustworthiness")).to_be_visible(timeout=120_000)
    # the clusters come last
    expect(page.get_by_role("button", name="Stop", exact=True)).to_have_count(0, timeout=60_000)
    page.get_by_role("textbox", name="Find words").fill("king")
    page.get_by_role("textbox", name="Find words").press("Enter")
    expect(page.get_by_text("Nearest to “king” in the original space")).to_be_visible()
    page.get_by_role("button", name="Reset the view").click()
    page.set_viewport_size({"width": 1440, "height": 1150})
    picture(page, "map")
    stage = page.locator(".embedviz-map canvas").last.bounding_box()
    page.get_by_role("button", name=re.compile("box", re.IGNORECASE)).click()
    page.mouse.move(stage["x"] + 0.2 * stage["width"], stage["y"] + 0.1 * stage["height"])
    page.mouse.down()
    page.mouse.move(stage["x"] + 0.8 * stage["width"], stage["y"] + 0.9 * stage["height"], steps=8)
    page.mouse.up()
    expect(page.get_by_text(re.compile(r"^[\d,]+ selected$"))).to_be_visible()
    with page.expect_download() as download:
        page.locator("button").filter(has_text="downloadDownload as CSV").click()
    download.value.save_as(tmp_path / "selection.csv")
    assert (tmp_path / "selection.csv").read_text("utf-8-sig").startswith("label,x,y,count,cluster\n")

    visit(page, "Runs")
    expect(page.get_by_role("heading", name="Runs")).to_be_visible()
    context.close()


def test_a_killed_server_loses_nothing(server, chromium):
    page = chromium.new_page()
    train_on_king_james(page, server, epochs=2000)
    address = page.url
    wait_for_checkpoint(page, server)
    server.kill()
    server.start()
    page.goto(address)
    expect(page.get_by_text("The server ended")).to_be_visible()
    press(page, "Resume")
    expect(page.get_by_role("button", name="Stop and keep the best")).to_be_visible()
    page.close()


def test_the_glove_sample_opens_in_one_click_and_shows_king_and_queen(server, chromium, picture):
    page = chromium.new_page(viewport={"width": 1440, "height": 900})
    page.goto(server.address)
    press(page, "Open the GloVe sample")
    expect(page.get_by_text("king – queen: 0.751")).to_be_visible(timeout=60_000)
    expect(page.get_by_text("king – table: 0.297")).to_be_visible()
    expect(page.get_by_text("queen – table: 0.340")).to_be_visible()
    picture(page, "neighbours")

    type_label(page, "Word", "qeen")
    expect(page.get_by_text("'qeen' is not among the 20,000 words")).to_be_visible()
    press(page, "queen")
    expect(page.get_by_text("Click a row to go to that word.")).to_be_visible()
    expect_label(page, "Word", "queen")
    table = page.get_by_test_id("stDataFrame").first
    table.click(position={"x": 40, "y": 52})  # the first row: one walks on to it
    expect_label(page, "Word", "princess")
    press(page, "Back")
    expect_label(page, "Word", "queen")
    page.close()


def test_a_fresh_servers_first_visitor_may_open_any_page_and_none_loads_torch_or_umap(serve, chromium):
    server = serve()
    for path in reversed(PAGES):  # first a page that is not the start page
        page = chromium.new_page(viewport={"width": 390, "height": 844})
        page.goto(server.address + path)
        expect(page.get_by_role("heading", level=1)).to_have_text(path.capitalize() or "See what embeddings learn")
        assert page.get_by_text("Page not found").count() == 0
        assert no_sideways_scrolling(page)
        page.close()
    mapped = {Path(entry.path).name for entry in psutil.Process(server.process.pid).memory_maps()}
    assert not {name for name in mapped if "libtorch" in name or "llvmlite" in name}
    server.stop()


def test_under_a_base_path_the_app_and_its_routes_answer(serve, chromium):
    server = serve(base="words")
    page = chromium.new_page()
    page.goto(server.address + "data")
    expect(page.get_by_role("heading", level=1)).to_have_text("Data")
    answer = page.request.get(server.address + "embedviz/static/map.json")
    assert answer.headers["content-type"] == "application/json"
    assert "map.js" in [name for name, _ in answer.json()]
    known = {"If-None-Match": answer.headers["etag"]}
    assert page.request.get(server.address + "embedviz/static/map.json", headers=known).status == 304
    page.close()


def test_uvicorn_serves_the_same_app(serve, chromium):
    server = serve(by_uvicorn=True)
    page = chromium.new_page()
    page.goto(server.address + "runs")
    expect(page.get_by_role("heading", level=1)).to_have_text("Runs")
    page.close()


def test_on_a_shared_server_a_visitor_sees_only_their_own_and_may_look_by_the_address(serve, chromium):
    server = serve(EMBEDVIZ_MODE="shared")
    mine, stranger = chromium.new_context(), chromium.new_context()
    page, other = mine.new_page(), stranger.new_page()
    page.goto(server.address)
    press(page, "Open the GloVe sample")
    expect(page.get_by_text("king – queen: 0.751")).to_be_visible(timeout=60_000)
    page.goto(server.address + "runs")
    expect(page.get_by_text("Select one run")).to_be_visible()
    other.goto(server.address + "runs")
    expect(other.get_by_text("There are no runs yet")).to_be_visible()
    page.goto(server.address)
    page.get_by_test_id("stBaseButton-secondary").filter(has_text=re.compile("^Open$")).click()
    expect(page).to_have_url(re.compile(r"neighbours\?run=[0-9a-f]{32}"))
    other.goto(page.url)
    expect(other.get_by_text("king – queen: 0.751")).to_be_visible()
    other.goto(server.address + "data")
    expect(other.get_by_text("Or choose a sample")).to_be_visible()
    assert other.get_by_text("Open a file by its path").count() == 0
    mine.close()
    stranger.close()
