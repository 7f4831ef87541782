"""The controls of the Map page in a real browser: the size of a picture, and every control by the keyboard."""

import pytest
from PIL import Image
from playwright.sync_api import expect

import embedviz as ev
from tests.browser.acting import choose, press, settle
from tests.browser.conftest import wait_until
from tests.browser.test_map_page import MAP, all_in_free_part, at_rest, finished, open_section

pytestmark = pytest.mark.browser
SIZE = {"width": 1440, "height": 900}
ACTIVE = """() => {
  let node = document.activeElement;
  while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
  return node;
}"""
# What a person can act on in the map and in its card.
CONTROLS = """[...document.querySelectorAll("[data-testid=stBidiComponentIsolated]")].flatMap(({ shadowRoot }) => [
  ...shadowRoot.querySelectorAll("button, input, select, [role=application], [role=slider], [tabindex='0']"),
]).filter((node) => node.checkVisibility() && !node.disabled)"""


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


@pytest.fixture(scope="module")
def history_link(server):
    """The address of the history of a training on categories."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EMBEDVIZ_HOME", str(server.home))
        run = ev.train("categories", "bird_strikes", epochs=2, seed=0).folder.name
    return f"{server.address}map?run={run}&method=pca&n_points=2000&history=shown"


def open_history(chromium, link, size):
    page = chromium.new_page(viewport=size)
    page.goto(link)
    finished(page)
    expect(page.get_by_role("slider", name="Training snapshot")).to_be_visible(timeout=60_000)
    settle(page)
    at_rest(page)
    return page


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


def names_met_by_tab(page):
    """Press Tab until every control of the map and its card was met. Returns their names, in order, and those missed."""
    page.evaluate(f"globalThis.left = new Set({CONTROLS})")
    page.get_by_role("combobox", name="Method").focus()
    met = []
    for _ in range(80):
        page.keyboard.press("Tab")
        active = page.evaluate_handle(ACTIVE)
        if active.evaluate("(node) => globalThis.left.delete(node)"):
            met.append(page.locator("*:focus").last.aria_snapshot())
            ring = active.evaluate(
                "(node) => [getComputedStyle(node).outlineStyle, getComputedStyle(node).outlineWidth]"
            )
            assert ring[0] != "none", met[-1]
            assert ring[1] != "0px", met[-1]
    return met, page.evaluate("[...globalThis.left].map((node) => node.outerHTML)")


def test_tab_meets_every_control_of_the_map_each_with_a_name_and_a_ring(chromium, history_link):
    page = open_history(chromium, history_link, SIZE)
    page.get_by_role("button", name="Select with a box").press("Enter")
    page.locator(".stage").press("Escape")  # puts down the tool
    page.get_by_role("button", name="Select with a lasso").press("Space")
    expect(page.get_by_role("button", name="Select with a lasso")).to_have_attribute("aria-pressed", "true")
    page.locator(".stage").press("Enter")
    expect(page.get_by_role("button", name="Close the card")).to_be_visible()
    settle(page)
    met, missed = names_met_by_tab(page)
    assert missed == []
    assert all('"' in name for name in met), met  # - button "Zoom in (+)"
    names = "\n".join(met)
    order = [
        "Close the card",
        "Metric",
        "similarity",
        "Move the map",
        "Replace",
        "Zoom in",
        "Save as PNG",
        "Map of 106",
    ]
    places = [names.index(name) for name in [*order, "no cluster", "Play", "Training snapshot"]]
    assert places == sorted(places)
    page.close()


def test_legend_and_slider_obey_the_keyboard(chromium, history_link):
    page = open_history(chromium, history_link, SIZE)
    category = page.get_by_role("button", name="no cluster")
    for key, pressed in (("Enter", "false"), ("Space", "true")):
        category.press(key)
        expect(category).to_have_attribute("aria-pressed", pressed)
    slider = page.get_by_role("slider", name="Training snapshot")
    slider.press("Home")
    expect(page.locator(".snapshot")).to_have_text("before training")
    slider.press("ArrowRight")
    expect(page.locator(".snapshot")).to_contain_text("% of training")
    page.close()


def walk_right(page):
    """Press the right arrow key on a point. Returns the label of the point that it leads to, once its card is shown."""
    first = page.evaluate(f"{MAP}.pointing.focus")
    page.keyboard.press("ArrowRight")
    wait_until(lambda: page.evaluate(f"{MAP}.pointing.focus") != first, 10, "the focus stays")
    second = page.evaluate(f"{MAP}.pointing.focus")
    assert page.evaluate(f"{MAP}.points.worldPosition({second})[0] > {MAP}.points.worldPosition({first})[0]")
    wait_until(lambda: page.evaluate(f"{MAP}.labels.get({second}) !== undefined"), 10, "the label did not come")
    label = page.evaluate(f"{MAP}.labels.get({second})")
    expect(page.get_by_role("heading", name=label, exact=True)).to_be_visible()
    page.wait_for_url(lambda url: f"focus={label}" in url)
    settle(page)
    return label


def test_a_card_is_opened_read_and_closed_and_points_walked_by_the_keyboard_alone(page):
    active = page.locator("*:focus").last
    page.locator(".stage").focus()
    before = page.evaluate(f"[{MAP}.camera.x, {MAP}.camera.y]")
    page.keyboard.press("Enter")
    close = page.get_by_role("button", name="Close the card")
    expect(close).to_be_visible()
    settle(page)
    for _ in range(10):  # to a point with a neighbour on the map
        label = walk_right(page)
        if page.locator(".neighbor:enabled").count():
            break
    page.keyboard.press("Enter")  # into the card
    expect(active).to_have_text(label)
    for name in ("Close the card", "Metric"):
        page.keyboard.press("Tab")
        expect(active).to_have_attribute("aria-label", name)
    page.keyboard.press("Tab")
    neighbor = active.locator(".name").inner_text()
    assert active.get_attribute("aria-label").startswith(f"{neighbor}, similarity")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=neighbor, exact=True)).to_be_focused()
    settle(page)
    page.keyboard.press("Escape")
    expect(close).to_have_count(0)
    expect(page.locator(".stage")).to_be_focused()
    page.wait_for_url(lambda url: "focus=" not in url)
    settle(page)
    page.keyboard.press("ArrowRight")  # without a focus it moves the map
    assert page.evaluate(f"[{MAP}.camera.x, {MAP}.camera.y]") != before


def test_the_panel_is_opened_and_closed_by_the_keyboard(page):
    section = page.locator(".st-key-map-section")
    for leave in ("from the panel", "from the map"):
        page.get_by_role("radio", name="Settings").focus()
        page.keyboard.press("Enter")
        expect(section).to_be_visible()
        settle(page)
        if leave == "from the map":
            page.locator(".stage").focus()
        else:
            page.keyboard.press("Tab")
            page.keyboard.press("Tab")
            assert page.evaluate(f"({ACTIVE})().closest('.st-key-map-section') !== null")
        page.keyboard.press("Escape")
        expect(section).to_have_count(0)
        expect(page.locator(".stage")).to_be_focused()
        settle(page)


def test_the_history_of_categories_starts_before_the_training_and_plays(chromium, history_link):
    page = open_history(chromium, history_link, SIZE)
    expect(page.locator(".snapshot")).to_have_text("final vectors")
    final = page.evaluate(f"Array.from({MAP}.points.positions)")
    wait_until(lambda: page.evaluate(f"0 in {MAP}.snapshots.layouts"), 20, "the history did not come")
    page.get_by_role("button", name="Play").press("Enter")
    expect(page.locator(".snapshot")).to_have_text("before training")
    wait_until(lambda: page.evaluate(f"Array.from({MAP}.points.positions)") != final, 10, "the points did not move")
    expect(page.locator(".snapshot")).to_contain_text("% of training")  # the next one
    expect(page.locator(".snapshot")).to_have_text("final vectors")
    assert page.evaluate(f"Array.from({MAP}.points.positions)") == final
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    page.close()


@pytest.mark.parametrize(("size", "share"), [(SIZE, 0.65), ({"width": 390, "height": 844}, 0.55)])
def test_the_map_covers_its_share_of_the_screen_with_the_history_open(chromium, history_link, size, share):
    page = open_history(chromium, history_link, size)
    stage, slider = (page.locator(part).bounding_box() for part in (".stage", ".snapshots"))
    assert stage["width"] * stage["height"] / (size["width"] * size["height"]) >= share
    assert slider["y"] > stage["y"] + stage["height"] / 2
    assert slider["y"] + slider["height"] <= stage["y"] + stage["height"]
    assert all_in_free_part(page)
    page.close()


def test_a_link_with_a_filter_draws_the_points_that_do_not_pass_faint_and_grey(link, chromium):
    page = chromium.new_page(viewport=SIZE)
    page.goto(f"{link}&filter=label,t,ing")
    finished(page)
    wait_until(lambda: page.evaluate(f"{MAP}.layer.passing !== null"), 10, "the filter did not come")
    passing = page.evaluate(f"Array.from({MAP}.layer.passing)")
    assert 20 < sum(passing) < 300
    colors = page.evaluate(f"Array.from({{ length: 2000 }}, (_, id) => {MAP}.layer.colorOf(id))")
    left_out = [color for color, passes in zip(colors, passing, strict=True) if not passes]
    assert max(alpha for *_, alpha in left_out) < min(
        color[3] for color, passes in zip(colors, passing, strict=True) if passes
    )
    assert all(max(rgb) - min(rgb) < 20 for *rgb, _ in left_out)
    page.close()
