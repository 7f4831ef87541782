from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.map.filters import (
    Categories,
    Contains,
    Range,
    decode_filters,
    encode_filters,
    filter_columns,
    filter_kind,
    passing_points,
)
from embedviz.space import EmbeddingSpace

COLUMNS = pd.DataFrame(
    {
        "count": [50, 40, 30, 20, 10],
        "share": [0.5, np.nan, 0.1, 0.9, 0.2],
        "kind": ["animal", None, "plant", "animal", "stone"],
        "text": ["A lion roars", "Grass (green)", "An oak", "a LION cub", "Flint"],
    }
)
SPACE = EmbeddingSpace(["lion", "grass", "oak", "cub", "flint"], np.eye(5, dtype=np.float32), COLUMNS)
MAP = SimpleNamespace(
    points=np.array([0, 1, 2, 3]),
    clusters=pd.Series(["1: beasts", "2: green", "2: green", "1: beasts"], dtype="category"),
    columns=pd.DataFrame(),
    kept=None,
)


def passing(**filters):
    mask = passing_points(MAP, SPACE, filters)
    return None if mask is None else mask.tolist()


def test_a_range_holds_both_ends_and_no_missing_value():
    assert passing(count=Range(30, 40)) == [False, True, True, False]
    assert passing(share=Range(0, 1)) == [True, False, True, True]


def test_categories_are_any_of_the_named():
    assert passing(kind=Categories(("animal", "stone"))) == [True, False, False, True]
    assert passing(cluster=Categories(("2: green",))) == [False, True, True, False]


def test_a_text_is_found_anywhere_whatever_its_case_and_is_no_expression():
    assert passing(text=Contains("lion")) == [True, False, False, True]
    assert passing(text=Contains("(green)")) == [False, True, False, False]
    assert passing(label=Contains("A")) == [False, True, True, False]


def test_a_point_has_to_pass_all_filters():
    assert passing(kind=Categories(("animal",)), count=Range(0, 30)) == [False, False, False, True]


def test_clusters_of_another_map_and_unknown_columns_do_not_filter():
    assert passing(cluster=Categories(("1: ships",))) is None
    assert passing(colour=Categories(("red",))) is None
    assert passing(**{"neighbours kept": Range(0, 1)}) is None  # not computed yet
    assert passing() is None


def test_every_column_has_the_kind_of_filter_that_suits_it():
    assert filter_columns(SPACE) == ["label", "cluster", "count", "share", "kind", "text", "neighbours kept"]
    assert filter_kind(SPACE.columns["count"]) is Range
    assert filter_kind(SPACE.columns["kind"]) is Categories
    assert filter_kind(pd.Series([True, False])) is Categories
    assert filter_kind(pd.Series([f"text {i}" for i in range(500)])) is Contains
    assert filter_kind(pd.Series(["a", "b"], name="label")) is Contains


numbers = st.floats(allow_nan=False, allow_infinity=False)
texts = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20)
filters = st.one_of(
    st.builds(Range, numbers, numbers),
    st.builds(Categories, st.lists(texts, min_size=1, max_size=4).map(tuple)),
    st.builds(Contains, texts.filter(str.strip)),
)


@given(st.dictionaries(texts, filters, max_size=4))
def test_filters_go_into_the_address_and_come_back(wanted):
    assert decode_filters(encode_filters(wanted)) == wanted


@pytest.mark.parametrize(
    "word", ["", ";,;", "count", "count,r,1", "count,r,1,nan", "count,r,x,2", "kind,c", "a,t,", "a,x,1"]
)
def test_invalid_filters_are_left_out(word):
    assert decode_filters(word) == {}
