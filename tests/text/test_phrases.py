import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embedviz.text import pair_table
from embedviz.text.corpus import build_corpus
from embedviz.text.pair_table import PairTable
from embedviz.text.phrases import PhraseRule, find_phrases
from embedviz.text.tokens import Tokens, tokenize


def tokenized(texts) -> Tokens:
    steps = tokenize(texts)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


def joined(texts, rule) -> tuple[list[str], list[tuple[str, int, float]]]:
    """The texts with the phrases of one pass joined, and the phrases."""
    tokens = tokenized(texts)
    found = find_phrases(lambda: iter([tokens.ids]), tokens.labels, rule)
    out = Tokens(found.table.join(tokens.ids), found.labels)
    rows = found.phrases.frame().itertuples(index=False)
    return [" ".join(words) for words in out.texts()], [(row[0], row[1], round(row[2], 6)) for row in rows]


def test_a_score_is_that_of_word2phrase():
    # new 3, york 3, in 3, side by side 3; 12 words: (3 - 1) / (3 * 3) * 12 = 2.67; in new: (2 - 1) / (3 * 3) * 12 = 1.33
    texts = ["in new york", "in new york", "new york", "go in go go"]
    words, phrases = joined(texts, PhraseRule(1, 2.0, 1))
    assert phrases == [("new_york", 3, round(8 / 3, 6))]
    assert words == ["in new_york", "in new_york", "new_york", "go in go go"]


def test_words_of_two_texts_are_no_pair():
    assert joined(["a", "b"] * 10 + ["c d"] * 3, PhraseRule(1, 0.0, 1))[1] == [("c_d", 3, round(2 / 9 * 26, 6))]


def test_what_was_joined_is_not_joined_to_the_next_word():
    words, _ = joined(["a b c"] * 5 + ["b c"], PhraseRule(1, 0.0, 1))
    assert words == ["a_b c"] * 5 + ["b_c"]


def test_rare_words_are_in_no_phrase():
    assert joined(["a b"] * 4 + ["c d"] * 5, PhraseRule(1, 0.0, 5))[1] == []
    assert [row[0] for row in joined(["a b"] * 4 + ["c d"] * 6, PhraseRule(1, 0.0, 5))[1]] == ["c_d"]


def test_a_phrase_that_is_a_word_already_keeps_its_number():
    tokens = Tokens(np.array([0, 1, -1, 0, 1, -1, 2, -1], np.int32), ["a", "b", "a_b"])
    found = find_phrases(lambda: iter([tokens.ids]), tokens.labels, PhraseRule(1, 0.0, 1))
    assert found.labels == ["a", "b", "a_b"]
    assert found.table.join(tokens.ids).tolist() == [2, -1, 2, -1, 2, -1]


CITY = ["he saw new york city"] * 3 + ["new york is old"] * 3 + ["city of old"] * 3 + ["saw he is of it"] * 40


def test_two_passes_join_longer_phrases():
    texts = [f"{text} x{i % 5}" for i, text in enumerate(CITY * 5)]
    once = build_corpus(tokenized(texts), min_count=1, phrases=PhraseRule(1, 8.0, 1))
    twice = build_corpus(tokenized(texts), min_count=1, phrases=PhraseRule(2, 8.0, 1))
    assert "new_york" in once.vocabulary
    assert "new_york_city" in twice.phrases.labels
    assert "new_york_city" in twice.vocabulary
    assert twice.n_tokens == once.n_tokens


def test_phrases_are_found_in_the_training_part_alone_and_joined_in_every_part():
    texts = [f"only{i} here{i} shared words" for i in range(100)]
    corpus = build_corpus(tokenized(texts), min_count=1, phrases=PhraseRule(1, 1.0, 0))
    plain = build_corpus(tokenized(texts), min_count=1)
    for part in ("train", "validation", "test"):
        assert corpus.split.part(part).tolist() == plain.split.part(part).tolist()
    found = {label for label in corpus.phrases.labels if label.startswith("only")}
    assert found == {f"only{i}_here{i}" for i in corpus.split.train}
    shared = corpus.vocabulary.index("shared_words")
    assert (corpus.test == shared).sum() == len(corpus.split.test)
    counts = dict(zip(corpus.phrases.labels, corpus.phrases.counts, strict=True))
    assert counts["shared_words"] == len(corpus.split.train)


@given(st.lists(st.integers(-1, 5), max_size=60), st.integers(0, 3))
def test_pairs_are_counted_as_by_hand(ids, rare):
    pair_table.FIRST_SLOTS, before = 4, pair_table.FIRST_SLOTS
    try:
        table = PairTable(6)
        table.count(np.array(ids, np.int32), np.array([word != rare for word in range(6)]))
        pairs, counts = table.pairs()
    finally:
        pair_table.FIRST_SLOTS = before
    by_hand = [pair for pair in zip(ids, ids[1:], strict=False) if min(pair) >= 0 and rare not in pair]
    assert {tuple(pair): count for pair, count in zip(pairs.tolist(), counts.tolist(), strict=True)} == {
        pair: by_hand.count(pair) for pair in by_hand
    }


def test_past_its_memory_the_rarest_pairs_are_forgotten():
    texts = ["a b"] * 20 + [f"x{i} y{i}" for i in range(200)]
    rule = PhraseRule(1, 0.0, 0, memory_bytes=100 * pair_table.BYTES_A_PAIR)
    assert [row[0] for row in joined(texts, rule)[1]] == ["a_b"]


def test_gensim_joins_the_same_words():
    phrases = pytest.importorskip("gensim.models.phrases")
    rng = np.random.default_rng(0)
    texts = [" ".join(f"w{word}" for word in rng.zipf(1.5, 12) % 60) for _ in range(400)] + ["w1 new york w2"] * 8
    n_words, threshold = sum(len(text.split()) for text in texts), 1.3
    model = phrases.Phrases([text.split() for text in texts], min_count=2, threshold=1e-9)
    model = phrases.Phrases(
        [text.split() for text in texts], min_count=2, threshold=threshold * len(model.vocab) / n_words
    )
    expected = {name: score * n_words / len(model.vocab) for name, score in model.export_phrases().items()}
    words, found = joined(texts, PhraseRule(1, threshold, 2))
    assert "new_york" in expected
    # gensim joins pairs that hold a word rarer than min_count too; their scores are negative or 0 here
    assert {name: score for name, _, score in found} == pytest.approx(expected)
    assert words == [" ".join(text) for text in model[[text.split() for text in texts]]]
