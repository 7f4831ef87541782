"""Acting on a page as a person does: what is being drawn anew is waited for before it is touched."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect


def settle(page: Page) -> None:
    """Waits until the script has run and what stood there before is gone: a person sees it greyed for a moment, and a
    test would find two of everything."""
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    expect(page.locator('[data-stale="true"]')).to_have_count(0)


def press(page: Page, name: str) -> None:
    """Clicks the one button of that name, which may take up to a minute to come."""
    button = page.get_by_role("button", name=name, exact=True)
    expect(button).to_have_count(1, timeout=60_000)
    settle(page)
    button.click()


def fill_number(page: Page, label: str, value: str) -> None:
    """Types a number and leaves the box, and sees that it has arrived: one typed into a page that is being drawn anew is
    lost, and a person types it again."""
    box = page.get_by_role("spinbutton", name=label)
    for _ in range(4):
        settle(page)
        box.fill(value)
        box.press("Enter")
        page.wait_for_timeout(500)  # for what it sets off to begin
        settle(page)
        if box.input_value() == value:
            break
    expect(box).to_have_value(value)


def fill_text(page: Page, label: str, text: str) -> None:
    """Types a text and leaves the box."""
    settle(page)
    box = page.get_by_role("textbox", name=label)
    box.fill(text)
    box.press("Enter")
    settle(page)


def visit(page: Page, title: str) -> None:
    """Opens a page from the sidebar."""
    _until_there(page, title, lambda: page.get_by_role("link", name=title, exact=True).click())


def follow(page: Page, button: str, title: str) -> None:
    """Presses a button that leads to another page."""
    _until_there(page, title, lambda: press(page, button))


def _until_there(page: Page, title: str, click: Callable[[], None]) -> None:
    """A click that meets a page being drawn anew is lost, and a person clicks again."""
    there = page.get_by_role("heading", level=1).get_by_text(title, exact=True)
    for _ in range(4):
        settle(page)
        click()
        try:
            expect(there).to_be_visible(timeout=8_000)
            break
        except AssertionError:
            continue
    expect(there).to_be_visible()
    settle(page)


def choose(page: Page, label: str, value: str) -> None:
    """Types what to choose from a menu, as opening it by a click alone can fall into a page being drawn anew."""
    settle(page)
    box = page.get_by_role("combobox", name=re.compile(rf"\b{label}\b"))
    box.click()
    box.press_sequentially(value, delay=80)
    box.press("Enter")
    settle(page)
    expect(box).to_have_value(value)
