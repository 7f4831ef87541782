import numpy as np
import pandas as pd

from embedviz.data import profile
from embedviz.data.column import Column
from embedviz.data.profile import profile_columns, profile_frame
from embedviz.data.reading import read_table


def profiled(**columns):
    return {each.name: each for each in profile_columns(Column(n, pd.Series(v)) for n, v in columns.items())}


def test_kinds_are_what_a_person_would_say():
    found = profiled(
        number=[1.5, 2, None] * 10,
        written=["1,5", "2,25", "3,75"] * 10,
        day=["2020-01-31", "2021-02-28", "2022-03-31"] * 10,
        truth=pd.array([True, False, None] * 10, dtype="boolean"),
        make=["Ferro", "Vulpa", "Bovis"] * 10,
        review=["a film so good that I wept", "never again", "we laughed from the start to the end of it"] * 10,
        name=[f"person {i}" for i in range(30)],
        nothing=[None, "", " "] * 10,
    )
    assert {name: each.kind for name, each in found.items()} == {
        "number": "number",
        "written": "number",
        "day": "date",
        "truth": "yes/no",
        "make": "category",
        "review": "text",
        "name": "text",
        "nothing": "empty",
    }
    assert found["written"].stored == "text"
    assert (found["nothing"].n_missing, found["nothing"].bars, found["nothing"].examples) == (30, [], [])


def test_numbers_are_counted_in_bars_from_the_least_to_the_greatest():
    found = profiled(few=[3, 1, 3, 2, 3, None], many=np.arange(120.0), half=[0.5, 0.25, np.inf, 1, 1, 1])
    assert (found["few"].bars, found["few"].shows) == ([1, 1, 3], "1 to 3")
    assert (found["few"].n_missing, found["few"].n_distinct, found["few"].smallest) == (1, 3, 1)
    assert (found["many"].bars, found["many"].shows) == ([10] * 12, "0 to 119")
    assert (found["half"].bars, found["half"].shows) == ([1, 1, 3], "0.25 to 1")


def test_dates_are_counted_over_time_and_texts_by_their_words():
    days = ["2020-01-01"] * 3 + ["2020-12-31"]
    found = profiled(day=days * 5, text=["one two three four five", "one two three four"] * 10)
    assert (found["day"].bars, found["day"].shows) == ([15, 5], "2020-01-01 to 2020-12-31")
    assert (found["text"].bars, found["text"].shows) == ([10, 10], "4 to 5 words")


def test_categories_come_by_how_often_they_are_there():
    values = [f"v{i}" for i in range(15) for _ in range(i + 1)]
    found = profiled(few=["b", "a", "a"], many=values)
    assert (found["few"].bars, found["few"].shows, found["few"].examples) == ([2, 1], "each value", ["a", "b"])
    assert (found["many"].bars[:2], len(found["many"].bars)) == ([15, 14], 12)
    assert found["many"].shows == "top 12 of 15 values"
    assert found["many"].examples == ["v14", "v13", "v12"]


def test_long_examples_are_cut():
    [example] = profiled(text=["x" * 100])["text"].examples
    assert (len(example), example[-1]) == (40, "…")


def test_columns_past_the_detailed_ones_keep_what_roles_need(monkeypatch):
    monkeypatch.setattr(profile, "MAX_DETAILED", 1)
    found = profiled(first=[1, 2], second=["x", "x", None], third=[None])
    assert found["first"].bars == [1, 1]
    second = found["second"]
    assert (second.kind, second.n_missing, second.n_distinct, second.smallest, second.bars) == ("text", 1, 1, 2, [])
    assert found["third"].kind == "empty"


def test_a_table_tells_its_profile_a_column_a_row():
    frame = read_table(b"make,doors\nFerro,2\nVulpa,4\nFerro,\n", name="cars.csv").profile()
    assert frame.columns.tolist() == ["column", "kind", "missing", "distinct", "distribution", "shows", "examples"]
    assert frame["column"].tolist() == ["make", "doors"]
    assert frame["missing"].round(2).tolist() == [0, 0.33]
    assert frame["distribution"].tolist() == [[2, 1], [1, 1]]
    assert frame["examples"].tolist() == ["Ferro · Vulpa", "2 · 4"]
    assert profile_frame([], 0).empty
