"""Every page in both themes: what axe finds, what scrolls sideways, and how much jumps while one loads and trains.

With EMBEDVIZ_PICTURES set to a folder, every page is photographed there at three widths in both themes.
"""

import os
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

import embedviz as ev
from tests.browser.acting import press, settle, visit
from tests.browser.conftest import ROOT
from tests.browser.test_whole_way import no_sideways_scrolling

pytestmark = pytest.mark.browser
PAGES = ["", *sorted({path.stem for path in (ROOT / "pages").glob("*.py")} - {"home", "frame"})]
THEMES = ("light", "dark")
PHONE, LAPTOP, DESK = (390, 844), (1440, 900), (1920, 1080)
BAD = ("serious", "critical")
MAX_SHIFT = 0.1
# What people see jump, Cumulative Layout Shift: https://web.dev/articles/cls, here summed over the whole visit.
WATCH_SHIFTS = """
window.shift = 0; window.shifts = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    if (entry.hadRecentInput) continue;
    window.shift += entry.value;
    const moved = entry.sources.map(({ node }) => node?.nodeType === 1 ? node.className || node.tagName : "text");
    window.shifts.push([entry.value.toFixed(3), ...moved]);
  }
}).observe({ type: "layout-shift", buffered: true });
"""


@pytest.fixture(scope="module")
def run(server) -> str:
    """A trained run on the server, which every page shows."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EMBEDVIZ_HOME", str(server.home))
        return ev.train("sentiment", "movie_reviews", preset="fast", epochs=1, seed=0).folder.name


def open_page(page: Page, server, name: str, run: str) -> None:
    page.goto(f"{server.address}{name}" + (f"?run={run}" if name else ""))
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    settle(page)
    page.wait_for_timeout(500)  # what a page asks for after its script, tables and figures above all
    expect_one_primary(page)


def expect_one_primary(page: Page) -> None:
    """Every page has one primary action at most, whatever its state."""
    primary = page.locator('[data-testid^="stBaseButton-primary"]').filter(visible=True)
    assert primary.count() <= 1, (page.url, primary.all_inner_texts())


@pytest.mark.timeout(400)  # every page in two themes, each looked through by axe
def test_no_page_has_a_serious_fault_of_accessibility_or_scrolls_sideways_on_a_phone(server, chromium, run):
    page = chromium.new_page()
    found = []
    for name in PAGES:
        page.emulate_media(color_scheme=THEMES[0])
        page.set_viewport_size(dict(zip(("width", "height"), LAPTOP, strict=True)))
        open_page(page, server, name, run)
        for theme in THEMES:
            page.emulate_media(color_scheme=theme)
            expect(page.get_by_test_id("stApp")).to_have_css("color-scheme", theme)
            for fault in Axe().run(page).response["violations"]:
                if fault["impact"] in BAD or fault["id"] == "heading-order":
                    found.append((theme, name or "home", fault["id"], fault["nodes"][0]["html"][:200]))
            photograph(page, name, theme)
        page.set_viewport_size(dict(zip(("width", "height"), PHONE, strict=True)))
        open_page(page, server, name, run)
        if not no_sideways_scrolling(page):
            found.append(("phone", name or "home", "scrolls sideways"))
    page.close()
    assert found == []


def photograph(page: Page, name: str, theme: str) -> None:
    """Photograph a page at each width, where pictures are asked for."""
    if folder := os.environ.get("EMBEDVIZ_PICTURES"):
        for width, height in (PHONE, LAPTOP, DESK):
            page.set_viewport_size({"width": width, "height": height})
            settle(page)
            page.wait_for_timeout(1000)
            page.screenshot(path=Path(folder) / f"{name or 'home'}-{width}-{theme}.png")
        page.set_viewport_size({"width": LAPTOP[0], "height": LAPTOP[1]})


def test_pages_without_a_run_and_with_more_open_have_one_primary_action(serve, server, chromium, run):
    page = chromium.new_page(viewport={"width": LAPTOP[0], "height": LAPTOP[1]})
    empty = serve()
    for name in PAGES:
        page.goto(f"{empty.address}{name}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        settle(page)
        expect_one_primary(page)
    empty.stop()
    open_page(page, server, "map", f"{run}&method=pca")
    page.get_by_role("radio", name="Settings").click()
    expect(page.get_by_role("button", name="Draw again")).to_be_visible()
    settle(page)
    expect_one_primary(page)
    page.close()


def test_the_export_page_has_the_vectors_as_soon_as_they_are_opened(server, chromium):
    page = chromium.new_page(viewport={"width": LAPTOP[0], "height": LAPTOP[1]})
    page.goto(server.address + "export")
    press(page, "Open the GloVe sample")
    expect(page.get_by_role("heading", name="Vectors", exact=True)).to_be_visible()
    press(page, "Prepare the file")
    expect(page.get_by_role("link", name="Download")).to_be_visible()
    page.close()


@pytest.mark.timeout(200)
def test_little_jumps_from_the_first_page_to_the_end_of_a_training(server, chromium):
    page = chromium.new_page(viewport={"width": LAPTOP[0], "height": LAPTOP[1]})
    page.add_init_script(WATCH_SHIFTS)
    page.goto(server.address)
    settle(page)
    visit(page, "Data")
    press(page, "King James Bible")
    settle(page)
    expect_one_primary(page)
    press(page, "Train on this")
    expect(page.get_by_text("Estimated", exact=False).first).to_be_visible()
    expect_one_primary(page)
    press(page, "Train")
    expect(page.get_by_role("button", name="Stop and keep the best")).to_be_visible(timeout=60_000)
    expect_one_primary(page)
    expect(page.get_by_text("On the test set:")).to_be_visible(timeout=120_000)
    settle(page)
    expect_one_primary(page)
    assert page.evaluate("window.shift") < MAX_SHIFT, page.evaluate("window.shifts")
    page.goto(f"{server.address}export{page.url[page.url.index('?') :]}")  # counted from zero
    expect(page.get_by_role("button", name="Prepare").first).to_be_visible()
    settle(page)
    assert page.evaluate("window.shift") < MAX_SHIFT, page.evaluate("window.shifts")
    page.close()
