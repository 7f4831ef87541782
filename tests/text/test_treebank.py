import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embedviz.text.treebank import placed_words, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Don't!", ["do", "n't", "!"]),
        ("It’s what we'd call GREAT", ["it", "'s", "what", "we", "'d", "call", "great"]),
        ("o'clock rock'n'roll", ["o'clock", "rock'n'roll"]),
        ("so :) and :-( and <3", ["so", ":)", "and", ":-(", "and", "<3"]),
        ("(1998) film: 8/10", ["(", "1998", ")", "film", ":", "8", "/", "10"]),
        ("wait..... what", ["wait", "...", "what"]),
        ("''quoted'' “too”", ['"', "quoted", '"', '"', "too", '"']),
        ("see https://a.b/c?d=e now", ["see", "https://a.b/c?d=e", "now"]),
        ("I ❤️ 👍🏽 👨‍👩‍👧 🇫🇷🇩🇪", ["i", "❤️", "👍🏽", "👨‍👩‍👧", "🇫🇷", "🇩🇪"]),
        ("春眠不覚", ["春", "眠", "不", "覚"]),
        ("très cafe\u0301", ["très", "café"]),
        ("हिन्दी भाषा", ["हिन्दी", "भाषा"]),
        ("@user #tag", ["@", "user", "#", "tag"]),
        (" \n\t", []),
    ],
)
def test_words_of_texts(text, words):
    assert words_of(text) == words


def test_upper_case_stays_when_asked():
    assert words_of("DON'T shout", lowercase=False) == ["DO", "N'T", "shout"]


@given(st.text(max_size=60))
def test_places_are_in_order_and_leave_nothing_out_that_is_seen(text):
    words = placed_words(text)
    end = 0
    for word in words:
        assert end <= word.start < word.end <= len(text)
        assert not seen(text[end : word.start])
        end = word.end
    assert not seen(text[end:])


def seen(text):
    """The characters of a text but for blanks and those without a width."""
    return [letter for letter in text if not letter.isspace() and unicodedata.category(letter) != "Cf"]
