"""Each algorithm for word vectors in a real browser: upload a text, train, look up neighbours; all of them side by side."""

import gzip
import re

import pytest
from playwright.sync_api import Locator, Page, expect

from embedviz.data.samples import SAMPLES
from embedviz.models import model_spec
from embedviz.models.algorithm_titles import algorithm_title
from embedviz.models.compatibility import word_models
from tests.browser.acting import READY_MS, expect_label, fill_number, follow, press, type_label, visit

pytestmark = pytest.mark.browser

COMPOSING = {"fasttext"}  # algorithms that give a vector to a word they have never seen
NOT_AMONG = r"^'kingz' is not among the [\d,]+ words"  # a word that the text does not have
NEIGHBORS = 10
DIM = "16"


@pytest.fixture(scope="module")
def books_of_kings(tmp_path_factory):
    """A file with the books from Samuel to Esther, which are about kings and queens: 162,000 words."""
    with gzip.open(SAMPLES["kjv"].path, "rt", encoding="utf-8") as file:
        verses = file.readlines()[7200:12800]
    path = tmp_path_factory.mktemp("text") / "kings.txt"
    path.write_text("".join(verses), encoding="utf-8")
    return path


def train(page: Page, server, path, model: str) -> None:
    """Upload a text and train a small model on it."""
    spec = model_spec(model)
    page.goto(server.address + "data")
    page.locator("input[type=file]").set_input_files(path)
    press(page, "Train on this")
    page.get_by_role("radio", name=algorithm_title(model), exact=True).click()
    expect(page.get_by_role("heading", level=2)).to_have_text(spec.title)
    fill_number(page, "Dimensions", DIM)
    if "epochs" in spec.Settings.model_fields:
        fill_number(page, "Epochs", "1")
    expect(page.get_by_text("of memory")).to_be_visible(timeout=60_000)
    press(page, "Train")
    expect(page.get_by_text("Test set:")).to_be_visible(timeout=60_000)


def grid(page: Page, heading: str) -> Locator:
    """Return what a screen reader is told of the table that has a column of this name."""
    named = page.locator("[role=columnheader]").filter(has_text=re.compile(f"^{re.escape(heading)}$"))
    return page.get_by_test_id("stDataFrame").locator("[role=grid]").filter(has=named)


def column(page: Page, heading: str, of: str = "") -> Locator:
    """Return the cells of a column. of: another column of the same table, where several tables have this one."""
    table = grid(page, of or heading)
    expect(table).to_have_count(1)
    place = table.locator("[role=columnheader]").all_text_contents().index(heading)
    return table.locator(f"[role=gridcell][aria-colindex='{place + 1}']")


@pytest.mark.timeout(300)  # five algorithms are trained
def test_all_algorithms_on_one_text_are_compared_by_an_experiment_and_side_by_side(server, chromium, books_of_kings):
    titles = [algorithm_title(model) for model in word_models()]
    page = chromium.new_page(viewport={"width": 1920, "height": 900})  # a table has the columns alone that are in sight
    train(page, server, books_of_kings, "skipgram")
    visit(page, "Compare")
    expect(page.get_by_role("heading", name="Which algorithm?")).to_be_visible()
    follow(page, "Ask this of the text", "Experiments")
    expect(page.get_by_role("combobox", name="Question")).to_have_value("Which algorithm?")
    expect(page.get_by_role("spinbutton", name="Dimensions")).to_have_value(DIM)  # as the open run has
    fill_number(page, "Seconds", "1")
    fill_number(page, "Seeds", "1")
    press(page, "Start the experiment")
    expect(page.get_by_role("button", name="Download the report")).to_be_visible(timeout=READY_MS)
    expect(page.get_by_text("Epochs were chosen so that each run takes about 1 s")).to_be_visible(timeout=READY_MS)
    expect(page.get_by_text("Delete", exact=True)).to_be_visible(timeout=READY_MS)  # it has ended
    expect(column(page, "algorithm")).to_have_count(len(titles))
    assert set(column(page, "algorithm").all_text_contents()) == set(titles)

    visit(page, "Compare")
    expect(grid(page, "rank").locator("[role=columnheader]")).to_have_text(["rank", *titles])
    for title in titles:
        near = column(page, title, of="rank")
        expect(near).to_have_count(NEIGHBORS)
        expect(near.first).to_have_text(re.compile(r"^\S+  [01]\.\d\d$"))
    type_label(page, "Neighbours of", "kingz")
    expect(page.get_by_text("fastText: 'kingz' is not among the")).to_be_visible()
    others = ", ".join(title for title in titles if title != "fastText")
    expect(page.get_by_text(f"Not in the vocabulary of: {others}.")).to_be_visible()
    expect(grid(page, "rank").locator("[role=columnheader]")).to_have_text(["rank", "fastText"])
    follow(page, "Open the last answer", "Experiments")
    expect(page.get_by_role("heading", name="Which algorithm? kings.txt")).to_be_visible()
    page.close()


@pytest.mark.parametrize("model", ["glove", "fasttext"])  # one that composes no words, and one that does
def test_from_a_text_to_the_neighbours_of_a_word_and_of_one_never_seen(model, server, chromium, books_of_kings):
    page = chromium.new_page(viewport={"width": 1440, "height": 900})
    train(page, server, books_of_kings, model)
    follow(page, "Neighbours", "Neighbours")
    expect_label(page, "Word", "king")
    near = column(page, "label")
    expect(near).to_have_count(NEIGHBORS)
    expect(near.filter(has_text=re.compile("^(king)?$"))).to_have_count(0)
    cosines = [float(cosine) for cosine in column(page, "similarity").all_text_contents()]
    assert 1 >= cosines[0] >= cosines[-1] > 0

    type_label(page, "Word", "kingz")
    if model in COMPOSING:
        expect(
            page.get_by_text(re.compile(f"{NOT_AMONG}; its vector is an estimate, composed from its"))
        ).to_be_visible()
        expect(near.filter(has_text="king")).not_to_have_count(0)
    else:
        expect(page.get_by_text(re.compile(rf"{NOT_AMONG}\. Did you mean king, "))).to_be_visible()
        expect(page.get_by_test_id("stDataFrame")).to_have_count(0)
    press(page, "Back")
    expect_label(page, "Word", "king")
    expect(near).to_have_count(NEIGHBORS)
    page.close()
