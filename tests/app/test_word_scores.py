"""Scores of word vectors on the Evaluate and the Neighbours page, by real workers."""

import pytest

from embedviz.jobs.inline import run_inline
from embedviz.jobs.word_scores import FOLDER, WordScores
from embedviz.store.dataset import Dataset
from embedviz.store.store import Store

pytestmark = pytest.mark.slow

VECTORS = b"tiger 9 1\ncat 8 2\ncar 1 7\nbus 2 9\n"
PAIRS = b"tiger\tcat\t9\ncar\tbus\t8\ntiger\tbus\t3\ncat\tcar\t1\ncat\t<b>[uni](http://x)\t2\n"
QUESTIONS = b": all\ntiger cat car bus\ntiger cat car lorry\n"


@pytest.fixture
def run():
    store = Store()
    return run_inline(store.create_vectors(Dataset.upload(store.uploads_folder, "v.txt", [VECTORS])))


@pytest.fixture
def glove():
    store = Store()
    return run_inline(store.create_vectors(Dataset.sample(store.uploads_folder, "glove")))


def opened(app, run, page="evaluate.py"):
    app.session_state["current_run"] = run.id
    app.run()
    app.switch_page(page).run()
    assert not app.exception
    return app


def scored(app, run):
    """Wait for the job that the page has just submitted, and show what it wrote."""
    [asked] = [WordScores(folder) for folder in (run.folder / FOLDER).iterdir()]
    state = asked.wait(60)
    app.run()
    assert not app.exception
    return state


def text_of(app):
    return " ".join(
        str(e.value) for kind in ("text", "caption", "info", "warning", "error") for e in getattr(app, kind)
    )


def set_choice(app, run):
    return app.segmented_control(key=f"word-set-{run.id}-word")


def test_opened_vectors_are_scored_on_the_small_english_set(app, glove):
    opened(app, glove)
    choice = set_choice(app, glove)
    assert choice.options == ["Small English word pairs", "Small English analogies", "A file"]
    choice.set_value("Small English word pairs").run()
    assert scored(app, glove) == "done"
    table = app.dataframe[0].value
    assert table["score"].tolist() == ["Spearman"]
    assert 0.6 < table["95% from"][0] < table["value"][0] < table["95% to"][0]
    assert abs(table["random vectors"][0]) < 0.1
    assert "120 of 120 pairs answered (100%)" in text_of(app)
    assert "95% of spaces of random vectors score between" in text_of(app)
    assert len(app.dataframe[1].value) == 120


def test_a_file_is_scored_with_its_coverage_and_never_as_markup(app, run):
    opened(app, run)
    choice = set_choice(app, run)
    assert choice.options == ["A file"]  # four words are no English text
    choice.set_value("A file").run()
    app.file_uploader[0].set_value(("pairs.tsv", PAIRS, "text/plain")).run()
    assert scored(app, run) == "done"
    assert app.dataframe[0].value["value"].tolist() == pytest.approx([0.6])
    [coverage] = [text.value for text in app.text if "pairs answered" in text.value]
    assert coverage.startswith(
        "4 of 5 pairs answered (80%), 1 left out of the score. 1 word is not in the vocabulary: <b>[uni]"
    )
    assert "<b>" not in " ".join(element.value for element in (*app.markdown, *app.caption))
    assert app.dataframe[1].value["status"].tolist() == ["known"] * 4 + ["unknown word"]


def test_a_file_that_is_no_set_is_answered_with_one_sentence(app, run):
    opened(app, run)
    set_choice(app, run).set_value("A file").run()
    app.file_uploader[0].set_value(("notes.txt", b"Only a few notes of mine.\n", "text/plain")).run()
    assert scored(app, run) == "failed"
    assert "line 1: expected word pairs" in text_of(app).replace("\\", "")


def test_the_neighbours_page_ranks_the_expected_words_of_a_file(app, run):
    opened(app, run, "neighbours.py")
    app.session_state["tab-4-word"] = "Analogy"
    app.run()
    [expander] = [each for each in app.expander if each.label == "A file of analogies"]
    expander.file_uploader[0].set_value(("questions.txt", QUESTIONS, "text/plain")).run()
    assert scored(app, run) == "done"
    frames = [frame.value for frame in app.dataframe if "expected" in frame.value]
    [rows] = frames
    assert rows[["c", "expected"]].values.tolist() == [["car", "bus"], ["car", "lorry"]]
    assert rows[["rank", "rank 3CosMul"]].fillna(0).values.tolist() == [[1, 1], [0, 0]]
    assert "1 of 2 questions answered (50%)" in text_of(app)


def test_another_visitor_brings_no_file_to_a_run(app, glove, as_visitor):
    as_visitor()
    opened(app, glove)
    assert set_choice(app, glove).options == ["Small English word pairs", "Small English analogies"]
    app.switch_page("neighbours.py").run()
    assert not app.file_uploader
