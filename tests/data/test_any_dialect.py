"""Tables written in any dialect come back: equal when the dialect is given, and found or offered when it is not."""

from dataclasses import dataclass

import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from embedviz.core.errors import DataError
from embedviz.data.reading import read_table

DELIMITERS = [",", ";", "\t", "|", "::", "~", "||", "<>"]
# real words: an encoding is told by the letters of a language
WORDS = {
    "utf-8": ["naïve", "жёлтый", "語", "plain"],
    "utf-16": ["naïve", "жёлтый", "語", "plain"],
    "cp1250": ["dzień", "żółty", "świetny", "łódź", "będzie"],
    "cp1251": ["хороший", "фильм", "очень", "скучно"],
    "latin-1": ["schöner", "müde", "größer", "Käse"],
}
SIGNS = ['"', "'", ";", ",", ".", "\\", "-", " "]


@dataclass(frozen=True)
class Written:
    """A table, and how it is written."""

    rows: list[tuple[str, float, str]]
    delimiter: str
    quote: str
    escape: str
    decimal: str
    encoding: str
    preamble: tuple[str, ...]
    header: bool
    ends: str

    @property
    def data(self) -> bytes:
        names = [["text", "size", "kind"]] if self.header else []
        numbers = [[text, str(number).replace(".", self.decimal), kind] for text, number, kind in self.rows]
        lines = [self.delimiter.join(map(self.cell, row)) for row in [*names, *numbers]]
        return self.ends.join([*self.preamble, *lines, ""]).encode(self.encoding)

    def cell(self, text: str) -> str:
        needs = self.delimiter in text or self.quote in text or "\n" in text or text.startswith(" ")
        if not needs:
            return text
        inside = text.replace(self.escape, self.escape * 2) if self.escape else text
        return self.quote + inside.replace(self.quote, (self.escape or self.quote) + self.quote) + self.quote

    @property
    def options(self) -> dict:
        first = len(self.preamble) + 1
        return {
            "encoding": self.encoding,
            "delimiter": self.delimiter,
            "quote": self.quote,
            "escape": self.escape,
            "decimal": self.decimal,
            "header": first if self.header else False,
        }


@st.composite
def tables(draw, hard: bool):
    encoding = draw(st.sampled_from(sorted(WORDS)))
    words = st.sampled_from(WORDS[encoding])
    pieces = words | st.sampled_from(SIGNS) if hard else words
    word = st.tuples(words, st.lists(pieces, max_size=4)).map(lambda pair: " ".join([pair[0], *pair[1]]).strip())
    number = st.decimals(-9999, 9999, places=draw(st.integers(1, 2))).map(float)
    kinds = st.sampled_from(["red", "green", "blue"])
    rows = draw(st.lists(st.tuples(word, number, kinds), min_size=8, max_size=20))
    quote = draw(st.sampled_from(['"', "'"] if hard else ['"']))
    header = draw(st.booleans())
    # without a line of names the first row's place is told by nothing but its shape
    preamble = draw(st.sampled_from([(), ("Report of 2023",), ("Report", "from May to June", "")])) if header else ()
    delimiter = draw(st.sampled_from(DELIMITERS))
    decimal = draw(st.sampled_from([".", ","])) if delimiter != "," else "."
    escape = draw(st.sampled_from(["", "\\"])) if hard else ""
    return Written(
        rows, delimiter, quote, escape, decimal, encoding, preamble, header, draw(st.sampled_from(["\n", "\r\n"]))
    )


def is_right(frame: pd.DataFrame, written: Written) -> bool:
    if frame.shape != (len(written.rows), 3):
        return False
    texts, sizes, kinds = (frame.iloc[:, i].tolist() for i in range(3))
    return (
        [str(text).strip() for text in texts] == [text.strip() for text, _, _ in written.rows]
        and sizes == pytest.approx([number for _, number, _ in written.rows])
        and kinds == [kind for _, _, kind in written.rows]
    )


# a table of many draws takes minutes to shrink, and its failure is short enough to read as it is
slow_draws = settings(
    deadline=None,
    max_examples=60,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


@slow_draws
@given(tables(hard=True))
def test_a_table_in_a_given_dialect_comes_back(written):
    table = read_table(written.data, name="t.csv", **written.options)
    assert table.report.dropped_count == 0
    assert is_right(table.frame, written), (table.frame.to_dict("records"), written.data)


@slow_draws
@given(tables(hard=False))
def test_a_table_in_an_unknown_dialect_is_read_refused_or_offered(written):
    try:
        table = read_table(written.data, name="t.csv")
    except DataError:
        return
    if is_right(table.frame, written):
        return
    chosen = [other.options for other in table.report.alternatives]
    for options in list(chosen):  # of an encoding and a delimiter, one is chosen after the other
        chosen += [
            options | other.options for other in read_table(written.data, name="t.csv", **options).report.alternatives
        ]
    offered = [read_table(written.data, name="t.csv", **options).frame for options in chosen]
    assert any(is_right(frame, written) for frame in offered), (table.report, written.data)
