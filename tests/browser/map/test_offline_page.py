"""The map in one file, opened from the disk by a browser that is offline."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from embedviz.map_view import offline
from embedviz.projection.settings import ProjectionSettings
from embedviz.space import EmbeddingSpace
from tests.browser.map.asking import wait_until

pytestmark = pytest.mark.browser
LABELS = ["sea", "</script><b>bold</b>", "東京", *(f"word{i}" for i in range(300))]


@pytest.fixture
def page(chromium, tmp_path):
    rng = np.random.default_rng(0)
    n = len(LABELS)
    space = EmbeddingSpace(LABELS, rng.normal(size=(n, 4)).astype(np.float32), pd.DataFrame({"count": range(1, n + 1)}))
    shown = SimpleNamespace(
        points=np.arange(n),
        coords=rng.normal(size=(n, 2)).astype(np.float32),
        clusters=pd.Series(rng.choice(["1: <i>a</i>", "2: b"], n), dtype="category"),
        columns=pd.DataFrame(),
        settings=ProjectionSettings(method="axes", x_axis="sea - sky", y_axis="b"),
        kept=None,  # what is not there yet is not offered
        quality={},
    )
    file = tmp_path / "map.html"
    file.write_bytes(offline.page(shown, space, ["cluster", "count", "neighbours kept"], "<b>words</b>"))
    context = chromium.new_context(offline=True)
    page = context.new_page()
    problems = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: message.type == "error" and problems.append(message.text))
    page.goto(file.as_uri())
    page.wait_for_selector('.stage[data-state="drawn"]')
    yield page
    context.close()
    assert problems == []


def test_it_draws_colours_and_finds_without_a_server(page):
    def map_of(expression):
        return page.evaluate(f"(map => {expression})(document.querySelector('.embedviz-map').mapView)")

    assert map_of("map.points.positions.length") == 2 * len(LABELS)
    assert map_of("map.painter.describe().axes.map(({title}) => title)") == ["sea - sky", "b"]
    assert page.locator(".legend .name").all_inner_texts() == ["1: <i>a</i>", "2: b"] or page.locator(
        ".legend .name"
    ).all_inner_texts() == ["2: b", "1: <i>a</i>"]
    assert page.locator("h1").inner_text() == "<b>words</b>"
    assert page.locator(".embedviz-bar option").all_inner_texts() == ["cluster", "count"]
    page.locator(".embedviz-bar select").select_option("count")
    wait_until(lambda: map_of("map.coloring.colors.kind") == "number")
    page.locator(".embedviz-bar input").fill("BOLD")
    page.locator(".embedviz-bar input").press("Enter")
    wait_until(lambda: map_of("map.pointing.focus") == 1)
    assert page.locator(".embedviz-bar .found").inner_text() == "1 found"
    assert page.locator("b").count() == 0
    assert page.locator("p").last.inner_text().startswith("303 points by cosine similarity with two named directions")
