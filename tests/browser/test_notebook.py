"""The map as a widget in JupyterLab: what a person does on it reaches Python, and what Python sets is seen."""

import importlib.util
import json
import os

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import wait_until
from tests.browser.jupyter_lab import MAP, JupyterLab, close, run, run_all

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

CELL = """
import numpy as np, pandas as pd, embedviz as ev
from embedviz.project_space import Projection
from embedviz.projection.settings import ProjectionSettings
rng = np.random.default_rng(0)
group = np.arange(300) % 3
coords = (np.array([[0, 0], [4, 0], [2, 3]])[group] + rng.normal(0, 0.3, (300, 2))).astype(np.float32)
labels = ["sea", "<b>ship</b>", "king", *(f"word{i}" for i in range(297))]
columns = pd.DataFrame({"group": [f"group <i>{k}</i>" for k in group], "length": np.arange(300) / 7})
space = ev.EmbeddingSpace(labels, np.c_[coords, group].astype(np.float32), columns)
projection = Projection(coords, np.arange(300), {}, ProjectionSettings(), space)
widget = projection.widget(height=420)
widget
"""
SECONDS = 30


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """JupyterLab; without it the tests are skipped, or fail where CI is set."""
    if importlib.util.find_spec("jupyterlab") is None or importlib.util.find_spec("anywidget") is None:
        reason = 'JupyterLab or anywidget is not installed: pip install "embedviz[notebook]" jupyterlab'
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    server = JupyterLab(tmp_path_factory.mktemp("lab"))
    yield server
    server.stop()


@pytest.fixture(scope="module")
def notebook(chromium, lab):
    """A page with the notebook and the widget, drawn."""
    page = chromium.new_page(viewport={"width": 1440, "height": 1000})
    problems = []
    page.on("pageerror", lambda error: problems.append(error.stack or str(error)))
    lab.open(page, CELL)
    run_all(page)
    page.wait_for_selector('.stage[data-state="drawn"]', timeout=100_000)
    yield page
    close(page)
    assert problems == []


@pytest.fixture
def page(notebook):
    """The notebook, the widget as it was at first."""
    run(notebook, "widget.selection = []; widget.focus = None; widget.color_by = 'group'; widget.search = ''")
    wait_until(lambda: map_of(notebook, "map.data.focus") is None, SECONDS, "the widget was not reset")
    return notebook


def map_of(page, expression):
    return page.evaluate(f"() => {{ const map = {MAP}; return {expression}; }}")


def labels_at(page):
    return json.loads(run(page, "import json; print(json.dumps(labels))"))


def places_of(page, points):
    """Pixels of points of the map in the page, once the map is at rest."""
    wait_until(lambda: not map_of(page, "Boolean(map.camera.flight)"), SECONDS, "the map did not come to rest")
    box = page.locator(".embedviz-widget .overlay").bounding_box()
    places = map_of(page, f"{list(points)}.map((id) => map.points.screenPosition(id, map.camera))")
    return [(box["x"] + x, box["y"] + y) for x, y in places]


