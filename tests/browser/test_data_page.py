"""The Data page in a real browser: what was uploaded and chosen is there after a reload, and only for its visitor."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.acting import choose, press, settle, visit
from tests.browser.test_whole_way import no_sideways_scrolling, workers

pytestmark = pytest.mark.browser

REVIEWS = b"review,stars,note\n" + b"so very good a film,5,one two three\na bad film it was,1,four five six\n" * 9


def upload(page: Page, name: str, data: bytes) -> None:
    settle(page)
    page.set_input_files("input[type=file]", files=[{"name": name, "mimeType": "text/csv", "buffer": data}])


def opened(page: Page, server) -> None:
    page.goto(server.address + "data")
    upload(page, "reviews.csv", REVIEWS)
    expect(page.get_by_text("18 rows read from reviews.csv")).to_be_visible()
    expect(page).to_have_url(re.compile(r"data=[0-9a-f]{32}"))


def test_a_reload_and_another_page_keep_data_roles_and_options(server, chromium):
    page = chromium.new_page(viewport={"width": 1440, "height": 900})
    opened(page, server)
    choose(page, "Text", "note")
    expect(page.get_by_text("“note” as text")).to_be_visible()
    page.reload()
    expect(page.get_by_text("“note” as text")).to_be_visible()
    visit(page, "Runs")
    visit(page, "Data")
    expect(page.get_by_text("“note” as text")).to_be_visible()
    page.get_by_text("Change how it is read").click()
    choose(page, "Column names", "no such line")
    expect(page.get_by_text("19 rows read from reviews.csv")).to_be_visible()
    page.reload()
    expect(page.get_by_text("19 rows read from reviews.csv")).to_be_visible()
    page.close()


def test_the_form_stays_open_and_the_choice_stays_made_while_the_data_is_read_slowly(server, chromium):
    page = chromium.new_page(viewport={"width": 1440, "height": 900})
    opened(page, server)
    settle(page)
    page.get_by_text("Change how it is read").click()
    expect(page.get_by_role("combobox", name="Column names")).to_be_visible()
    for worker in workers(server):
        worker.kill()  # the next one is cold
    choose(page, "Column names", "no such line")
    expect(page.get_by_text("19 rows read from reviews.csv")).to_be_visible()
    settle(page)
    expect(page.get_by_role("combobox", name="Column names")).to_have_value("no such line")
    expect(page.get_by_role("radio", name="Table")).to_be_checked()
    page.close()


def test_what_looks_odd_is_mended_by_a_click(server, chromium, picture):
    ratings = b"user,film,stars,seen\n" + b"".join(
        b"u%d,film %d,%d,2024-%02d-%02d\n"
        % (i * 7 % 43, i * 5 % 37, 99 if i % 19 == 0 else i * i % 5 + 1, i % 12 + 1, i % 28 + 1)
        for i in range(900)
    )
    page = chromium.new_page(viewport={"width": 1440, "height": 1180})
    page.goto(server.address + "data")
    upload(page, "ratings.csv", ratings)
    expect(page.get_by_text("99 in “stars” stands apart")).to_be_visible()
    picture(page, "data")
    press(page, "Treat 99 as missing")
    expect(page.get_by_text("stands apart")).to_have_count(0)
    expect(page.get_by_text("99 is treated as missing in “stars”: 48 cells.")).to_be_visible()
    page.close()


def test_after_a_reload_of_another_page_the_data_is_one_click_away(server, chromium):
    page = chromium.new_page(viewport={"width": 1440, "height": 900})
    opened(page, server)
    address = page.url
    visit(page, "Runs")
    page.reload()
    visit(page, "Data")
    expect(page.get_by_text("No data is open")).to_be_visible()
    settle(page)
    page.get_by_role("button", name="Open", exact=True).first.click()
    expect(page.get_by_text("18 rows read from reviews.csv")).to_be_visible()
    expect(page).to_have_url(address)
    page.close()


def test_deleted_data_leaves_the_list_and_comes_back(serve, chromium):
    server = serve()
    page = chromium.new_page(viewport={"width": 1440, "height": 900})
    opened(page, server)
    settle(page)
    page.get_by_role("button", name="delete").click()  # its only data set
    expect(page.get_by_text("Deleted: reviews.csv")).to_be_visible()
    expect(page.get_by_text("No data is open")).to_be_visible()
    expect(page).not_to_have_url(re.compile("data="))
    page.reload()
    press(page, "Restore")
    expect(page.get_by_text("18 rows read from reviews.csv")).to_be_visible()
    page.close()


def test_a_long_reading_shows_its_progress_and_stops(server, chromium):
    page = chromium.new_page(viewport={"width": 1440, "height": 900})
    page.goto(server.address + "data")
    words = ",".join(" ".join(map(str, range(200))) for _ in range(9000))
    upload(page, "slow.csv", (",".join(f"c{i}" for i in range(9000)) + "\n" + f"{words}\n" * 2).encode())
    press(page, "Stop")
    expect(page.get_by_text("Reading was stopped")).to_be_visible()
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    expect(page.get_by_text("Decimal sign")).to_be_visible()  # it may be read otherwise
    page.close()


def test_on_a_phone_what_was_read_comes_first_and_nothing_scrolls_sideways(server, chromium):
    page = chromium.new_page(viewport={"width": 390, "height": 844})
    opened(page, server)
    settle(page)
    tops = [page.get_by_role("heading", name=name).bounding_box()["y"] for name in ("How it was read", "Bring data")]
    assert tops[0] < tops[1]
    assert tops[0] < 400
    assert no_sideways_scrolling(page)
    page.close()


def test_on_a_shared_server_each_visitor_has_their_own_data_and_finds_it_again(serve, chromium):
    server = serve(EMBEDVIZ_MODE="shared")
    mine, stranger = chromium.new_context(), chromium.new_context()
    page, other = mine.new_page(), stranger.new_page()
    opened(page, server)
    page.reload()
    expect(page.get_by_text("18 rows read from reviews.csv")).to_be_visible()
    other.goto(page.url)
    expect(other.get_by_text("belongs to another visitor")).to_be_visible()
    assert other.get_by_text("reviews.csv").count() == 0
    again = mine.new_page()  # the tab was closed and the address was not kept
    again.goto(server.address + "data")
    press(again, "Open")
    expect(again.get_by_text("18 rows read from reviews.csv")).to_be_visible()
    mine.close()
    stranger.close()
