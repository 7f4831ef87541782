from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from embedviz.map_view.columns import color_codes
from embedviz.map_view.selection import DrawnRegion, regions_suffice, select_rows, selection_frame
from embedviz.projection.sampling import sampled
from embedviz.projection.settings import ProjectionSettings
from embedviz.space import EmbeddingSpace

SPACE = EmbeddingSpace(
    ["table", "kingdom", "king", "Viking", "queen"],
    np.eye(5, dtype=np.float32),
    pd.DataFrame({"count": [9, 8, 7, 6, 5]}),
)
# the map shows four of the five rows, in an order of its own
MAP = SimpleNamespace(
    id="a",
    points=np.array([2, 0, 3, 4]),
    coords=np.array([[0, 0], [1, 0], [0, 1], [1, 1]], np.float32),
    clusters=pd.Series(["1", "1", "2", "2"], dtype="category"),
)
OTHER = SimpleNamespace(id="b", points=np.array([1, 4]), coords=np.array([[0, 0], [1, 0]], np.float32), clusters=None)
MAPS = {"a": MAP, "b": OTHER}
LEFT = {"kind": "box", "mode": "new", "polygon": [[0, 0], [0.5, 0], [0.5, 1], [0, 1]]}
BELOW = {"kind": "box", "mode": "new", "polygon": [[0, 0], [1, 0], [1, 0.5], [0, 0.5]]}


def selected(*drawn):
    return select_rows(SPACE, [DrawnRegion(map_id, region) for map_id, region in drawn], MAPS.get).tolist()


def test_a_region_selects_the_rows_of_its_points():
    assert selected(("a", LEFT)) == [2, 3]
    assert selected() == []


def test_regions_replace_add_and_remove():
    assert selected(("a", LEFT), ("a", BELOW)) == [0, 2]
    assert selected(("a", LEFT), ("a", {**BELOW, "mode": "add"})) == [0, 2, 3]
    assert selected(("a", LEFT), ("a", {**BELOW, "mode": "remove"})) == [3]


def test_a_selection_on_one_map_is_added_to_on_another():
    assert selected(("a", LEFT), ("b", {**LEFT, "mode": "add"})) == [1, 2, 3]


def test_hidden_categories_are_not_selected():
    assert selected(("a", {**LEFT, "without": {"column": "cluster", "codes": [0]}})) == [3]


def test_regions_suffice_unless_drawn_on_another_map_or_with_hidden_categories():
    assert regions_suffice([DrawnRegion("a", LEFT)], "a")
    assert not regions_suffice([DrawnRegion("a", LEFT)], "b")
    assert not regions_suffice([DrawnRegion("a", {**LEFT, "without": {"column": "cluster", "codes": [0]}})], "a")


def test_a_selections_rows_keep_label_place_and_columns_together():
    frame = selection_frame(SPACE, MAP, np.array([3, 2, 1]))
    assert frame["label"].tolist() == ["king", "Viking"]
    assert frame["count"].tolist() == [7, 6]
    assert frame["cluster"].tolist() == ["1", "2"]
    assert frame[["x", "y"]].to_numpy() == pytest.approx(np.array([[0, 0], [0, 1]]))
    assert selection_frame(SPACE, OTHER, np.array([2, 4]))["label"].tolist() == ["queen"]


@pytest.mark.parametrize("sample", ["most frequent", "stratified"])
def test_on_a_map_in_another_order_than_the_space_a_row_stays_itself(sample):
    """Places among the shown points and rows of the space are not the same numbers (tensorboard issue 4611): here label,
    count, coordinates and group all say which row they are of."""
    n = 200
    kind = pd.Series([f"kind {i % 3}" for i in range(n)])
    counts = np.random.default_rng(0).permutation(n)
    space = EmbeddingSpace(
        [f"w{i}" for i in range(n)], np.eye(n, 4, dtype=np.float32), pd.DataFrame({"count": counts, "kind": kind})
    )
    points = sampled(space, ProjectionSettings(n_points=80, sample=sample))
    assert not (np.diff(points) > 0).all()
    shown = SimpleNamespace(
        id="a",
        points=points,
        coords=np.stack([points, -points], axis=1).astype(np.float32),
        clusters=pd.Series([f"group {i % 5}" for i in points], dtype="category"),
        columns=pd.DataFrame(),
    )
    colors = color_codes(shown, space, "kind")
    out = colors.codes[np.flatnonzero(points % 3 == 1)[0]]
    region = {**LEFT, "without": {"column": "kind", "codes": [int(out)]}}
    rows = select_rows(space, [DrawnRegion("a", region)], {"a": shown}.get)
    assert 20 < len(rows) < 40
    frame = selection_frame(space, shown, rows)
    itself = frame["label"].str[1:].astype(int).to_numpy()
    assert sorted(itself) == rows.tolist()
    assert (itself < n / 2).all()
    assert not (itself % 3 == 1).any()
    assert np.array_equal(frame["count"], counts[itself])
    assert np.array_equal(frame["kind"], kind[itself])
    assert np.array_equal(frame["x"], itself)
    assert np.array_equal(frame["y"], -itself)
    assert frame["cluster"].tolist() == [f"group {i % 5}" for i in itself]
