"""Each supervised model on an uploaded file, in a real browser: upload, roles, train, stop, resume, map, predict."""

from dataclasses import dataclass, field

import pytest
from playwright.sync_api import expect

from embedviz.models import MODELS
from tests.browser.acting import choose, fill_number, follow, press, settle, visit

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Way:
    """Differences between the models: fixture with the data, roles to choose, preset, texts on the pages, settings.

    The preset has to be slow enough to press Stop.
    """

    data: str
    roles: dict[str, str]
    preset: str
    unit: str
    ask: str
    answer: str
    settings: dict[str, str] = field(default_factory=dict)


WAYS = {
    "sentiment": Way("tweets", {}, "", "Texts per second", "Text", "Prediction"),
    "ratings": Way(
        "film_ratings",
        {},
        "gradient",
        "Ratings per second",
        "User",
        "Items already rated are left out",
        {"Patience": "0", "Epochs": "9000"},
    ),
    "categories": Way("cars", {"Target": "body"}, "", "Rows per second", "make", "Prediction"),
}


@pytest.mark.parametrize("name", [name for name in WAYS if name in MODELS])
def test_from_an_upload_to_an_answer(name, request, server, chromium, tmp_path):
    way = WAYS[name]
    path = tmp_path / f"{way.data}.csv"
    request.getfixturevalue(way.data).to_csv(path, index=False)
    page = chromium.new_page(viewport={"width": 1440, "height": 900})
    page.goto(server.address + "data")
    page.locator("input[type=file]").set_input_files(path)
    expect(page.get_by_text("rows read from")).to_be_visible()
    for role, column in way.roles.items():
        choose(page, role, column)
    press(page, "Train on this")
    expect(page.get_by_text("of memory")).to_be_visible(timeout=60_000)
    settle(page)
    if way.preset:
        page.get_by_text(way.preset, exact=True).click()
        settle(page)
    page.get_by_text("More settings").click()
    for name, value in {"Epochs": "900", **way.settings}.items():
        fill_number(page, name, value)
    press(page, "Train")
    expect(page.get_by_text(way.unit)).to_be_visible(timeout=60_000)
    press(page, "Stop and keep the best")
    expect(page.get_by_text("Test set:")).to_be_visible(timeout=60_000)
    press(page, "Resume")
    press(page, "Stop and keep the best")
    expect(page.get_by_role("button", name="Resume")).to_be_visible(timeout=60_000)
    follow(page, "Neighbours", "Neighbours")
    expect(page.get_by_text("dimensions.")).to_be_visible()
    expect(page.get_by_test_id("stDataFrame").first).to_be_visible()
    visit(page, "Map")
    press(page, "Draw the map")
    expect(page.locator(".embedviz-map canvas").first).to_be_visible()
    visit(page, "Predict")
    expect(page.get_by_label(way.ask).first).to_be_visible()
    if page.get_by_role("button", name="Predict", exact=True).count():
        press(page, "Predict")
    expect(page.get_by_text(way.answer).first).to_be_visible(timeout=60_000)
    assert page.get_by_text("Something went wrong").count() == 0
    page.close()
