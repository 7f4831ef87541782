"""The map's page by AppTest: what it says of the points it shows and of those that are odd."""

import time

import numpy as np
import pandas as pd
import pytest
from safetensors.numpy import save_file

import embedviz as ev
from components.map.address import encode_regions
from components.map.session import FILTERS, SETTINGS, TABLE
from embedviz.core.jobs.status import Status, write_status
from embedviz.jobs.inline import run_inline
from embedviz.map_view.selection import DrawnRegion
from embedviz.projection.settings import ProjectionSettings
from embedviz.space import EmbeddingSpace
from embedviz.space.storage import write_space
from embedviz.space.subwords import Subwords
from embedviz.store.dataset import Dataset
from embedviz.store.maps import history_of, map_of
from embedviz.store.store import Store

pytestmark = pytest.mark.slow


@pytest.fixture
def run():
    """60 words in two heaps; 3 and 4 are zero, 9 is a copy of 8."""
    rng = np.random.default_rng(0)
    vectors = (np.eye(2, 6)[np.arange(60) % 2] + rng.normal(0, 0.1, (60, 6))).astype(np.float32)
    vectors[[3, 4]] = 0
    vectors[9] = vectors[8]
    store = Store()
    run = store.create_vectors(Dataset.upload(store.uploads_folder, "v.txt", [b"king 1 0\n"]))
    columns = pd.DataFrame({"count": range(60, 0, -1)})
    write_space(EmbeddingSpace([f"w{i}" for i in range(60)], vectors, columns), run.folder / "spaces", "word")
    write_status(run.folder, Status("done", ended=100.0))
    return run


def page_of(app, run, section=SETTINGS, **settings) -> str:
    """Return the text of the page once the map is drawn with these settings, with a section of the panel open."""
    run_inline(map_of(run, "word", ProjectionSettings.of(**settings)))
    app.session_state["current_run"] = run.id
    for name, value in {"method": "umap", **settings}.items():
        app.query_params[name] = str(value)
    app.session_state[f"section-{run.id}-word"] = section
    app.run()
    app.switch_page("map.py").run()
    assert not app.exception
    assert not app.error
    return " ".join(str(element.value) for kind in ("text", "caption", "warning") for element in getattr(app, kind))


def test_a_stratified_sample_is_named_and_that_neighbour_lists_use_all_words(app, run):
    shown = page_of(app, run, n_points=30, sample="stratified", epochs=20)
    assert shown.count("30 of 60 words, drawn evenly from rare to frequent.") == 2  # by the form, and under the map
    assert "Neighbour lists use all 60 words." in shown


def test_a_sample_of_the_most_frequent_is_named(app, run):
    shown = page_of(app, run, n_points=30, epochs=20)
    assert "The 30 most frequent of 60 words." in shown
    assert "drawn evenly" not in shown


def test_zero_vectors_and_copies_are_reported_under_the_map(app, run):
    shown = page_of(app, run, n_points=60, epochs=20)
    assert "2 vectors are zero (like “w3” and “w4”): cosine has no direction" in shown
    assert "1 vector is an exact copy of an earlier one (like “w9”)" in shown
    assert "Neighbour lists use" not in shown


def test_vectors_with_nan_are_reported_and_the_page_lives(app, run):
    vectors = np.array(run.space.vectors)
    vectors[5] = np.nan
    save_file({"vectors": vectors}, run.folder / "spaces" / "word.safetensors")
    shown = page_of(app, run, n_points=60, epochs=20)
    assert "1 vector holds NaN or infinity (like “w5”) and is left out." in shown


def test_a_named_axis_takes_an_unknown_word_and_marks_it(app, run):
    vectors = np.random.default_rng(0).normal(size=(60, 6)).astype(np.float32)
    subwords = Subwords(np.random.default_rng(1).normal(size=(50, 6)).astype(np.float32), 3, 6)
    space = EmbeddingSpace([f"w{i}" for i in range(60)], vectors, subwords=subwords)
    write_space(space, run.folder / "spaces", "word")
    shown = page_of(app, run, method="axes", x_axis="kingz - w1", y_axis="w2", n_points=60)
    assert "kingz - w1: kingz (estimate), w1 (1)" in shown
    marked = "'kingz' is not among the 60 words; its vector is an estimate, composed from its character n-grams."
    assert shown.count(marked) == 2  # by the form, and under the map


@pytest.fixture
def trained(tmp_path, two_topics):
    path = tmp_path / "t.txt"
    path.write_text(two_topics)
    return ev.train("skipgram", path, dim=8, epochs=2, min_count=1, subsample=0, deterministic=True)


