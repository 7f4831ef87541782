"""The Runs page in a real browser: what is typed into a row of its table is kept."""

import pytest
from playwright.sync_api import expect

from tests.browser.acting import press, settle, visit

pytestmark = pytest.mark.browser
NAME_CELL = {"x": 150, "y": 52}  # of the first row, right of the column that selects


def test_a_run_is_renamed_by_a_double_click_on_its_name_and_typing(server, chromium):
    page = chromium.new_page(viewport={"width": 1440, "height": 900})
    page.goto(server.address)
    press(page, "Open the GloVe sample")
    expect(page.get_by_text("king – queen: 0.751")).to_be_visible(timeout=60_000)
    visit(page, "Runs")
    table = page.get_by_test_id("stDataFrame")
    table.dblclick(position=NAME_CELL)
    editor = page.locator(".gdg-input")
    expect(editor).to_be_visible()
    page.keyboard.press("Control+A")
    page.keyboard.type("<b>GloVe</b>, *renamed*", delay=30)  # as a person types
    expect(editor).to_have_value("<b>GloVe</b>, *renamed*")
    page.wait_for_timeout(
        300
    )  # the grid takes over what was typed a moment later, and a key ahead of that closes it unchanged
    page.keyboard.press("Enter")
    expect(editor).to_have_count(0)
    opened = page.get_by_role("combobox", name="Open run")
    expect(opened).to_have_value("<b>GloVe</b>, *renamed*")  # the picker of runs beside the page
    settle(page)
    page.reload()
    expect(opened).to_have_value("<b>GloVe</b>, *renamed*")
    visit(page, "Map")
    expect(opened).to_have_value("<b>GloVe</b>, *renamed*")
    page.close()
