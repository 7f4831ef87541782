"""The controls of the Map page in a real browser: the size of a picture, and every control by the keyboard."""

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.acting import choose, press
from tests.browser.test_map_page import MAP, at_rest, finished, open_section

pytestmark = pytest.mark.browser
SIZE = {"width": 1440, "height": 900}


@pytest.fixture(scope="module")
def link(server, chromium):
    """The address of a map of the GloVe sample's 2,000 most frequent words."""
    page = chromium.new_page()
    page.goto(server.address)
    press(page, "Open the GloVe sample")
    expect(page.get_by_text("king – queen: 0.751")).to_be_visible(timeout=60_000)
    page.get_by_role("link", name="Map", exact=True).click()
    page.wait_for_url("**/map?**")
    link = f"{page.url}&method=pca&n_points=2000"
    page.close()
    return link


@pytest.fixture
def page(link, chromium):
    """The map, opened by its address."""
    page = chromium.new_page(viewport=SIZE, accept_downloads=True)
    page.goto(link)
    finished(page)
    expect(page.locator(".category").first).to_be_visible()
    yield page
    assert page.get_by_text("Something went wrong").count() == 0
    page.close()


def test_a_png_has_the_size_that_was_chosen_from_the_panel_and_from_the_map(page, tmp_path):
    def size_of(save):
        with page.expect_download() as download:
            save()
        download.value.save_as(tmp_path / "map.png")
        with Image.open(tmp_path / "map.png") as picture:
            return picture.size

    open_section(page, "Export")
    at_rest(page)
    stage = page.evaluate(f"[{MAP}.overlay.width, {MAP}.overlay.height]")
    twice = size_of(lambda: press(page, "PNG"))
    assert twice[0] > 2 * stage[0]  # the legend is beside the map
    assert twice[1] == 2 * stage[1]
    choose(page, "Size of the PNG", "4×")
    assert size_of(lambda: press(page, "PNG")) == (2 * twice[0], 2 * twice[1])
    choose(page, "Size of the PNG", "1,920 px wide")
    assert page.evaluate(f"[{MAP}.overlay.width, {MAP}.overlay.height]") == stage  # the screen is as before
    open_section(page, "Export")  # closes it
    at_rest(page)
    by_tool = size_of(lambda: press(page, "Save as PNG, 1,920 pixels wide"))
    assert by_tool[0] == 1920
    assert by_tool[1] == pytest.approx(1920 * twice[1] / twice[0], abs=1)
