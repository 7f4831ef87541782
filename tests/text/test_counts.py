import json
from dataclasses import asdict

import numpy as np

from embedviz.core.typed_json import parse_typed
from embedviz.text.counts import CorpusCounts, count_tokens
from embedviz.text.tokens import Tokens


def counted() -> CorpusCounts:
    return count_tokens(Tokens(np.array([0, 0, 0, 1, 1, 2, -1] * 2, np.int32), ["a", "b", "c"]))


def test_counts_answer_for_any_vocabulary():
    counts = counted()
    assert (counts.n_tokens, counts.n_types) == (12, 3)
    assert counts.kept(4, None) == (2, 10)
    assert counts.kept(1, 2) == (2, 10)
    assert parse_typed(json.loads(json.dumps(asdict(counts))), CorpusCounts, "reading.json") == counts


def test_words_are_counted_the_most_frequent_first():
    counts = counted()
    assert counts.top == [("a", 6), ("b", 4), ("c", 2)]
    assert counts.histogram == [(6, 1), (4, 1), (2, 1)]


def test_words_of_one_count_stand_in_the_order_of_the_text():
    tokens = Tokens(np.array([0, 1, 2, -1], np.int32), ["z", "m", "a"])
    assert count_tokens(tokens).top == [("z", 1), ("m", 1), ("a", 1)]
