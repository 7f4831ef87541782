"""Texts and rows as points, on the pages that ask about spaces, by AppTest."""

import numpy as np
import pandas as pd
import pytest

import embedviz as ev
from components.example_card import example_columns, known_text
from embedviz.evaluation.example_labels import example_pair
from embedviz.space import EmbeddingSpace

pytestmark = pytest.mark.slow

MARKUP = "*not* [a link](http://x) of <b>any</b> kind"


@pytest.fixture
def run(tweets, tmp_path):
    frame = tweets.copy()
    frame.loc[3, "tweet"] = MARKUP
    frame.loc[::7, "mood"] = "happy"  # whatever they say, so that there are mistakes
    frame.to_csv(tmp_path / "t.csv", index=False)
    return ev.train(
        "sentiment", tmp_path / "t.csv", columns={"text": "tweet", "label": "mood"}, vectors="none", dim=8,
        encoder="mean", epochs=2, device="cpu",
    )  # fmt: skip


def opened(app, run, page, space="text"):
    app.session_state["current_run"] = run.id
    app.session_state[f"space-{run.id}"] = space
    app.run()
    app.switch_page(f"{page}.py").run()
    assert not app.exception
    return app


def shown(app):
    return " ".join(str(each.value) for kind in ("text", "caption", "info") for each in getattr(app, kind))


def test_the_neighbours_of_a_text_are_texts_with_what_was_predicted(app, run):
    opened(app, run, "neighbours")
    assert "599 texts, 16 dimensions. Analogies of texts have no meaning, so there is no tab for them." in shown(app)
    assert [tab.label for tab in app.tabs] == ["Neighbours", "Two texts", "Odd one out"]
    near = app.dataframe[0].value
    assert {"text", "target", "prediction", "confidence", "right or wrong", "part", "row"} <= set(near)
    first = example_pair(run.spaces["text"])[0]
    assert run.spaces["text"].columns["text"][run.spaces["text"].index(first)] in [text.value for text in app.text]


def test_another_space_of_the_run_begins_with_a_label_of_its_own(app, run):
    opened(app, run, "neighbours", "word")
    words = set(app.dataframe[0].value["label"])
    assert words <= set(run.spaces["word"].labels)
    app.session_state[f"space-{run.id}"] = "text"
    app.run()
    assert not app.exception
    assert not app.warning
    assert set(app.dataframe[0].value["label"]) <= set(run.spaces["text"].labels)


def test_a_text_is_shown_as_text(app, run):
    app.session_state["history-run"] = f"{run.id} text"
    app.session_state["history"], app.session_state["history-at"] = [MARKUP], 0
    opened(app, run, "neighbours")
    assert MARKUP in [text.value for text in app.text]
    assert not any(MARKUP in str(each.value) for each in app.markdown)


def test_mistakes_are_listed_and_read(app, run):
    opened(app, run, "evaluate")
    assert "Mistakes" in [heading.value for heading in app.header]
    columns = run.spaces["text"].columns
    wrong = columns[(columns["part"] == "test") & (columns["right or wrong"] == "wrong")]
    assert f"{len(wrong)} are predicted wrongly" in shown(app)
    [listed] = [table.value for table in app.dataframe if "confidence" in table.value and "text" in table.value]
    assert sorted(listed["text"]) == sorted(wrong["text"])
    label = listed["label"].iloc[0]
    app.session_state[f"mistake-{run.id}"] = label
    app.run()
    assert listed["text"].iloc[0] in [text.value for text in app.text]
    [button] = [button for button in app.button if button.label == "Neighbours of this text"]
    button.click().run()
    assert not app.exception
    assert f"Nearest to “{label}”" in shown(app)


def test_texts_are_compared_with_texts_alone(app, run):
    opened(app, run, "compare")
    assert "A space of texts is compared with another of texts. Train again on the same data" in shown(app)


def test_texts_stand_in_place_of_labels_in_a_table_and_rows_keep_theirs():
    frame = pd.DataFrame({"label": ["a"], "similarity": [1.0], "text": ["all of it"], "part": ["test"]})
    vectors = np.ones((1, 2), np.float32)
    texts, rows = (EmbeddingSpace(["a"], vectors, kind=kind) for kind in ("text", "row"))
    assert example_columns(texts, frame) == ["text", "similarity", "part"]
    assert example_columns(rows, frame) == ["label", "similarity", "text", "part"]


def test_what_is_known_stands_in_a_line_without_missing_cells():
    known = {"target": "good", "confidence": 0.98765, "city": None, "weight": float("nan"), "row": 7}
    assert known_text(known) == "target: good · confidence: 0.988 · row: 7"
