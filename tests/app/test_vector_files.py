"""Files of vectors on the pages: recognised, opened with the matrix that is chosen, and shown where they have a place."""

import json

import numpy as np
import pyarrow as pa
import pytest

from embedviz.jobs.inline import run_inline
from embedviz.projection.settings import ProjectionSettings
from embedviz.store.dataset import Dataset
from embedviz.store.maps import map_of
from embedviz.store.store import Store
from tests.app.previews import read
from tests.formats.written import VECTORS, WORDS, npz, parquet

pytestmark = pytest.mark.slow


def opened(name, data, **options):
    store = Store()
    return store.create_vectors(Dataset.upload(store.uploads_folder, name, [data]), **options)


def test_a_file_with_several_matrices_offers_them_and_opens_the_chosen_one(app):
    run = opened("two.npz", npz(first=VECTORS, second=VECTORS[:, :2], labels=np.array(WORDS)))
    with pytest.raises(Exception, match="holds 2 matrices"):
        run_inline(run)
    assert run.matrices.shapes == {"first": (3, 3), "second": (3, 2)}
    app.session_state["current_run"] = run.id
    app.run()
    app.switch_page("neighbours.py").run()
    assert "contains 2 matrices" in app.info[0].value
    [menu] = [each for each in app.selectbox if each.label == "Matrix"]
    assert menu.options == ["first (3 × 3)", "second (3 × 2)"]
    menu.set_value("second").run()
    [chosen] = Store().runs()
    assert chosen.id != run.id
    assert json.loads((chosen.folder / "run.json").read_text())["spec"]["tensor"] == "second"


def test_the_chosen_matrix_is_read_and_its_columns_are_kept(tmp_path):
    run = opened("two.npz", npz(a=VECTORS, b=VECTORS[:, :2], words=np.array(WORDS), year=np.arange(3)), tensor="b")
    space = run_inline(run).space
    assert (space.dim, space.labels, space.columns["year"].tolist()) == (2, WORDS, [0, 1, 2])


def test_coordinates_of_a_file_are_shown_as_a_map_at_once(app):
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(30, 4)).astype(np.float32)
    table = pa.table(
        {
            "text": [f"text {i}" for i in range(30)],
            "embedding": pa.array(vectors.tolist(), pa.list_(pa.float32())),
            "projection_x": rng.normal(size=30),
            "projection_y": rng.normal(size=30),
        }
    )
    run = run_inline(opened("atlas.parquet", parquet(table)))
    app.session_state["current_run"] = run.id
    app.run()
    app.switch_page("map.py").run()
    assert not app.exception
    [method] = [each for each in app.selectbox if each.label == "Method"]
    assert method.value == "as in the file"
    drawn = map_of(run, "word", ProjectionSettings(method="as in the file", n_points=30))
    expected = np.column_stack([table["projection_x"].to_numpy(), table["projection_y"].to_numpy()]).astype(np.float32)
    np.testing.assert_array_equal(np.asarray(drawn.coords), expected[np.asarray(drawn.points)])


def test_the_data_page_recognises_vectors_and_leaves_tables_alone(app):
    for name, data, expected in (
        ("v.npz", npz(v=VECTORS, labels=np.array(WORDS)), True),
        ("v.parquet", parquet(pa.table({"word": WORDS, "v": VECTORS.tolist()})), True),
        ("t.parquet", parquet(pa.table({"user": [1, 2], "item": [1, 2], "rating": [1.5, 2.5]})), False),
    ):
        dataset = Dataset.upload(Store().uploads_folder, name, [data])
        read(dataset)
        app.session_state["dataset"] = dataset.id
        app.run()
        app.switch_page("data.py").run()
        assert not app.exception
        assert any("Vectors in the format" in text.value for text in app.text) is expected


def content_choice(app):
    [choice] = [each for each in app.segmented_control if each.label == "Read as"]
    return choice


def visited(app, dataset):
    app.session_state["dataset"] = dataset.id
    app.run()
    app.switch_page("data.py").run()
    assert not app.exception
    return app


def read_as(dataset, content):
    """Have the data read in that way before the page asks."""
    other = Dataset(dataset.folder, Store().dataset(dataset.id).reference())
    other.set_content(content)
    read(other)


def test_a_table_of_numbers_can_be_opened_as_vectors_and_is_a_table_again(app):
    rows = "name,red,green,blue,year\n" + "".join(
        f"c{i},{i / 7:.3f},{i / 9:.3f},{i / 11:.3f},{i}\n" for i in range(1, 31)
    )
    dataset = Dataset.upload(Store().uploads_folder, "colours.csv", [rows.encode()])
    read(dataset)
    visited(app, dataset)
    assert content_choice(app).value == "table"
    read_as(dataset, "vectors")
    read_as(dataset, "table")
    content_choice(app).set_value("vectors").run()
    assert not app.exception
    assert Store().dataset(dataset.id).content == "vectors"
    assert content_choice(app).value == "vectors"
    space = run_inline(Store().create_vectors(Store().dataset(dataset.id))).space
    assert (space.dim, space.labels[0], space.columns["year"].tolist()[:2]) == (3, "c1", [1, 2])
    read_as(dataset, "vectors")
    visited(app, dataset)
    content_choice(app).set_value("table").run()
    assert any("30 rows read from colours.csv" in text.value for text in app.text)


def test_lines_of_words_and_numbers_can_be_read_as_a_table(app):
    lines = "".join(f"word{i} {i / 7:.3f} {-i / 9:.3f} {i / 11:.3f}\n" for i in range(1, 31))
    dataset = Dataset.upload(Store().uploads_folder, "v.txt", [lines.encode()])
    read(dataset)
    visited(app, dataset)
    assert content_choice(app).value == "vectors"
    other = Dataset(dataset.folder, Store().dataset(dataset.id).reference())
    other.set_content("table")
    other.set_options(delimiter="blanks")
    read(other)
    other.set_content("vectors")
    other.set_options(delimiter=None)
    read(other)
    visited(app, dataset)
    content_choice(app).set_value("table").run()
    assert not app.exception
    assert any("30 rows read from v.txt" in text.value for text in app.text)
    assert content_choice(app).value == "table"


def test_lines_read_as_a_table_are_vectors_again_by_another_click(app):
    lines = "".join(f"word{i} {i / 7:.3f} {-i / 9:.3f} {i / 11:.3f}\n" for i in range(1, 31))
    dataset = Dataset.upload(Store().uploads_folder, "v.txt", [lines.encode()])
    dataset.set_content("vectors")
    dataset.set_options(delimiter="blanks")  # as the table was read
    read(dataset)
    dataset.set_content("table")
    read(dataset)
    visited(app, dataset)
    assert content_choice(app).value == "table"
    content_choice(app).set_value("vectors").run()
    assert not app.exception
    assert content_choice(app).value == "vectors"
