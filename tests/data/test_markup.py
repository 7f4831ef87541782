import pandas as pd
import pytest

from embedviz.data.markup import holds_markup, strip_column, strip_markup
from embedviz.data.reading import read_table

CASES = {
    "A film.<br /><br />Good &amp; long": "A film.\n\nGood & long",
    "a <b>bold</b> word": "a bold word",
    "<ul><li>one<li>two</ul>": "one\ntwo",
    "before<!-- <p>not\nseen</p> -->after": "before after",
    "<script>let x = '<br>';</script>shown": "shown",
    "it&#39;s &lt;b&gt; &quot;fine&quot;": 'it\'s <b> "fine"',
    "<A HREF='x'>Link</A>": "Link",
    "1 < 2 and 3 > 2, I <3 you": "1 < 2 and 3 > 2, I <3 you",
    "an <unk> word & more": "an <unk> word & more",
    "List<String> x": "List<String> x",
    "plain  text \n\n\n\n stays": "plain  text \n\n\n\n stays",
}


@pytest.mark.parametrize(("text", "expected"), CASES.items())
def test_markup_is_taken_out_and_nothing_else(text, expected):
    assert strip_markup(text) == expected
    assert holds_markup(text) == (text != expected)


def test_a_column_is_stripped_where_it_holds_markup():
    cells = pd.Series(["<br />", None, "a < b", "x<br>y"], dtype="str")
    stripped, n = strip_column(cells)
    assert n == 2
    assert stripped.fillna("-").tolist() == ["-", "-", "a < b", "x\ny"]


def test_a_text_is_stripped_before_it_is_split_into_lines():
    text = b"the first line<br>the second\n<a\nhref='x'>the third</a> is here\n" * 10
    table = read_table(text, name="page.txt", unit="line", strip_markup=True)
    assert table.frame["text"].tolist()[:3] == ["the first line", "the second", "the third is here"]
    assert "HTML tags and entities were taken out of 1 text." in table.report.sentences()


def test_texts_of_a_table_are_stripped():
    table = read_table(b"stars,review\n5,Good<br />film\n1,AT&amp;T\n", name="r.csv", strip_markup=True)
    assert table.frame["review"].tolist() == ["Good\nfilm", "AT&T"]
    assert "HTML tags and entities were taken out of 2 texts." in table.report.sentences()
