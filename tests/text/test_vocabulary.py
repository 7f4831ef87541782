from collections import Counter

import pytest

from embedviz.core.errors import DataError
from embedviz.text.vocabulary import Vocabulary

COUNTS = Counter({"the": 5, "b": 2, "a": 2, "rare": 1})


def test_the_most_frequent_come_first_and_ties_in_alphabetical_order():
    vocabulary = Vocabulary.from_counter(COUNTS)
    assert vocabulary.labels == ["the", "a", "b", "rare"]
    assert vocabulary.counts.tolist() == [5, 2, 2, 1]


def test_the_minimum_count_and_the_greatest_size_both_hold():
    assert Vocabulary.from_counter(COUNTS, min_count=2).labels == ["the", "a", "b"]
    assert Vocabulary.from_counter(COUNTS, max_size=2).labels == ["the", "a"]


def test_unknown_words_are_dropped():
    vocabulary = Vocabulary.from_counter(COUNTS)
    assert vocabulary.encode(["a", "zebra", "the"]).tolist() == [1, 0]
    assert "zebra" not in vocabulary
    assert vocabulary.index("b") == 2


def test_no_word_above_the_minimum_count_says_the_highest_count():
    with pytest.raises(DataError, match=r"No word is seen 9 times.*5 times"):
        Vocabulary.from_counter(COUNTS, min_count=9)


def test_one_word_over_and_over_is_refused():
    with pytest.raises(DataError, match="'same'"):
        Vocabulary.from_counter(Counter({"same": 100}))
