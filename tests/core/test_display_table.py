import re
import time

import pandas as pd

from embedviz.core.display_table import MAX_CELL_LENGTH, DisplayTable, NotebookDisplay

TABLE = DisplayTable("<b>words</b>", ["label", "count"], [["<img src=x>", "1,000"], ["a\nb", "7"]], ["More: <i>2</i>."])


def test_everything_is_escaped():
    tags = set(re.findall(r"<(\w+)", TABLE.html))
    assert tags == {"div", "p", "strong", "table", "thead", "tbody", "tr", "th", "td"}
    assert "&lt;img src=x&gt;" in TABLE.html


def test_the_text_is_aligned_numbers_to_the_right():
    assert TABLE.text.splitlines() == [
        "<b>words</b>",
        "label        count",
        "<img src=x>  1,000",
        "a b              7",
        "More: <i>2</i>.",
    ]


def test_a_title_attribute_has_the_whole_of_a_long_cell_escaped():
    long = DisplayTable("", ["label"], [['"' + "x" * 100]]).html
    assert 'title="&quot;xxx' in long
    assert f"{'x' * (MAX_CELL_LENGTH - 2)}…" in long
    assert long.count("x" * 100) == 1


def test_a_label_of_many_digits_takes_no_time():
    started = time.perf_counter()
    assert "1 x" not in DisplayTable("", ["label"], [["1" * 50_000 + "x"]]).text
    assert time.perf_counter() - started < 1


def test_columns_that_hold_nothing_are_left_out():
    frame = pd.DataFrame({"a": [1.5, None], "b": [None, None], "c": ["", ""]})
    table = DisplayTable.of_frame("t", frame)
    assert table.header == ["a"]
    assert table.rows == [["1.5"], ["–"]]


def test_a_table_without_rows_is_shown():
    assert DisplayTable("nothing", [], []).text == "nothing"
    assert "<strong>nothing</strong>" in DisplayTable("nothing", [], []).html


def test_colours_are_those_of_the_place():
    assert not re.search(r"#[0-9a-f]{3,6}|rgb\(|background: (?!none)", TABLE.html)


def test_a_result_offers_text_and_html():
    class Result(NotebookDisplay):
        def _display_table(self):
            return TABLE

    assert Result()._repr_mimebundle_() == {"text/plain": TABLE.text, "text/html": TABLE.html}
    assert Result()._repr_html_() == TABLE.html
