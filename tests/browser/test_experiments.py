"""An experiment in the browser: asked on a sample, watched, answered, its runs opened and its report read offline."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

import embedviz as ev
from embedviz.data.samples import SAMPLES
from tests.browser.acting import choose, fill_number, press, settle, visit
from tests.browser.test_every_page import BAD, WATCH_SHIFTS
from tests.browser.test_whole_way import no_sideways_scrolling

ASKED = {  # question: sample and its rows, model, the question's numbers, the model's; test_word_models.py asks which algorithm
    "Does it hold?": ("ratings", 3000, "Users and items (ratings)", {"Seeds": "2"}, {"Dimensions": "2"}),
    "Which settings?": ("ratings", 3000, "Users and items (ratings)", {"Trials": "2", "Confirm": "0"}, {}),
    "Embeddings or one-hot?": (
        "bird_strikes",
        1000,
        "Categories of a table",
        {"Smallest": "4", "Largest": "4", "Seeds": "1"},
        {"Epochs": "1"},
    ),
    "Pre-trained or from scratch?": (
        "movie_reviews",
        500,
        "Sentiment of texts",
        {"Smallest": "0.1", "Steps": "1", "Seeds": "1"},
        {"Epochs": "1"},
    ),
}

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]


def test_a_sample_is_asked_how_many_dimensions_it_needs(server, chromium, tmp_path, picture):
    page = chromium.new_page(viewport={"width": 1440, "height": 900}, color_scheme="dark")
    page.add_init_script(WATCH_SHIFTS)
    page.goto(server.address + "data")
    settle(page)
    press(page, "Ratings (generated)")
    expect(page.get_by_text("First rows")).to_be_visible(timeout=60_000)
    visit(page, "Experiments")
    choose(page, "Model", "Users and items (ratings)")
    fill_number(page, "Largest", "4")
    fill_number(page, "Seeds", "1")  # two runs: trainings give way to everything else on this machine
    press(page, "Start the experiment")
    expect(page.get_by_role("heading", name="How many dimensions?")).to_be_visible()
    expect(page.get_by_role("progressbar")).to_be_visible(timeout=30_000)
    expect(page.get_by_text("of 2 runs done")).to_be_visible(timeout=60_000)
    expect(page.get_by_text("with one seed nobody knows")).to_be_visible(timeout=250_000)
    settle(page)
    assert page.evaluate("window.shift") < 0.1, page.evaluate("window.shifts")
    faults = [fault["id"] for fault in Axe().run(page).response["violations"] if fault["impact"] in BAD]
    assert faults == []
    picture(page, "experiments")

    with page.expect_download() as download:
        page.get_by_role("button", name="Download the report").click()
    download.value.save_as(tmp_path / "report.html")
    report = chromium.new_context(offline=True).new_page()
    report.goto((tmp_path / "report.html").as_uri())
    expect(report.get_by_text("with one seed nobody knows")).to_be_visible()
    expect(report.locator(".js-plotly-plot .scatterlayer .trace")).to_have_count(3)
    report.close()

    page.set_viewport_size({"width": 390, "height": 844})
    settle(page)
    assert no_sideways_scrolling(page)
    page.reload()
    expect(page.get_by_text("with one seed nobody knows")).to_be_visible()
    page.close()


@pytest.mark.parametrize("question", ASKED)
def test_every_question_is_answered_on_a_part_of_a_sample(server, chromium, question, tmp_path):
    sample, rows, model, options, settings = ASKED[question]
    frame = ev.read_table(SAMPLES[sample].path).frame
    frame.head(rows).to_csv(tmp_path / f"{sample}.csv", index=False)
    page = chromium.new_page(viewport={"width": 1440, "height": 900})
    page.goto(server.address + "data")
    settle(page)
    page.locator('input[type="file"]').first.set_input_files(tmp_path / f"{sample}.csv")
    expect(page.get_by_text("First rows")).to_be_visible(timeout=60_000)
    visit(page, "Experiments")
    choose(page, "Question", question)
    if page.get_by_role("combobox", name="Model").input_value() != model:
        choose(page, "Model", model)
    for label, value in options.items():
        fill_number(page, label, value)
    if settings:
        page.get_by_text("Change settings of the model").click()
        for label, value in settings.items():
            fill_number(page, label, value)
    press(page, "Start the experiment")
    expect(page.get_by_role("heading", name=question)).to_be_visible()
    expect(page.get_by_role("button", name="Delete")).to_be_visible(timeout=300_000)
    settle(page)
    expect(page.locator(".st-key-verdict p").first).to_have_text(re.compile("^Verdict(: the numbers do not decide)?$"))
    expect(page.locator(".js-plotly-plot")).to_be_visible()
    expect(page.get_by_test_id("stAlert")).to_have_count(0)
    assert no_sideways_scrolling(page)
    page.close()
