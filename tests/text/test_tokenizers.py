import pytest

from embedviz.data.scripts import script_note
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


def test_scripts_without_spaces_are_reported():
    assert "one character at a time" in script_note("今天天气很好")
    assert script_note("plain English with 一 sign among many others of its kind") == ""
