"""Actions on a page, each once, as a person does them: after the page has stopped changing."""

import re

from playwright.sync_api import Page, expect

READY_MS = 60_000  # a button may come after a reading; half the limit of a test, which would hide what was waited for


def settle(page: Page) -> None:
    """Wait until the script has run and the browser has removed what the run before had left."""
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    expect(page.locator('[data-stale="true"]')).to_have_count(0)


def press(page: Page, name: str) -> None:
    """Click the one button of that name."""
    button = page.get_by_role("button", name=name, exact=True)
    expect(button).to_have_count(1, timeout=READY_MS)
    settle(page)
    button.click()


def fill_number(page: Page, label: str, value: str) -> None:
    """Type a number and press Enter."""
    settle(page)
    box = page.get_by_role("spinbutton", name=label)
    box.fill(value)
    box.press("Enter")
    settle(page)
    expect(box).to_have_value(value)


def fill_text(page: Page, label: str, text: str) -> None:
    """Type a text and press Enter."""
    settle(page)
    box = page.get_by_role("textbox", name=label)
    box.fill(text)
    box.press("Enter")
    settle(page)


def visit(page: Page, title: str) -> None:
    """Open a page from the sidebar."""
    settle(page)
    page.get_by_role("link", name=title, exact=True).click()
    _expect_page(page, title)


def follow(page: Page, button: str, title: str) -> None:
    """Click a button that leads to another page."""
    press(page, button)
    _expect_page(page, title)


def _expect_page(page: Page, title: str) -> None:
    expect(page.get_by_role("heading", level=1).get_by_text(title, exact=True)).to_be_visible()
    settle(page)


def choose(page: Page, label: str, value: str) -> None:
    """Choose from a menu by typing."""
    settle(page)
    box = page.get_by_role("combobox", name=re.compile(rf"\b{label}\b"))
    box.click()
    box.press_sequentially(value, delay=80)
    # by a click: on a busy machine Enter would come before the list has followed the keys
    page.get_by_role("option", name=value, exact=True).click()
    settle(page)
    expect(box).to_have_value(value)


def type_label(page: Page, title: str, word: str) -> None:
    """Type a word into the box of a label and press Enter."""
    settle(page)
    box = page.get_by_role("combobox", name=title, exact=True)
    box.click()
    box.press_sequentially(word, delay=80)
    box.press("Enter")
    expect_label(page, title, word)


def expect_label(page: Page, title: str, word: str) -> None:
    """Wait until this is the label that counts, which the placeholder of its box tells."""
    box = page.get_by_role("combobox", name=title, exact=True).and_(page.get_by_placeholder(word, exact=True))
    expect(box).to_have_count(1)
    settle(page)
