"""The page What is kept in a real browser: quotas, and the deletion of everything behind a second look."""

import pytest
from playwright.sync_api import Page, expect

from embedviz.store.store import Store
from tests.browser.acting import press, settle, visit

pytestmark = pytest.mark.browser
LAPTOP = {"width": 1440, "height": 900}


@pytest.fixture(scope="module")
def shared(serve):
    """A shared server on which a visitor may use 1 MB."""
    return serve(EMBEDVIZ_MODE="shared", EMBEDVIZ_LIMIT_VISITOR_MB="1")


@pytest.fixture
def visitor(shared, chromium):
    """A page of a visitor with cookies of their own."""
    context = chromium.new_context(viewport=LAPTOP)
    yield context.new_page()
    context.close()


def bring(page: Page, name: str, n_bytes: int) -> None:
    settle(page)
    content = (b"the cat sat on the mat\n" * (n_bytes // 23 + 1))[:n_bytes]
    page.locator('input[type="file"]').set_input_files({"name": name, "mimeType": "text/plain", "buffer": content})


def files_in(store: Store) -> list[str]:
    return [path.name for path in store.uploads_folder.rglob("*") if path.is_file()]


def test_an_upload_of_5_mb_under_a_quota_of_1_mb_is_refused_in_a_sentence_and_leaves_nothing(shared, visitor):
    visitor.goto(f"{shared.address}data")
    bring(visitor, "big.txt", 5_000_000)
    expect(visitor.get_by_text("big.txt does not fit: you use 0 MB of the 1 MB of disk")).to_be_visible()
    assert files_in(Store(shared.home)) == []


def test_a_visitor_deletes_everything_and_is_left_with_nothing(shared, visitor, chromium):
    store = Store(shared.home)
    other = chromium.new_context(viewport=LAPTOP)
    theirs = other.new_page()
    theirs.goto(f"{shared.address}data")
    bring(theirs, "theirs.txt", 1000)
    expect(theirs.get_by_text("Columns used:")).to_be_visible()  # it is written by then
    other.close()

    visitor.goto(f"{shared.address}data")
    bring(visitor, "mine.txt", 600_000)
    press(visitor, "Train on this")
    press(visitor, "Train")
    expect(visitor.get_by_role("button", name="Stop and keep the best")).to_be_visible(timeout=60_000)
    visit(visitor, "What is kept")
    expect(visitor.get_by_text("of 1 MB of disk")).to_be_visible()
    press(visitor, "Delete everything of mine")
    dialog = visitor.get_by_role("dialog")
    expect(dialog.get_by_text("1 upload and 1 run")).to_be_visible()
    assert len(store.runs()) == 1
    dialog.get_by_role("button", name="Delete for good").click()
    expect(visitor.get_by_text("Everything of yours is deleted")).to_be_visible(timeout=60_000)
    assert store.runs() == []
    assert "mine.txt" not in files_in(store)
    assert "theirs.txt" in files_in(store)
    visit(visitor, "Runs")
    expect(visitor.get_by_text("There are no runs yet.")).to_be_visible()
    expect(visitor.get_by_text("Something went wrong")).to_have_count(0)


def test_on_ones_own_machine_the_folder_is_named_and_its_name_is_typed(server, chromium):
    store = Store(server.home)
    page = chromium.new_page(viewport=LAPTOP)
    page.goto(f"{server.address}data")
    bring(page, "mine.txt", 1000)
    expect(page.get_by_text("Columns used:")).to_be_visible()  # it is written by then
    visit(page, "What is kept")
    press(page, "Delete everything in the store of this machine")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text(str(server.home))).to_be_visible()
    box, button = dialog.get_by_role("textbox"), dialog.get_by_role("button", name="Delete for good")
    box.fill("another folder")
    button.click()
    expect(dialog.get_by_text("Nothing was deleted.")).to_be_visible()
    assert "mine.txt" in files_in(store)
    box.fill(server.home.name)
    button.click()
    expect(page.get_by_text("The store is empty.")).to_be_visible(timeout=60_000)
    assert files_in(store) == []
    page.close()