def test_the_map_stays_on_the_page_while_the_history_is_laid_out(app, trained):
    page_of(app, trained, method="pca")
    next(toggle for toggle in app.toggle if toggle.label == "Training history").set_value(True).run()
    assert not app.exception
    assert "The 12 most frequent of 12 words." in [text.value for text in app.text]
    assert [box.label for box in app.selectbox].count("Colour by") == 1
    history, end = history_of(trained, "word"), time.monotonic() + 60
    while history.status != "done":
        assert time.monotonic() < end, history.state.reason
        time.sleep(0.1)
    app.run()
    assert not app.exception
    assert any("snapshots of the training" in text.value for text in app.text)


ALL = {"kind": "box", "mode": "new", "polygon": [[-0.3, -0.3], [1.3, -0.3], [1.3, 1.3], [-0.3, 1.3]]}


def with_selection(app, run, polygon):
    """The page of the run's PCA map, by a link that has a region in it."""
    drawn = run_inline(map_of(run, "word", ProjectionSettings.of(method="pca")))
    region = DrawnRegion(drawn.id, {**ALL, "polygon": polygon})
    app.query_params["select"] = encode_regions([region])
    page_of(app, run, TABLE, method="pca")
    return drawn


def test_the_model_is_trained_again_without_the_selection(app, trained):
    drawn = with_selection(app, trained, [[-0.3, -0.3], [0.5, -0.3], [0.5, 1.3], [-0.3, 1.3]])
    left = drawn.coords[:, 0] < drawn.coords[:, 0].min() + np.ptp(drawn.coords[:, 0]) / 2
    chosen = {trained.space.labels[row] for row in drawn.points[left]}
    assert 0 < len(chosen) < 12
    assert f"{len(chosen)} selected" in [heading.value for heading in app.header]
    assert "Nearest to the selection's mean in the original space" in [text.value for text in app.text]
    next(button for button in app.button if button.label == "Train without the selection").click().run()
    assert not app.exception
    new, old = Store().runs()
    assert old.id == trained.id
    assert new.name == f"{trained.name}, without {len(chosen)}"
    assert new.wait(60) == "done"
    assert set(new.space.labels) == set(trained.space.labels) - chosen


def test_a_selection_that_leaves_nothing_to_train_on_is_reported(app, trained):
    with_selection(app, trained, ALL["polygon"])
    next(button for button in app.button if button.label == "Train without the selection").click().run()
    new = Store().runs()[0]
    assert new.wait(60) == "failed"
    assert new.state.reason.startswith("Nothing would be left of the texts. Choose fewer words")
    assert trained.status == "done"


def test_vectors_that_were_not_trained_here_cannot_be_trained_again(app, run):
    drawn = run_inline(map_of(run, "word", ProjectionSettings.of(method="pca")))
    app.query_params["select"] = encode_regions([DrawnRegion(drawn.id, ALL)])
    page_of(app, run, TABLE, method="pca")
    assert "60 selected" in [heading.value for heading in app.header]
    assert "Train without the selection" not in [button.label for button in app.button]


def select_slider(app, column):
    return next(slider for slider in app.select_slider if column in str(slider.label))


def test_filters_narrow_the_table_and_the_address_and_can_be_cleared(app, run):
    shown = page_of(app, run, FILTERS, method="pca")
    assert "60 of 60 words shown." in shown
    next(box for box in app.multiselect if box.label == "Filter by").select("count").run()
    select_slider(app, "count").set_value((31.0, 60.0)).run()
    assert not app.exception
    assert app.query_params["filter"] == "count,r,31.0,60.0"
    assert "30 of 60 words pass the filters." in [text.value for text in app.text]
    app.session_state[f"section-{run.id}-word"] = TABLE
    app.run()
    assert any(caption.value.startswith("The 30 words that pass the filters") for caption in app.caption)
    assert len(app.dataframe[0].value) == 30
    app.session_state[f"section-{run.id}-word"] = FILTERS
    app.run()
    next(button for button in app.button if button.label == "Clear all filters").click().run()
    assert "filter" not in app.query_params
    assert "60 of 60 words shown." in [caption.value for caption in app.caption]


def test_a_link_with_filters_shows_the_points_that_pass_and_a_selection_among_them(app, run):
    drawn = run_inline(map_of(run, "word", ProjectionSettings.of(method="pca")))
    app.query_params["filter"] = "label,t,w1"
    app.query_params["select"] = encode_regions([DrawnRegion(drawn.id, ALL)])
    shown = page_of(app, run, TABLE, method="pca")
    assert "11 of 60 words pass the filters." in shown
    assert "11 selected" in [heading.value for heading in app.header]
    assert sorted(app.dataframe[0].value["label"]) == sorted(["w1", *(f"w{i}" for i in range(10, 20))])
