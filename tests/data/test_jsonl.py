import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embedviz.core.errors import DataError
from embedviz.data import jsonl
from embedviz.data.jsonl import looks_like, read


def test_a_key_that_is_not_there_is_missing():
    frame = read('{"a": 1, "b": "x"}\n{"b": "y"}\n\n{"a": 3, "c": true}\n', "a.jsonl").frame
    assert frame.columns.tolist() == ["a", "b", "c"]
    assert frame["a"].isna().tolist() == [False, True, False]
    assert frame["b"].isna().tolist() == [False, False, True]
    assert frame["c"].isna().tolist() == [True, True, False]
    assert bool(frame["c"][2]) is True


def test_kinds_are_kept_where_a_column_has_one():
    frame = read('{"i": 1, "f": 1.5, "s": "x", "m": 1}\n{"i": 2, "f": 2, "s": "y", "m": "one"}\n', "a.jsonl").frame
    assert [str(kind) for kind in frame.dtypes] == ["int64", "float64", "str", "str"]
    assert frame["m"].tolist() == ["1", "one"]


def test_nested_values_are_shown_as_json_and_it_is_reported():
    found = read('{"a": {"b": [1, "ü"]}}\n', "a.jsonl")
    assert found.frame["a"].tolist() == ['{"b": [1, "ü"]}']
    assert found.notes == ["Nested values are shown as their JSON text: a."]


def test_lines_that_are_no_object_are_left_out_and_named():
    found = read('{"a": 1}\n{"a": \n[1]\n7\n{"a": 2}\n', "a.jsonl")
    assert found.frame["a"].tolist() == [1, 2]
    assert found.dropped.rows == [(2, "not valid JSON"), (3, "not a JSON object"), (4, "not a JSON object")]


def test_no_object_at_all_is_reported():
    with pytest.raises(DataError, match="one object a line"):
        read("[1]\n", "a.jsonl")
    with pytest.raises(DataError, match="only empty JSON objects"):
        read("{}\n", "a.jsonl")


def test_brackets_without_end_are_one_bad_line():
    assert read('{"a": ' + "[" * 100_000 + '\n{"a": 1}\n', "a.jsonl").dropped.rows == [(1, "not valid JSON")]


def test_too_many_keys_are_refused(monkeypatch):
    monkeypatch.setattr(jsonl, "MAX_COLUMNS", 3)
    with pytest.raises(DataError, match="line 2: more than 3 different keys"):
        read('{"a": 1, "b": 1, "c": 1}\n{"d": 1}\n', "a.jsonl")


def test_a_table_that_is_nearly_empty_is_refused_when_it_is_large(monkeypatch):
    monkeypatch.setattr(jsonl, "MAX_CELLS", 1000)
    keys = json.dumps({f"k{i}": 1 for i in range(20)})
    assert read(keys + "\n{}" * 20, "a.jsonl").frame.shape == (21, 20)
    with pytest.raises(DataError, match=r"120 different keys, but fills only 120 of these 14,520"):
        read(
            "\n".join([keys, *(json.dumps({f"r{i}": 1}) for i in range(100)), *["{}"] * 20]),
            "a.jsonl",
        )


def test_keys_that_come_late_cost_no_memory_for_the_rows_before(monkeypatch):
    import tracemalloc

    text = "{}\n" * 20_000 + "\n".join(json.dumps({f"k{i}": 1}) for i in range(500))
    monkeypatch.setattr(jsonl, "MAX_CELLS", 1_000_000)
    tracemalloc.start()
    with pytest.raises(DataError, match="fills only 500"):
        read(text, "a.jsonl")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10_000_000  # 10 million places for cells would take eight times as much


def test_half_a_surrogate_pair_is_replaced():
    assert read('{"a": "x\\ud800y"}\n', "a.jsonl").frame["a"].tolist() == ["x?y"]


def test_numbers_too_large_to_be_exact_stay_text():
    assert read('{"id": 12345678901234567890}\n', "a.jsonl").frame["id"].tolist() == ["12345678901234567890"]
    assert read('{"n": NaN}\n{"n": 1.5}\n', "a.jsonl").frame["n"].tolist() == ["NaN", "1.5"]


def test_a_preview_leaves_out_the_line_it_cuts():
    found = read('{"a": 1}\n{"a": 2', "a.jsonl", cut=True)
    assert (found.frame["a"].tolist(), found.dropped.count) == ([1], 0)


def test_json_lines_are_distinguished_from_text():
    assert looks_like('\n {"a": 1}\n{"a": 2}')
    assert not looks_like("{curly} words\nmore words")


values = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.integers(), max_size=2)


@given(st.lists(st.dictionaries(st.sampled_from("abc"), values, min_size=1), min_size=1, max_size=6))
def test_every_object_becomes_a_row(objects):
    found = read("\n".join(map(json.dumps, objects)), "a.jsonl")
    assert (len(found.frame), found.dropped.count) == (len(objects), 0)
    for name in found.frame:
        there = [row.get(name) is not None for row in objects]
        assert found.frame[name].notna().tolist() == there