def test_a_person_and_python_follow_each_other(page, picture):
    widget = page.locator(".embedviz-widget")
    assert sorted(widget.locator(".legend .name").all_inner_texts()) == [f"group <i>{k}</i>" for k in range(3)]

    # a box around the third group, which stands above the others
    widget.get_by_title("Select with a box").click()
    xs, ys = zip(*places_of(page, range(2, 300, 3)), strict=True)
    page.mouse.move(min(xs) - 5, min(ys) - 5)
    page.mouse.down()
    page.mouse.move(max(xs) + 5, max(ys) + 5, steps=4)
    page.mouse.up()
    wait_until(lambda: run(page, "print(len(widget.selection))") == "100", SECONDS, "the group was not selected")
    assert run(page, "print(set(space.columns[widget.selected]['group']))") == "{'group <i>2</i>'}"

    # hover and click: answers of the kernel
    widget.get_by_title("Move the map by dragging").click()
    page.mouse.move(*places_of(page, [1])[0])
    wait_until(lambda: "length" in widget.locator(".tooltip").inner_text(), SECONDS, "no columns of the point")
    label = labels_at(page)[map_of(page, "map.pointing.hovered")]
    assert label in widget.locator(".tooltip").inner_text()
    page.mouse.down()
    page.mouse.up()
    card = widget.locator(".embedviz-card")
    wait_until(lambda: card.locator(".neighbor").count() == 12, SECONDS, "no neighbours in the card")
    assert card.locator("h2").inner_text() == label
    wait_until(lambda: run(page, "print(widget.focus)") == label, SECONDS, "Python was not told of the click")
    assert widget.locator("b, i").count() == 0
    picture(page, "notebook")

    # from Python
    run(page, "widget.color_by = 'length'; widget.focus = 'king'; widget.selection = ['sea', 'word5']")
    wait_until(lambda: map_of(page, "map.coloring.colors.kind") == "number", SECONDS, "the colours did not follow")
    wait_until(lambda: map_of(page, "map.pointing.focus") == 2, SECONDS, "the focus did not follow")
    wait_until(lambda: map_of(page, "map.selecting.selection.count") == 2, SECONDS, "the selection did not follow")
    assert widget.locator(".embedviz-bar select").input_value() == "length"
    assert widget.locator(".chip").inner_text().startswith("2 points selected")


def test_keys_are_the_maps_and_not_the_notebooks(page):
    widget = page.locator(".embedviz-widget")
    widget.locator(".embedviz-bar input").click()
    page.keyboard.type("add")  # in a notebook: a cell above, and "dd" deletes one
    page.keyboard.press("Enter")
    wait_until(lambda: run(page, "print(widget.search)") == "add", SECONDS, "Python was not told of the search")
    assert widget.locator(".embedviz-bar .found").inner_text() == "0 found"
    widget.locator(".stage").focus()
    for key in "abdd":
        page.keyboard.press(key)
    assert page.evaluate("jupyterapp.shell.currentWidget.content.widgets.length") == 1


def test_it_follows_the_theme(page, picture):
    def change_to(theme):
        page.evaluate("theme => jupyterapp.commands.execute('apputils:change-theme', { theme })", theme)
        # JupyterLab shows its splash screen meanwhile, and stumbles when it is to take it away twice
        expect(page.locator("#jupyterlab-splash")).to_have_count(0)

    def background():
        return page.locator(".embedviz-widget .stage").evaluate("node => getComputedStyle(node).backgroundColor")

    light = background()
    change_to("JupyterLab Dark")
    wait_until(lambda: map_of(page, "map.coloring.theme.dark"), SECONDS, "the map did not become dark")
    assert background() != light
    picture(page, "notebook-dark")
    change_to("JupyterLab Light")
    wait_until(lambda: not map_of(page, "map.coloring.theme.dark"), SECONDS, "the map did not become light again")
    assert background() == light


def test_two_views_of_a_map_show_the_same(page):
    page.evaluate("jupyterapp.commands.execute('notebook:insert-cell-below')")
    page.evaluate("jupyterapp.shell.currentWidget.content.widgets[1].model.sharedModel.setSource('widget')")
    run_all(page)
    wait_until(lambda: page.locator('.stage[data-state="drawn"]').count() == 2, 60, "no second view")
    run(page, "widget.selection = ['sea', 'king', 'word0']")
    chips = page.locator(".embedviz-widget .chip")
    wait_until(
        lambda: [text.split(" ")[0] for text in chips.all_inner_texts()] == ["3", "3"], SECONDS, "a view did not follow"
    )
    page.evaluate("jupyterapp.commands.execute('notebook:delete-cell')")
    wait_until(lambda: chips.count() == 1, SECONDS, "the second view did not go")
    run(page, "widget.selection = ['sea']")  # what is left is still alive
    wait_until(lambda: map_of(page, "map.selecting.selection.count") == 1, SECONDS, "the first view did not follow")
