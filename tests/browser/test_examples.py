"""Texts as points, in a real browser: a mistake is read, and its neighbours are texts."""

import re

import pytest
from playwright.sync_api import expect

import embedviz as ev
from tests.browser.acting import press, settle

pytestmark = pytest.mark.browser

FIRST_ROW_PX = 35 + 18  # below the top of a table: its header and half a row


@pytest.fixture
def run(server, tweets, tmp_path, monkeypatch):
    monkeypatch.setenv("EMBEDVIZ_HOME", str(server.home))
    frame = tweets.copy()
    frame.loc[::7, "mood"] = "happy"  # whatever they say, so that there are mistakes
    frame.to_csv(tmp_path / "t.csv", index=False)
    return ev.train(
        "sentiment", tmp_path / "t.csv", columns={"text": "tweet", "label": "mood"}, vectors="none", dim=8,
        encoder="mean", epochs=3, device="cpu",
    )  # fmt: skip


@pytest.mark.parametrize("width", [390, 1440])
def test_a_mistake_is_read_and_its_neighbours_are_looked_up(server, chromium, run, width, picture):
    page = chromium.new_page(viewport={"width": width, "height": 900})
    page.goto(f"{server.address}evaluate?run={run.id}")
    heading = page.get_by_role("heading", name="Mistakes")
    expect(heading).to_be_visible()
    settle(page)
    worst = run.spaces["text"].columns.assign(label=run.spaces["text"].labels)
    worst = worst[(worst["part"] == "test") & (worst["right or wrong"] == "wrong")]
    worst = worst.sort_values("confidence", ascending=False, kind="stable").iloc[0]
    table = page.get_by_test_id("stDataFrame").filter(has_text=worst["text"]).last
    table.scroll_into_view_if_needed()
    table.click(position={"x": 40, "y": FIRST_ROW_PX})
    expect(page.get_by_test_id("stText").get_by_text(worst["text"], exact=True)).to_be_visible()
    expect(page.get_by_text("right or wrong: wrong")).to_be_visible()
    picture(page, f"mistake-{width}")
    press(page, "Neighbours of this text")
    expect(page.get_by_text(f"Nearest to “{worst['label']}”")).to_be_visible()
    expect(page).to_have_url(re.compile("space=text"))
    settle(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1")
    picture(page, f"text-neighbours-{width}")
    page.close()
