import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.map.address import decode_regions, decode_settings, encode_regions, encode_settings
from embedviz.core.errors import SettingsError
from embedviz.map_view.selection import DrawnRegion

corners = st.lists(st.tuples(*[st.integers(-300_000, 1_300_000)] * 2), min_size=3, max_size=200)
columns = st.text(st.characters(codec="utf-8"), max_size=20)


@given(
    st.sampled_from(["box", "lasso"]),
    st.sampled_from(["new", "add", "remove"]),
    corners,
    st.none() | st.tuples(columns, st.lists(st.integers(0, 255), min_size=1, max_size=5)),
)
def test_regions_go_into_the_address_and_come_back(kind, mode, places, without):
    region = {"kind": kind, "mode": mode, "polygon": [[x / 1e6, y / 1e6] for x, y in places]}
    if without:
        region["without"] = {"column": without[0], "codes": without[1]}
    drawn = [DrawnRegion("0a", region), DrawnRegion("1b", {**region, "mode": "add"})]
    assert decode_regions(encode_regions(drawn)) == drawn


@pytest.mark.parametrize("word", ["", ";;;", "abc", "a,nb", "a,nb,!!!!!!!!" * 3, "a,xy," + "0" * 48, "a,nb," + "0" * 9])
def test_invalid_regions_are_left_out(word):
    assert decode_regions(word) == []


@given(st.text(max_size=100))
def test_any_text_can_be_decoded(word):
    for part in decode_regions(word):
        assert len(part.region["polygon"]) >= 3


def test_settings_other_than_the_defaults_are_in_the_address():
    values = {"method": "umap", "n_points": 500, "n_neighbors": 15, "min_dist": 0.25, "n_components": 3}
    words = encode_settings(values)
    assert words == {"method": "umap", "n_points": "500", "min_dist": "0.25", "n_components": "3"}
    assert decode_settings(words) == {"method": "umap", "n_points": 500, "min_dist": 0.25, "n_components": 3}
    axes = {"method": "axes", "x_axis": "she - he", "y_axis": "2"}
    assert decode_settings(encode_settings(axes)) == axes
    assert decode_settings({"colour": "count"}) is None


@pytest.mark.parametrize("words", [{"n_points": "many"}, {"n_points": "-1"}, {"spread": "nan"}, {"method": "magic"}])
def test_invalid_settings_are_refused(words):
    with pytest.raises(SettingsError):
        decode_settings({"method": "umap", **words})
