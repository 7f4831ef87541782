import pytest

from embedviz.data.scripts import script_note
from embedviz.text.counts import CorpusCounts, count_corpus
from embedviz.text.tokenizers import tokenizer, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Don't stop, God's 12 men!", ["Don't", "stop", "God's", "12", "men"]),
        ("Ёлка und Öl", ["Ёлка", "und", "Öl"]),
        ("我爱 Python吧", ["我", "爱", "Python", "吧"]),
        ("ที่นี่", ["ที่", "นี่"]),
        ("… — !", []),
    ],
)
def test_words_of_any_script(text, expected):
    assert words(text) == expected


def test_each_tokenizer_splits_its_own_way():
    assert tokenizer("whitespace", False)("A b, c") == ["A", "b,", "c"]
    assert tokenizer("basic_english", True)("You can't, Sir.") == ["you", "can", "'", "t", ",", "sir", "."]
    assert tokenizer("words", True)("King KING") == ["king", "king"]


def test_scripts_without_spaces_are_said():
    assert "one character at a time" in script_note("今天天气很好")
    assert script_note("plain English with 一 sign among many others of its kind") == ""


def test_counts_answer_for_any_vocabulary():
    counts = next(c for c in count_corpus(["a a a b b c"] * 2) if isinstance(c, CorpusCounts))
    assert (counts.n_units, counts.n_tokens, counts.n_types) == (2, 12, 3)
    assert counts.kept(4, None) == (2, 10)
    assert counts.kept(1, 2) == (2, 10)
    assert CorpusCounts.from_dict(counts.as_dict()) == counts
