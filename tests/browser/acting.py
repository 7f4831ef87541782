"""Acting on a page as a person does: what is being drawn anew is waited for before it is touched."""

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
    """Types a number and leaves the box, and sees that it has arrived."""
    settle(page)
    box = page.get_by_role("spinbutton", name=label)
    box.fill(value)
    box.press("Enter")
    settle(page)
    expect(box).to_have_value(value)


def fill_text(page: Page, label: str, text: str) -> None:
    """Types a text and leaves the box."""
    settle(page)
    box = page.get_by_role("textbox", name=label)
    box.fill(text)
    box.press("Enter")
    settle(page)
