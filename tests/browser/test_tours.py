"""Every guided tour in a real browser, from its card on the home page to the map.

With EMBEDVIZ_PICTURES set to a folder, the README's screenshots of predictions and scores are written there.
"""

import pytest
from playwright.sync_api import expect

from components.tours import TOURS
from tests.browser.acting import press

pytestmark = pytest.mark.browser
expect.set_options(timeout=30_000)


@pytest.mark.parametrize("name", list(TOURS))
def test_a_tour_trains_within_a_minute_and_ends_on_the_map(name, server, chromium, picture):
    tour = TOURS[name]
    page = chromium.new_page(viewport={"width": 1440, "height": 900})
    page.goto(server.address)
    expect(page.get_by_text(tour.title)).to_be_visible()
    page.get_by_role("button", name="Start the tour").nth(list(TOURS).index(name)).click()
    first, *rest = tour.steps.values()
    press(page, first.button)
    for step in rest:
        expect(page.get_by_text(step.text)).to_be_visible()
        if name == "review" and step.page == "map.py":
            press(page, "Predict")
            expect(page.get_by_text("Which words pushed which way")).to_be_visible()
            picture(page, "predict")
        if step is not rest[-1]:
            press(page, step.button)
    expect(page.locator(".embedviz-map canvas").first).to_be_visible(timeout=60_000)
    if tour.colour:
        expect(page.get_by_role("combobox", name="Colour by")).to_have_value(tour.colour)
    if name == "review":
        page.get_by_role("link", name="Evaluate").click()
        press(page, "Train the baselines")
        expect(page.get_by_text("TF-IDF and logistic regression")).to_be_visible(timeout=60_000)
        expect(page.get_by_role("button", name="Stop")).to_have_count(0, timeout=60_000)
        picture(page, "evaluate")
    assert page.get_by_text("Something went wrong").count() == 0
    page.close()
